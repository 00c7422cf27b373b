import type { Database } from "../../checks/kit/database.ts";
import { lessonFile } from "../../checks/kit/lesson-files.ts";
import type { Needs } from "../../checks/kit/lesson.ts";
import { Saves } from "../../checks/kit/saves.ts";
import type { Progress, ProgressFile } from "../../checks/commands/progress.ts";
import { lessonFolder } from "../../checks/commands/lesson-folder.ts";
import type { ClientOptions, DatabaseState } from "../protocol.ts";
import type { LessonTls } from "../../checks/kit/certificate-files.ts";
import { Checks, type Company } from "./checks.ts";
import type { Desk } from "./desk.ts";
import { type Response, ask } from "./http-request.ts";
import { ObservedDatabase } from "./observed-database.ts";
import { ObservedServer } from "./observed-server.ts";
import { presetsOf } from "./presets.ts";
import { NotPossible } from "./texts.ts";
import { Visitors } from "./visitors.ts";
import type { Wire } from "./wire.ts";

/** The parts of the state that a workbench may change. */
export type Part = "lesson" | "check" | "server" | "clients" | "database";

export interface WorkbenchOptions {
  desk: Desk;
  wire: Wire;
  progress: ProgressFile;
  onChange: (part: Part) => void;
  onProgress: (progress: Progress) => void;
  company?: Company | undefined;
}

/** Everything that runs for the lesson that is open: the server, who uses it, its database, the checks. */
export class Workbench {
  readonly desk: Desk;
  readonly checks: Checks;
  readonly server: ObservedServer;
  readonly visitors: Visitors;
  readonly #wire: Wire;
  readonly #onChange: (part: Part) => void;
  readonly #saves: Saves;
  readonly #opening: Promise<Database> | undefined;
  #database: ObservedDatabase | undefined;
  #databaseTrouble: string | null = null;
  #tls: LessonTls | undefined;
  #observing: Promise<unknown> | undefined;
  #running: Promise<void> | undefined;

  constructor(options: WorkbenchOptions) {
    const { desk, wire, onChange } = options;
    const { name } = desk.lesson;
    this.desk = desk;
    this.#wire = wire;
    this.#onChange = onChange;
    this.#opening = this.#openDatabase(options.company?.onDownload);
    this.checks = new Checks({
      ...options,
      lesson: desk.contract,
      database: this.#opening,
      onChange: () => onChange("check"),
    });
    this.server = new ObservedServer({
      entry: lessonFile(name),
      needs: () => this.#needs(),
      ca: () => this.#tls?.ca,
      wire,
      onChange: () => onChange("server"),
      onStarted: () => this.visitors.serverStarted(),
    });
    this.visitors = new Visitors(
      {
        wire,
        address: () => this.#address(),
        onChange: () => onChange("clients"),
      },
      (who) => this.#clientDefaults(who),
    );
    this.#saves = new Saves(lessonFolder(name), () => this.#onSave());
  }

  /** Starts the server and the checks. */
  start(): void {
    this.#observing = Promise.all([
      this.#observeDatabase(),
      this.#makeCertificates(),
    ]);
    void this.#observing.then(() => this.server.restart());
    this.#running = this.checks.run();
  }

  get database(): DatabaseState | null {
    if (this.#opening === undefined) return null;
    return (
      this.#database?.state ?? {
        engine: null,
        version: null,
        name: null,
        trouble: this.#databaseTrouble,
        cut: null,
        collections: [],
      }
    );
  }

  /** Asks the server for a page. */
  request(path: string): Promise<Response> {
    const address = this.#address();
    if (address === null)
      throw new NotPossible(
        "Your server does not run, so nobody would answer.",
      );
    return ask(address, path, this.#wire);
  }

  /** Cuts the server's line to its database, or mends it. */
  cutDatabase(cut: boolean): void {
    if (this.#database === undefined)
      throw new NotPossible("There is no database in this lesson.");
    this.#database.cutLine(cut);
  }

  async end(): Promise<void> {
    this.#saves.end();
    this.checks.end();
    this.visitors.end();
    await Promise.all([this.server.end(), this.#running, this.#observing]);
    this.#tls?.remove();
    await this.#database?.end();
    await this.#opening?.then(
      (database) => database.close(),
      () => {}, // It was never there.
    );
  }

  #onSave(): void {
    this.#wire.add("server", () => ({
      kind: "saved",
      from: "server",
      to: null,
      text: "was saved: it starts anew",
    }));
    this.#onChange("lesson");
    void this.server.restart();
  }

  #address() {
    const { url } = this.server;
    return url === null ? null : { url, ca: this.#tls?.ca };
  }

  #needs(): Needs {
    const { needs = {} } = this.desk.contract;
    return {
      ...needs,
      env: { ...needs.env, ...this.#database?.env, ...this.#tls?.env },
    };
  }

  #clientDefaults(name: string): ClientOptions {
    const { clients } = presetsOf(this.desk.lesson.number);
    return {
      transport: "default",
      namespace: "/",
      auth: this.desk.authOf(name),
      sendOffsets: false,
      answer: null,
      ...clients,
    };
  }

  /** For a server that speaks https. Most lessons need none, and what makes them takes long to load. */
  async #makeCertificates(): Promise<void> {
    if (this.desk.contract.needs?.tls !== true) return;
    const { openLessonTls } =
      await import("../../checks/kit/certificate-files.ts");
    this.#tls = await openLessonTls();
  }

  // ---- the database

  #openDatabase(
    onDownload: Company["onDownload"],
  ): Promise<Database> | undefined {
    const { database } = this.desk.contract.needs ?? {};
    if (database === undefined) return undefined;
    const opening = import("../../checks/kit/database.ts").then(
      ({ openDatabase }) =>
        openDatabase({
          replicaSet: database.replicaSet === true,
          interactive: onDownload !== undefined,
          ...(onDownload ? { say: onDownload } : {}),
        }),
    );
    opening.catch(() => {}); // Whoever needs it awaits it.
    return opening;
  }

  async #observeDatabase(): Promise<void> {
    if (this.#opening === undefined) return;
    try {
      this.#database = await ObservedDatabase.open(
        this.#opening,
        this.#wire,
        () => this.#onChange("database"),
        this.desk.contract.needs?.database?.tls === true,
      );
    } catch (error) {
      this.#databaseTrouble = `There is no database: ${(error as Error).message}. npm run doctor says more.`;
    }
    this.#onChange("database");
  }
}
