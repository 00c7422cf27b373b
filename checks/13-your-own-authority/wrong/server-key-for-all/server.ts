// fails: keys
// mistake: server-key-for-all
// hint: could be your server
import "../../../../solutions/13-your-own-authority/server.ts";
