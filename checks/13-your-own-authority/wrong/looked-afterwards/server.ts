// fails: refuses
// mistake: M56
// hint: had said something before
import "../../../../solutions/13-your-own-authority/server.ts";
