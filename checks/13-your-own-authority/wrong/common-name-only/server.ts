// fails: names
// mistake: M54
// hint: browsers have not for years
import "../../../../solutions/13-your-own-authority/server.ts";
