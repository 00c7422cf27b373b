// fails: made
// mistake: M53
// hint: two certificates in one file
import "../../../../solutions/13-your-own-authority/server.ts";
