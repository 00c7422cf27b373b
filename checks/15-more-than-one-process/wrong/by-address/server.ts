// fails: connects
// mistake: nobody-else-gets-one
// hint: By what does your primary choose
import "../../../../solutions/15-more-than-one-process/server.ts";
