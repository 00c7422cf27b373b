// fails: trusts
// mistake: no-socket
// hint: is no socket
import "../../../../solutions/13-your-own-authority/server.ts";
