// fails: room
// mistake: not-at-home
// hint: to tell it at home another
import "../../../../solutions/15-more-than-one-process/server.ts";
