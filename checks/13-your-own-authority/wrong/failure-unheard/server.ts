// fails: refuses
// mistake: pending
// hint: whoever waits for it
import "../../../../solutions/13-your-own-authority/server.ts";
