// fails: names
// mistake: no-purpose
// hint: it is for everything
import "../../../../solutions/13-your-own-authority/server.ts";
