// fails: refuses
// mistake: no-error
// hint: no Error
import "../../../../solutions/13-your-own-authority/server.ts";
