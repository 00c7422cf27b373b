import { examineDatabase } from "../kit/database-doctor.ts";
import { readCommandLine } from "./command-line.ts";
import {
  examineCertificateVariables,
  examineClock,
  examineNodeOptions,
} from "./doctor/certificates.ts";
import { examineDisk, examineFolders } from "./doctor/disk.ts";
import { examineBrowser, examinePython } from "./doctor/extras.ts";
import { type Finding, good, note, trouble } from "./doctor/finding.ts";
import {
  examineLocalhost,
  examineLoopback,
  examinePort,
  examineProxies,
} from "./doctor/network.ts";
import { examineNode, examineNpm, examinePackages } from "./doctor/programs.ts";
import { readLessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import { markedLines } from "./report.ts";
import { Terminal, type Tone } from "./terminal.ts";

const options = {
  json: { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/** Looks at one thing. */
type Examine = (say: (line: string) => void) => Finding | Promise<Finding>;

/** In the order in which they are told: what everything rests on comes first. */
const examinations: Readonly<Record<string, Examine>> = {
  node: () => examineNode(),
  npm: () => examineNpm(),
  packages: () => examinePackages(),
  folders: () => examineFolders(),
  disk: () => examineDisk(),
  port: () => examinePort(),
  loopback: () => examineLoopback(),
  localhost: () => examineLocalhost(),
  database,
  proxy: () => examineProxies(),
  certificates: () => examineCertificateVariables(),
  "node-options": () => examineNodeOptions(),
  clock: () => examineClock(),
  browser: () => examineBrowser(),
  python: () => examinePython(),
};

/**
 * `npm run doctor`: says how the workshop stands on this machine, and what mends it.
 *
 * @returns 0 where nothing is in the way, 1 where something is
 */
export async function run(words: string[]): Promise<number> {
  const { values } = readCommandLine("doctor", words, options, 0);
  const terminal = new Terminal(values);
  const say = (line: string) => {
    if (!values.json) terminal.writeLines([line]);
  };
  const findings: Finding[] = [];
  for (const [id, examine] of Object.entries(examinations)) {
    if (id === "python" && !hasPythonLesson()) continue;
    const finding = await examined(id, examine, say);
    findings.push(finding);
    if (!values.json) terminal.writeLines(linesOf(finding, terminal));
  }
  const ok = findings.every(({ state }) => state !== "trouble");
  terminal.writeLines(
    values.json
      ? [JSON.stringify({ version: 1, ok, findings }, null, 2)]
      : ["", ...conclusion(findings, terminal)],
  );
  return ok ? 0 : 1;
}

function hasPythonLesson(): boolean {
  return readLessons().some(({ number }) => number === "16");
}

/** What cannot even be looked at is worth a note, and keeps nobody from learning. */
async function examined(
  id: string,
  examine: Examine,
  say: (line: string) => void,
): Promise<Finding> {
  try {
    return await examine(say);
  } catch (error) {
    const { message } = error as Error;
    return note(id, messages.doctor.notExamined(id, message), null);
  }
}

async function database(say: (line: string) => void): Promise<Finding> {
  const { ok, lines } = await examineDatabase(say);
  const [first = "", ...others] = lines;
  const details = others.map((line) => line.trim());
  return ok
    ? good("database", first, details)
    : trouble("database", first, messages.doctor.otherDatabase);
}

const tones = {
  good: "good",
  note: "hint",
  trouble: "bad",
} as const satisfies Record<Finding["state"], Tone>;

const WORD_WIDTH = Math.max(
  ...Object.values(messages.findings).map(({ word }) => word.length),
);

function linesOf(
  { state, text, details, mend }: Finding,
  terminal: Terminal,
): string[] {
  const mark = {
    ...messages.findings[state],
    width: WORD_WIDTH,
    tone: tones[state],
  };
  const start = terminal.sign(mark);
  const indent = " ".repeat((start.length > 1 ? WORD_WIDTH : 1) + 1);
  return [
    ...markedLines(mark, text, terminal),
    ...details
      .flatMap((line) => wrap(line, terminal.width - indent.length))
      .map((line) => indent + line),
    // Not wrapped: a command is to be copied in one piece.
    ...(mend === null ? [] : [indent + messages.toMend(mend)]),
  ];
}

function conclusion(
  findings: readonly Finding[],
  terminal: Terminal,
): string[] {
  const count = (state: Finding["state"]) =>
    findings.filter((finding) => finding.state === state).length;
  const text = messages.diagnosis(count("trouble"), count("note"));
  return wrap(text, terminal.width).map((line) =>
    terminal.paint("strong", line),
  );
}
