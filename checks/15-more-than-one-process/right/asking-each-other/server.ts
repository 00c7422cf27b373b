// The workers answer questions instead of listing all their sockets. Lots decide who gets a connection,
// and a worker that has died is replaced after a moment.
import "../../../../solutions/15-more-than-one-process/server.ts";
