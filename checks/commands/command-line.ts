import { type ParseArgsConfig, parseArgs } from "node:util";
import * as messages from "./messages.ts";
import { WrongUsage } from "./wrong-usage.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

/**
 * Reads what was typed after a command.
 *
 * @param most how many words beside the options it takes
 * @throws {WrongUsage} for an option that does not exist or that lacks its value, and for a word too
 *   many
 *
 * @example
 *   const { values } = readCommandLine("list", words, { json: { type: "boolean" } }, 0);
 */
export function readCommandLine<const O extends Options>(
  command: messages.CommandName,
  words: string[],
  options: O,
  most: number,
): Parsed<O> {
  const args = withSwallowedFlags(command, words, options);
  const parsed = parse(command, args, options);
  const tooMany = parsed.positionals[most];
  if (tooMany !== undefined)
    throw new WrongUsage(
      messages.wrongUsage(command, messages.tooManyWords(tooMany)),
    );
  return parsed;
}

function parse<const O extends Options>(
  command: messages.CommandName,
  args: string[],
  options: O,
): Parsed<O> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!isParseError(error)) throw error;
    throw new WrongUsage(
      messages.wrongUsage(command, firstSentence(error.message)),
    );
  }
}

/**
 * npm keeps a flag for itself that stands before `--`, and tells us of it only in the environment:
 * `npm run check 03 --json` arrives as `03` and `npm_config_json=true`. npm 10 and 11 do so with
 * every flag; npm 12 with those that it knows itself, such as --json and --all, and refuses others
 * before we are started.
 */
function withSwallowedFlags(
  command: messages.CommandName,
  words: string[],
  options: Options,
): string[] {
  if (process.env.npm_lifecycle_event === undefined) return words;
  const flags = Object.entries(options).flatMap(([name, { type }]) => {
    const value = process.env[`npm_config_${name.replaceAll("-", "_")}`];
    if (!isGiven(value)) return [];
    if (type === "string")
      throw new WrongUsage(
        messages.swallowedByNpm(command, inOrder(name, value, words)),
      );
    if (name === "json")
      process.stderr.write(`${messages.jsonThroughNpm(command, words)}\n`);
    return [`--${name}`];
  });
  return [...flags, ...words];
}

/**
 * What should have been typed after `--`. Of `03 --entry FILE` npm has kept `--entry` and passed
 * FILE on as a word of its own; of `03 --entry=FILE` it has kept all.
 */
function inOrder(name: string, value: string, words: string[]): string[] {
  if (value !== "true") return [...words, `--${name}`, value];
  const file = words.find((word) => /[./\\]/.test(word)) ?? "FILE";
  return [...words.filter((word) => word !== file), `--${name}`, file];
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && !["", "false", "null"].includes(value);
}

function isParseError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    String(error.code).startsWith("ERR_PARSE_ARGS")
  );
}

/** Node goes on to explain what `--` is for, which does not help here. */
function firstSentence(text: string): string {
  return `${text.split(/\.(?:\s|$)|\n/)[0]}.`;
}

/** The folder in which a command was typed. npm starts us at the repository's root, wherever that was. */
export function typedFrom(): string {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  return script !== undefined && folder !== undefined ? folder : process.cwd();
}
