// fails: at-once
// mistake: seq-in-memory
// hint: without knowing of each other
import "../../../../solutions/15-more-than-one-process/server.ts";
