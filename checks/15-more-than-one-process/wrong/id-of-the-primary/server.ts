// fails: connects
// mistake: primarys-id
// hint: it serves nobody
import "../../../../solutions/15-more-than-one-process/server.ts";
