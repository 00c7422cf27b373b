// fails: trusts
// mistake: too-early
// hint: kept too early
import "../../../../solutions/13-your-own-authority/server.ts";
