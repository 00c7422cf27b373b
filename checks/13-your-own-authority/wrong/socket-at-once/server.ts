// fails: trusts
// mistake: no-promise
// hint: gave its socket at once
import "../../../../solutions/13-your-own-authority/server.ts";
