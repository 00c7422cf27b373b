// fails: made
// mistake: not-overwritten
// hint: was there already
import "../../../../solutions/13-your-own-authority/server.ts";
