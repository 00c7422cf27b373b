// fails: any-failure
// mistake: pending
// hint: which does it keep
import "../../../../solutions/13-your-own-authority/server.ts";
