// fails: made
// mistake: folder-not-made
// hint: Who makes it
import "../../../../solutions/13-your-own-authority/server.ts";
