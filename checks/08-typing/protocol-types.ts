import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { CouldNotTell } from "../kit/could-not-tell.ts";
import type { World } from "../kit/lesson.ts";
import { cacheFolder, shown } from "../kit/repository.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { typeFaults } from "../kit/type-check.ts";
import { Unmet } from "../kit/unmet.ts";

/** One line of TypeScript that uses the learner's protocol, and what is expected of it. */
interface Line {
  code: string;
  /** What a report says instead of the code. */
  words: string;
  /** `maybe` lines only help to say what is wrong. */
  compiles: "yes" | "no" | "maybe";
}

const NAMES = ["ClientToServerEvents", "ServerToClientEvents", "SocketData"];

const PAYLOAD = `Parameters<ClientToServerEvents["typing:start"]>[0]`;

export const SWAPPED = "typing is in ClientToServerEvents";

/** The payload of typing:start is looked at alone: how an acknowledgement is typed is open. */
const lines: readonly Line[] = [
  {
    code: `io.emit("typing", { room: "tea", user: "alice" });`,
    words: `io.emit("typing", { room: "tea", user: "alice" })`,
    compiles: "yes",
  },
  {
    code: `((name: keyof ClientToServerEvents) => name)("typing");`,
    words: SWAPPED,
    compiles: "maybe",
  },
  {
    code: `((payload: ${PAYLOAD}) => payload)({ room: "tea" });`,
    words: `client.emit("typing:start", { room: "tea" })`,
    compiles: "yes",
  },
  {
    code: `((data: SocketData): string | undefined => data.user);`,
    words: "socket.data.user, as a string,",
    compiles: "yes",
  },
  {
    code: `io.emit("typign", { room: "tea", user: "alice" });`,
    words: `io.emit("typign", …), an event that does not exist,`,
    compiles: "no",
  },
  {
    code: `((name: keyof ClientToServerEvents) => name)("typing:begin");`,
    words: `client.emit("typing:begin", …), an event that does not exist,`,
    compiles: "no",
  },
  {
    code: `io.emit("typing", { room: "tea" });`,
    words: `io.emit("typing", { room: "tea" }), without a user,`,
    compiles: "no",
  },
  {
    code: `io.emit("typing", "alice");`,
    words: `io.emit("typing", "alice"), a text instead of an object,`,
    compiles: "no",
  },
  {
    code: `((payload: ${PAYLOAD}) => payload)({ room: 7 });`,
    words: `client.emit("typing:start", { room: 7 }), a number as room,`,
    compiles: "no",
  },
  {
    code: `((data: SocketData) => { data.user = 7; });`,
    words: "socket.data.user = 7, a number as user,",
    compiles: "no",
  },
];

/** What TypeScript says, seen from the learner's files. */
interface Types {
  /** The first line that it takes otherwise than it should, and why; `null` when there is none. */
  protocol: { line: Line; why: string } | { missing: string } | null;
  /** Objections to the server and to what it imports, first first. */
  server: readonly string[];
  /** Whether the server would compile with other events as well. */
  isUntouchedByProtocol: boolean;
}

/** @throws {Unmet} when protocol.ts is not there, or says too little or something else */
export async function assertProtocol(world: World): Promise<void> {
  const { protocol } = await typesOf(world);
  if (protocol === null) return;
  if ("missing" in protocol)
    throw new Unmet(`protocol.ts exports ${protocol.missing}`, "it does not");
  const { line, why } = protocol;
  throw new Unmet(
    `${line.words} ${line.compiles === "yes" ? "compiles" : "does not compile"}`,
    why,
  );
}

/** @throws {Unmet} when TypeScript objects to the server, or when the server ignores the protocol */
export async function assertTypedServer(world: World): Promise<void> {
  const { server, isUntouchedByProtocol } = await typesOf(world);
  if (server[0] !== undefined)
    throw new Unmet("TypeScript has no objection to your files", server[0]);
  if (isUntouchedByProtocol)
    throw new Unmet(
      "with other events in protocol.ts your server would not compile",
      "it would compile with any",
    );
}

/** TypeScript is asked once for each server process; it takes longer than all else in a check. */
const asked = new WeakMap<ServerProcess, Promise<Types>>();

function typesOf(world: World): Promise<Types> {
  const { server } = world;
  const types = asked.get(server) ?? askTypeScript(world.server.entry);
  asked.set(server, types);
  types.catch(() => asked.delete(server));
  return types;
}

