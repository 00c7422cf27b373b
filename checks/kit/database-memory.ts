import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { DatabaseChoice } from "./database-choice.ts";

/** Remembers for a day what took time to find out. */
export interface Memory {
  read(): DatabaseChoice | undefined;
  write(choice: DatabaseChoice): void;
  /** When the memory ends; undefined where there is none. */
  until(): Date | undefined;
  forget(): void;
}

const dayMS = 24 * 60 * 60 * 1000;

/** A memory in a file. What cannot be read or written there is simply not remembered. */
export function fileMemory(path: string, now: () => number = Date.now): Memory {
  const until = () => {
    try {
      return new Date(statSync(path).mtimeMs + dayMS);
    } catch {
      return undefined;
    }
  };
  return {
    until,
    read() {
      const end = until();
      if (!end || end.getTime() < now()) return undefined;
      try {
        return asChoice(JSON.parse(readFileSync(path, "utf8")));
      } catch {
        return undefined;
      }
    },
    write(choice) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, JSON.stringify(choice));
      } catch {
        // A read-only checkout decides afresh each time.
      }
    },
    forget: () => rmSync(path, { force: true }),
  };
}

function asChoice(value: unknown): DatabaseChoice | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, why, path } = value as Record<string, unknown>;
  if (typeof why !== "string") return undefined;
  if (kind === "download" || kind === "built-in") return { kind, why };
  return kind === "binary" && typeof path === "string"
    ? { kind, path, why }
    : undefined;
}
