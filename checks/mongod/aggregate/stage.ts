import { typeOf } from "../bson/types.ts";
import { isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { MatchContext } from "../query/match.ts";

/** Runs a whole pipeline; handed to the stages that have pipelines inside. */
export type RunPipeline = (
  documents: Document[],
  pipeline: unknown,
  context: MatchContext,
) => Document[];

/** One stage of a pipeline: all documents in, all documents out. */
export type Stage = (
  documents: Document[],
  argument: unknown,
  context: MatchContext,
  runPipeline: RunPipeline,
) => Document[];

/** The argument of a stage that takes an object. @throws CommandError with the stage's own code */
export function objectStage(
  name: string,
  argument: unknown,
  code: number,
): Document {
  if (isDocument(argument)) return argument;
  throw new CommandError(
    code,
    `the ${name} stage specification must be an object, got ${typeOf(argument)}`,
  );
}
