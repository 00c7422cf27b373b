// fails: names
// mistake: a-day-too-long
// hint: it has to end earlier
import "../../../../solutions/13-your-own-authority/server.ts";
