// fails: any-failure
// mistake: thrown-at-once
// hint: before it had given a promise
import "../../../../solutions/13-your-own-authority/server.ts";
