// The primary listens before its workers can serve, hands connections out in turn, and the workers
// notice after ten seconds only that one of them is gone.
import "../../../../solutions/15-more-than-one-process/server.ts";
