// fails: sigterm
// mistake: M31
// hint: Nobody listened to the signal
import "../../../../solutions/15-more-than-one-process/server.ts";
