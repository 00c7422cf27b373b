// fails: names
// mistake: M55
// hint: not valid at this moment
import "../../../../solutions/13-your-own-authority/server.ts";
