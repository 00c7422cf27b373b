// fails: names
// mistake: M54
// hint: Addresses are names too
import "../../../../solutions/13-your-own-authority/server.ts";
