import { join } from "node:path";
import { root } from "./repository.ts";

/** The file that a learner writes in a lesson. */
export function lessonFile(name: string): string {
  return join(root, "lessons", name, "server.ts");
}

/** The reference solution of a lesson. */
export function solutionFile(name: string): string {
  return join(root, "solutions", name, "server.ts");
}
