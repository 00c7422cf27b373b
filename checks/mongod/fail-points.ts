import { toNumber } from "./bson/numbers.ts";
import { isDocument, type Document } from "./bson/values.ts";
import { CommandError } from "./errors.ts";

/** What a fail point does to one command. */
export interface Failure {
  /** Milliseconds to wait first. */
  delay?: number;
  cut?: boolean;
  error?: CommandError;
  writeConcernError?: Document;
  labels?: string[];
}

interface FailPoint {
  data: Document;
  /** How many more commands pass before it works. */
  skip: number;
  /** How often it still works. */
  times: number;
}

const known = new Set([
  "failCommand",
  "failGetMoreAfterCursorCheckout",
  "onPrimaryTransactionalWrite",
]);

const knownData = new Set([
  "appName",
  "blockConnection",
  "blockTimeMS",
  "closeConnection",
  "errorCode",
  "errorLabels",
  "failBeforeCommitExceptionCode",
  "failCommands",
  "writeConcernError",
]);

/**
 * Faults on demand, which mongod has for the tests of drivers and we for the tests of servers.
 *
 * @see https://github.com/mongodb/mongo/wiki/The-%22failCommand%22-fail-point
 */
export class FailPoints {
  readonly #points = new Map<string, FailPoint>();

  /** @throws CommandError for a fail point, a mode or data that the engine does not have */
  configure(name: unknown, mode: unknown, data: unknown): void {
    if (typeof name !== "string" || !known.has(name))
      throw new CommandError(
        51006,
        `${String(name)} is no fail point of the built-in engine`,
      );
    if (mode === "off") return void this.#points.delete(name);
    const counts = isDocument(mode) ? mode : undefined;
    if (
      mode !== "alwaysOn" &&
      !(counts && ("times" in counts || "skip" in counts))
    )
      throw new CommandError(
        "BadValue",
        "unknown mode: it must be off, alwaysOn, times or skip",
      );
    for (const field of Object.keys(isDocument(data) ? data : {}))
      if (!knownData.has(field))
        throw new CommandError(
          "BadValue",
          `unknown data of a fail point: ${field}`,
        );
    this.#points.set(name, {
      data: isDocument(data) ? data : {},
      skip: counts && "skip" in counts ? toNumber(counts.skip) : 0,
      times: counts && "times" in counts ? toNumber(counts.times) : Infinity,
    });
  }

  /** What `failCommand` does to a command; undefined for nothing. */
  failureFor(
    command: string,
    appName: string | undefined,
  ): Failure | undefined {
    if (command === "configureFailPoint") return undefined;
    const data = this.#points.get("failCommand")?.data;
    if (!data) return undefined;
    const { failCommands } = data;
    if (!Array.isArray(failCommands) || !failCommands.includes(command))
      return undefined;
    if (data.appName !== undefined && data.appName !== appName)
      return undefined;
    return this.#due("failCommand") ? failureFrom(data) : undefined;
  }

  /** Whether another fail point works now, and with what data. */
  take(
    name: "failGetMoreAfterCursorCheckout" | "onPrimaryTransactionalWrite",
  ): Document | undefined {
    return this.#due(name) ? this.#points.get(name)?.data : undefined;
  }

  #due(name: string): boolean {
    const point = this.#points.get(name);
    if (!point || point.times === 0) return false;
    if (point.skip > 0) {
      point.skip--;
      return false;
    }
    point.times--;
    return true;
  }
}

function failureFrom(data: Document): Failure {
  const failure: Failure = {};
  if (data.blockConnection) failure.delay = toNumber(data.blockTimeMS);
  if (Array.isArray(data.errorLabels))
    failure.labels = data.errorLabels.map(String);
  if (isDocument(data.writeConcernError))
    failure.writeConcernError = data.writeConcernError;
  if (data.closeConnection) failure.cut = true;
  else if (data.errorCode !== undefined)
    failure.error = injected(
      data.errorCode,
      "Failing command via 'failCommand' failpoint",
      failure.labels,
    );
  return failure;
}

/** The error that a fail point gives. */
export function injected(
  code: unknown,
  message: string,
  labels?: string[],
): CommandError {
  const error = new CommandError(toNumber(code), message);
  error.labels = labels;
  return error;
}
