// fails: room
// mistake: local
// hint: in its call keep it at home
import "../../../../solutions/15-more-than-one-process/server.ts";
