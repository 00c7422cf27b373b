// fails: made
// mistake: reflect-metadata-missing
// hint: in which they stand
import "../../../../solutions/13-your-own-authority/server.ts";
