// fails: made
// mistake: not-pem
// hint: PEM is a text
import "../../../../solutions/13-your-own-authority/server.ts";
