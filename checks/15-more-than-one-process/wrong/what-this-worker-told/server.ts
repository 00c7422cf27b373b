// fails: death
// mistake: known-here-only
// hint: seen only a part
import "../../../../solutions/15-more-than-one-process/server.ts";
