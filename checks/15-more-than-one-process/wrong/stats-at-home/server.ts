// fails: counts
// mistake: M67
// hint: counted only what is in itself
import "../../../../solutions/15-more-than-one-process/server.ts";
