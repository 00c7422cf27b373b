// fails: names
// mistake: too-long
// hint: made for weeks
import "../../../../solutions/13-your-own-authority/server.ts";
