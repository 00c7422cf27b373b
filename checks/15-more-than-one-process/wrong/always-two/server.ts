// fails: workers
// mistake: workers-ignored
// hint: Where does the number come from
import "../../../../solutions/15-more-than-one-process/server.ts";
