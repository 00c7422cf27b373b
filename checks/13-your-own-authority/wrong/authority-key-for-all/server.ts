// fails: keys
// mistake: authority-key-for-all
// hint: readable for all
import "../../../../solutions/13-your-own-authority/server.ts";
