// The workers tell each other through a collection, so they could be on several machines. Whoever lost
// the line is recovered by any of them.
import "../../../../solutions/15-more-than-one-process/server.ts";
