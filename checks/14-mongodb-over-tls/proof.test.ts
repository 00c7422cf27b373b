import { proveLesson } from "../prove-lesson.ts";
import lesson from "./check.ts";

// It begins with a server that cannot reach its database. It waits for it before it listens, and gives
// up after a while: on a busy machine that may come first.
proveLesson(lesson, {
  starterFaults: ["never-listened", "exited-without-listening"],
});
