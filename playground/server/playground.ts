import {
  type LessonName,
  type Lessons,
  loadLesson,
} from "../../checks/commands/lessons.ts";
import {
  type Progress,
  ProgressFile,
  emptyProgress,
} from "../../checks/commands/progress.ts";
import type { Changed, State, WireEntry } from "../protocol.ts";
import type { Company } from "./checks.ts";
import { Desk, inList } from "./desk.ts";
import { NotPossible } from "./texts.ts";
import { Wire } from "./wire.ts";
import { type Part, Workbench } from "./workbench.ts";

/** How long changes are collected before the pages are told, in milliseconds. */
const TOGETHER = 30;

/** What the pages are told. Each call has a number of its own, one more than the one before. */
export interface Audience {
  changed(changed: Changed): void;
  wire(added: { change: number; cleared: boolean; entries: WireEntry[] }): void;
}

export interface PlaygroundOptions {
  lessons: Lessons;
  audience: Audience;
  /** Is told which lesson a page has chosen, where it is not the playground that opens it. */
  onChoice?: ((lesson: LessonName) => void) | undefined;
}

/**
 * What the page shows and does, without the page: the lesson that is open and everything that runs
 * for it. All pages that are open show the same.
 */
export class Playground {
  readonly wire: Wire;
  readonly #options: PlaygroundOptions;
  readonly #progressFile = new ProgressFile();
  #progress: Progress = emptyProgress();
  #workbench: Workbench | undefined;
  #change = 0;
  readonly #changedParts = new Set<Part | "lessons">();
  #newEntries: WireEntry[] = [];
  #isCleared = false;
  #telling: NodeJS.Timeout | undefined;
  #switching: Promise<void> = Promise.resolve();
  #begin = () => {};
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  constructor(options: PlaygroundOptions) {
    this.#options = options;
    this.wire = new Wire((entry) => {
      this.#newEntries.push(entry);
      this.#tellSoon();
    });
  }

  /** What runs now. */
  get workbench(): Workbench {
    if (this.#workbench === undefined)
      throw new NotPossible(
        "The lesson is being opened. Try again in a moment.",
      );
    return this.#workbench;
  }

  /** Resolves when a lesson is open. */
  async opened(): Promise<void> {
    await this.#begun;
    await this.#switching;
  }

  get state(): State {
    this.tellNow(); // so that nothing of it is told again
    return {
      change: this.#change,
      ...this.#parts(allParts),
      wire: this.wire.state,
    };
  }

  /**
   * A page has chosen a lesson.
   *
   * @throws {NotPossible} when there is no such lesson
   */
  async choose(name: string): Promise<void> {
    const { lessons, onChoice } = this.#options;
    const lesson = lessons.find((one) => one.name === name);
    if (lesson === undefined)
      throw new NotPossible(`There is no lesson ${name}.`);
    if (onChoice === undefined) await this.open(lesson);
    else onChoice(lesson);
  }

  /** Opens a lesson, and ends what ran for the one before. */
  open(lesson: LessonName, company?: Company): Promise<void> {
    const opened = this.#switching.then(() => this.#open(lesson, company));
    this.#switching = opened.catch(() => {});
    return opened;
  }

  async end(): Promise<void> {
    await this.#switching;
    clearTimeout(this.#telling);
    this.wire.end();
    await this.#workbench?.end();
  }

  // ---- what a person does, beyond what the workbench's parts do themselves

  clearWire(): void {
    this.wire.clear();
    this.#newEntries = [];
    this.#isCleared = true;
    this.#tellSoon();
  }

  /** Shows the next hint of a requirement, and keeps that it was shown. */
  async nextHint(id: string): Promise<void> {
    const { contract, lesson } = this.workbench.desk;
    const requirement = contract.requirements.find((one) => one.id === id);
    if (requirement === undefined)
      throw new NotPossible(`There is no requirement ${id}.`);
    const { progress } = await this.#progressFile.change((kept) => {
      const entry = kept.lessons[lesson.name];
      if (entry === undefined) return;
      const shown = entry.hints[id] ?? 0;
      entry.hints[id] = Math.min(shown + 1, requirement.hints.length);
    });
    if (progress.lessons[lesson.name] === undefined)
      throw new NotPossible(
        "There are hints as soon as the lesson was checked.",
      );
    this.#onProgress(progress);
  }

  solution(confirmed: boolean) {
    return this.workbench.desk.solution(this.#progress, confirmed);
  }

  // ---- opening

  async #open(lesson: LessonName, company: Company | undefined): Promise<void> {
    const { lessons } = this.#options;
    const contract = await loadLesson(lesson.name);
    const before = this.#workbench;
    this.#workbench = undefined;
    await before?.end();
    this.clearWire();
    this.#progress = (await this.#progressFile.read()).progress;
    this.#workbench = new Workbench({
      desk: new Desk(lesson, contract, lessons),
      wire: this.wire,
      progress: this.#progressFile,
      onChange: (part) => this.#onChange(part),
      onProgress: (progress) => this.#onProgress(progress),
      company,
    });
    this.#workbench.start();
    this.#begin();
    this.#onProgress(this.#progress);
    for (const part of allParts) this.#onChange(part);
  }

  #onProgress(progress: Progress): void {
    this.#progress = progress;
    const { desk, checks } = this.workbench;
    checks.showHints(progress.lessons[desk.lesson.name]?.hints ?? {});
    this.#onChange("lessons");
    this.#onChange("lesson");
  }

  // ---- telling

  #onChange(part: Part | "lessons"): void {
    this.#changedParts.add(part);
    this.#tellSoon();
  }

  #tellSoon(): void {
    this.#telling ??= setTimeout(() => this.tellNow(), TOGETHER);
  }

  /** Tells what has changed since the last time. */
  tellNow(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#workbench === undefined) return; // told when there is one again
    const { audience } = this.#options;
    if (this.#changedParts.size > 0) {
      const parts = this.#parts([...this.#changedParts]);
      this.#changedParts.clear();
      audience.changed({ change: ++this.#change, ...parts });
    }
    if (this.#newEntries.length > 0 || this.#isCleared) {
      const entries = this.#newEntries.map((entry) => this.wire.named(entry));
      const added = { cleared: this.#isCleared, entries };
      this.#newEntries = [];
      this.#isCleared = false;
      audience.wire({ change: ++this.#change, ...added });
    }
  }

  #parts<Name extends Part | "lessons">(
    names: readonly Name[],
  ): Pick<State, Name> {
    const { desk, checks, server, visitors, database } = this.workbench;
    const progress = this.#progress;
    const make: { [Each in Part | "lessons"]: () => State[Each] } = {
      lessons: () =>
        this.#options.lessons.map((lesson) => inList(lesson, progress)),
      lesson: () => desk.state(progress),
      check: () => checks.state,
      server: () => server.state,
      clients: () => visitors.state,
      database: () => database,
    };
    return Object.fromEntries(
      names.map((name) => [name, make[name]()]),
    ) as Pick<State, Name>;
  }
}

const allParts = [
  "lessons",
  "lesson",
  "check",
  "server",
  "clients",
  "database",
] as const;
