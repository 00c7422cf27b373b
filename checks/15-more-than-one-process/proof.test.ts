import { proveLesson } from "../prove-lesson.ts";
import lesson from "./check.ts";

proveLesson(lesson);
