// fails: any-failure
// mistake: outside-the-promise
// hint: nobody waited for
import "../../../../solutions/13-your-own-authority/server.ts";
