// fails: names
// mistake: other-purpose
// hint: something else than serving
import "../../../../solutions/13-your-own-authority/server.ts";
