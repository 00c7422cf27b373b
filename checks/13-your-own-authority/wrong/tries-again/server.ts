// fails: lets-go
// mistake: tries-again
// hint: goes on trying
import "../../../../solutions/13-your-own-authority/server.ts";
