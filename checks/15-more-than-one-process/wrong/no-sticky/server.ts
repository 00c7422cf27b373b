// fails: connects
// mistake: M65
// hint: Who decides to which worker a connection goes
import "../../../../solutions/15-more-than-one-process/server.ts";
