// fails: trusts
// mistake: M52
// hint: is in the file, or its name
import "../../../../solutions/13-your-own-authority/server.ts";