/**
 * Asks once about all: the server, lines that use its protocol, and a copy of the server that finds
 * other events in its protocol. All of it but the server itself stands in the cache, so that nothing is
 * written into the learner's folder.
 */
async function askTypeScript(entry: string): Promise<Types> {
  const protocol = join(dirname(entry), "protocol.ts");
  if (extname(entry) !== ".ts")
    throw new Unmet(
      "your server is written in TypeScript",
      `it is ${shown(entry)}`,
    );
  if (!existsSync(protocol))
    throw new Unmet("protocol.ts beside server.ts", "there is no such file");
  const folder = join(cacheFolder, `types-${randomUUID()}`);
  const use = join(folder, "use.ts");
  const copies = join(folder, "copy");
  try {
    await mkdir(copies, { recursive: true });
    const { text, lineNumbers } = useOf(pathFrom(folder, protocol));
    await Promise.all([
      // What is below a folder called node_modules is no ES module unless it says so.
      writeFile(join(folder, "package.json"), `{ "type": "module" }`),
      writeFile(use, text),
      copyWithOtherEvents(dirname(entry), copies),
    ]);
    const faults = await typeFaults([
      entry,
      use,
      join(copies, basename(entry)),
    ]);
    const of = (file: string) =>
      faults.filter(({ where }) => where?.startsWith(shown(file)));
    const found = new Map(
      of(use).map((fault) => [Number(fault.where?.split(":").at(-1)), fault]),
    );
    if (!found.has(1))
      throw new CouldNotTell("TypeScript did not answer in time");
    return {
      protocol: readUse(lineNumbers, (line) => {
        const { message, where } = found.get(line) ?? {};
        return message?.replace(`TypeScript objects to ${where}: `, "");
      }),
      server: faults
        .filter(({ where }) => !where?.startsWith(shown(folder)))
        .map(({ message }) => message),
      isUntouchedByProtocol: of(copies).length === 0,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A file that uses the protocol. A line that must not compile stands below an expectation of its error:
 * TypeScript objects to an expectation that is not met.
 *
 * @returns the file, and the number of the line where TypeScript would object to each
 */
function useOf(protocol: string): {
  text: string;
  lineNumbers: ReadonlyMap<Line | string, number>;
} {
  // The first line is wrong on purpose: without an objection to it, TypeScript was not there.
  const text = [
    `export const first: never = "line";`,
    `import type { DefaultEventsMap, Server } from "socket.io";`,
  ];
  const lineNumbers = new Map<Line | string, number>();
  for (const name of NAMES) {
    text.push(`import type { ${name} } from "${protocol}";`);
    lineNumbers.set(name, text.length);
  }
  text.push(
    `declare const io: Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;`,
  );
  for (const line of lines) {
    if (line.compiles === "no") text.push("// @ts-expect-error");
    else text.push("");
    const ofExpectation = text.length;
    text.push(line.code);
    lineNumbers.set(line, ofExpectation + (line.compiles === "no" ? 0 : 1));
  }
  return { text: text.join("\n"), lineNumbers };
}

function readUse(
  lineNumbers: ReadonlyMap<Line | string, number>,
  objectionAt: (line: number) => string | undefined,
): Types["protocol"] {
  const swapped = lines.find(({ words }) => words === SWAPPED)!;
  for (const [line, number] of lineNumbers) {
    const objection = objectionAt(number);
    if (typeof line === "string") {
      if (objection !== undefined) return { missing: line };
    } else if (line.compiles !== "maybe" && objection !== undefined) {
      const isSwapped =
        line === lines[0] &&
        objectionAt(lineNumbers.get(swapped)!) === undefined;
      if (isSwapped) return { line, why: SWAPPED };
      return { line, why: line.compiles === "no" ? "it compiles" : objection };
    }
  }
  return null;
}

/** Copies a folder; in the copy, protocol.ts has all that it had, and other events. */
async function copyWithOtherEvents(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    filter: (source) =>
      source === from || !/^\.|^node_modules$/.test(basename(source)),
  });
  await writeFile(
    join(to, "protocol.ts"),
    `export * from "${pathFrom(to, join(from, "protocol.ts"))}";
interface Other { "of:the:check": () => void }
export type { Other as ClientToServerEvents, Other as ServerToClientEvents };
`,
  );
}

/** As an import writes it. */
function pathFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join("/");
}
