// fails: refuses
// mistake: code-inside
// hint: an error inside that one
import "../../../../solutions/13-your-own-authority/server.ts";
