// fails: signed
// mistake: leaf-is-authority
// hint: sign for the whole world
import "../../../../solutions/13-your-own-authority/server.ts";
