// fails: death
// mistake: not-replaced
// hint: nobody took its place
import "../../../../solutions/15-more-than-one-process/server.ts";
