// fails: trusts
// mistake: not-exported
// hint: does not give away
import "../../../../solutions/13-your-own-authority/server.ts";
