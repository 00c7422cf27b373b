/**
 * What a check says, as `npm run check -- 03 --json` prints it. Other programs read it, so it has a
 * version; `checks/result.schema.json` describes it for them. Times are in milliseconds.
 */
export interface Result {
  version: 1;
  /** The lesson's folder, such as `03-who-hears-it`. */
  lesson: string;
  /** The checked file, from the repository's root. */
  entry: string;
  verdict: Verdict;
  /** From the start of the process to the verdict. */
  ms: number;
  database: DatabaseUsed;
  requirements: RequirementResult[];
  server: ServerResult;
}

/** `could-not-tell` is the checker's own trouble: never against the learner and never for them. */
export type Verdict = "passed" | "not-yet" | "could-not-tell";

export interface DatabaseUsed {
  engine: "mongod" | "built-in" | "external" | null;
  version: string | null;
  why: string;
}

export interface RequirementResult {
  id: string;
  title: string;
  kind: "base" | "stretch";
  /** The file that it is about, from the repository's root, where that is another one than `entry`. */
  file?: string;
  status: "passed" | "failed" | "skipped" | "could-not-tell";
  ms: number;
  /** What the check did; `null` unless it failed. */
  did: string | null;
  expected: string | null;
  received: string | null;
  hint: string | null;
  /** The mistake that was recognised, such as `M7`. */
  mistake: string | null;
}

export interface ServerResult {
  /** How the process ended by itself; `null` if the check had to end it. */
  exit: { code: number | null; signal: string | null } | null;
  /** The kind of fault that ended it or kept it from starting, such as `wrong-port`. */
  fault: string | null;
  /** `file:line` in the learner's own code, where the fault names one. */
  where: string | null;
  /** The last lines that it printed since the failing requirement began. */
  output: string[];
  /** What was noticed beside the verdict, such as a line that TypeScript objects to. */
  notices: { kind: string; message: string }[];
}

/** The exit status of a command that gives this verdict. */
export const exitStatus: Readonly<Record<Verdict, 0 | 1 | 3>> = {
  passed: 0,
  "not-yet": 1,
  "could-not-tell": 3,
};
