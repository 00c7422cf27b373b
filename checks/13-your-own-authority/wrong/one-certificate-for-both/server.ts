// fails: signed
// mistake: same-certificate
// hint: hold the same certificate
import "../../../../solutions/13-your-own-authority/server.ts";
