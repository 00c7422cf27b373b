// fails: connects
// mistake: too-many
// hint: then there are two
import "../../../../solutions/15-more-than-one-process/server.ts";
