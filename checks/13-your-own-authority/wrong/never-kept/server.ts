// fails: trusts
// mistake: pending
// hint: neither kept nor broken
import "../../../../solutions/13-your-own-authority/server.ts";
