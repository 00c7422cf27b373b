// fails: sigterm
// mistake: begins-others
// hint: because it was asked to
import "../../../../solutions/15-more-than-one-process/server.ts";
