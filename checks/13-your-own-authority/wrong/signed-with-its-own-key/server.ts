// fails: signed
// mistake: signed-with-own-key
// hint: With whose private key
import "../../../../solutions/13-your-own-authority/server.ts";
