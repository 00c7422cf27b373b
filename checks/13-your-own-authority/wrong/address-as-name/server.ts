// fails: names
// mistake: address-as-name
// hint: as if it were a name
import "../../../../solutions/13-your-own-authority/server.ts";
