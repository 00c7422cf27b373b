// fails: made
// mistake: written-elsewhere
// hint: into another folder
import "../../../../solutions/13-your-own-authority/server.ts";
