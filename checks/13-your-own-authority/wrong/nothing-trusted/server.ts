// fails: trusts
// mistake: M52
// hint: does not trust your authority
import "../../../../solutions/13-your-own-authority/server.ts";
