// fails: refuses
// mistake: other-code
// hint: another code than Node's
import "../../../../solutions/13-your-own-authority/server.ts";
