import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lessonBefore } from "../../checks/commands/carry.ts";
import { hasTried } from "../../checks/commands/diff.ts";
import {
  type Replaced,
  isUntouched,
  lessonFolder,
  programsIn,
  replaceFiles,
} from "../../checks/commands/lesson-folder.ts";
import {
  type LessonName,
  type Lessons,
  readmeOf,
  titleOf,
} from "../../checks/commands/lessons.ts";
import type { Progress } from "../../checks/commands/progress.ts";
import { solutionFolder, starterFiles } from "../../checks/kit/lesson-files.ts";
import type { Lesson } from "../../checks/kit/lesson.ts";
import { root, shown } from "../../checks/kit/repository.ts";
import type { ComparedFile, LessonInList, LessonState } from "../protocol.ts";
import { presetsOf } from "./presets.ts";
import { NotPossible } from "./texts.ts";

/** Clients for whom the page has a button, and those that a lesson's tokens name. */
const NAMES = ["Alice", "Bob", "Carol", "Dave", "Zoe", "Admin"];

/** What lies before a learner in one lesson: its text, their files, and what can be done to them. */
export class Desk {
  readonly lesson: LessonName;
  readonly contract: Lesson;
  readonly #before: LessonName | undefined;

  constructor(lesson: LessonName, contract: Lesson, lessons: Lessons) {
    this.lesson = lesson;
    this.contract = contract;
    this.#before = lessonBefore(lesson, contract, lessons);
  }

  state(progress: Progress): LessonState {
    const { name, number } = this.lesson;
    const { presets, clients } = presetsOf(number);
    return {
      ...inList(this.lesson, progress),
      readme: textOf(join(root, readmeOf({ name }))) ?? "",
      files: programsIn(lessonFolder(name)).map((file) => ({
        name: file,
        path: shown(join(lessonFolder(name), file)),
      })),
      tried: hasTried(progress, this.lesson),
      carriesFrom: this.#carriesFrom(),
      presets: [...presets],
      defaults: {
        transport: "default",
        namespace: "/",
        sendOffsets: clients?.sendOffsets ?? false,
        answer: clients?.answer ?? null,
        auth: Object.fromEntries(NAMES.map((who) => [who, this.authOf(who)])),
        otherAuth: this.authOf("Guest"),
      },
    };
  }

  /** What a client of that name carries to a server of this lesson, as JSON; nothing where it needs nothing. */
  authOf(name: string): string {
    const auth = this.contract.needs?.auth?.(name);
    return auth === undefined ? "" : JSON.stringify(auth);
  }

  #carriesFrom(): LessonState["carriesFrom"] {
    const before = this.#before;
    if (before === undefined || isUntouched(before.name)) return null;
    return { number: before.number, title: titleOf(before) };
  }

  /**
   * One's own files beside the solution's.
   *
   * @returns `null` where nothing was tried and that is not wanted all the same
   * @throws {NotPossible} where the solution was kept back
   */
  solution(
    progress: Progress,
    confirmed: boolean,
  ): { files: ComparedFile[]; notes: string } | null {
    if (!confirmed && !hasTried(progress, this.lesson)) return null;
    const { name } = this.lesson;
    const [own, solution] = [lessonFolder(name), solutionFolder(name)];
    if (!existsSync(solution))
      throw new NotPossible(
        `The solution is not here: ${shown(solution)} is missing. Whoever gave you the workshop may have kept it back.`,
      );
    const names = new Set([...programsIn(own), ...programsIn(solution)]);
    return {
      files: [...names].sort().map((file) => ({
        name: file,
        own: textOf(join(own, file)),
        solution: textOf(join(solution, file)),
      })),
      notes: textOf(join(solution, "README.md")) ?? "",
    };
  }

  /** The starter is back; what was there is kept. */
  reset(): Replaced {
    const { name } = this.lesson;
    return replaceFiles(name, starterFiles(name));
  }

  /**
   * The files of the lesson before become this one's; what was there is kept.
   *
   * @throws {NotPossible} where there are none
   */
  carry(): Replaced {
    const before = this.#before;
    if (before === undefined || isUntouched(before.name))
      throw new NotPossible(
        "There is nothing of yours yet that could be carried here. The lesson has a start of its own that does all of it.",
      );
    const from = lessonFolder(before.name);
    return replaceFiles(
      this.lesson.name,
      programsIn(from).map((name) => ({ name, path: join(from, name) })),
    );
  }
}

/** A lesson as a list of lessons shows it. */
export function inList(lesson: LessonName, progress: Progress): LessonInList {
  const { name, number } = lesson;
  return {
    name,
    number,
    title: titleOf(lesson),
    progress: progress.lessons[name]?.state ?? "new",
  };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
