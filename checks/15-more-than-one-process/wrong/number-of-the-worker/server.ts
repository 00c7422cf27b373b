// fails: connects
// mistake: not-a-process
// hint: counts its workers from 1
import "../../../../solutions/15-more-than-one-process/server.ts";
