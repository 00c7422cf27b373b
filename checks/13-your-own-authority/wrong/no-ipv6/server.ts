// fails: names
// mistake: no-ipv6
// hint: Two of the three
import "../../../../solutions/13-your-own-authority/server.ts";
