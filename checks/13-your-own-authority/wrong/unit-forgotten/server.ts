// fails: names
// mistake: too-short
// hint: in what does a Date count
import "../../../../solutions/13-your-own-authority/server.ts";
