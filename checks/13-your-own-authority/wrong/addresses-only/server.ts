// fails: names
// mistake: M54
// hint: for somebody else
import "../../../../solutions/13-your-own-authority/server.ts";
