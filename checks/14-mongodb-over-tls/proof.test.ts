import { proveLesson } from "../prove-lesson.ts";
import lesson from "./check.ts";

// It begins with a server that cannot reach its database, and waits for it before it listens.
proveLesson(lesson, { starterFault: "never-listened" });
