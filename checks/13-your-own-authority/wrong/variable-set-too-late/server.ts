// fails: trusts
// mistake: M52
// hint: before it connected
import "../../../../solutions/13-your-own-authority/server.ts";
