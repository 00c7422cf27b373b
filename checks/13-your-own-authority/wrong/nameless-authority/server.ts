// fails: signed
// mistake: authority-without-name
// hint: does not say whose it is
import "../../../../solutions/13-your-own-authority/server.ts";
