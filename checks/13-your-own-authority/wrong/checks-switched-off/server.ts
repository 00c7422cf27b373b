// fails: refuses
// mistake: M56
// hint: the looking was switched off
import "../../../../solutions/13-your-own-authority/server.ts";
