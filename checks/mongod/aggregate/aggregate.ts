import { Aggregator } from "mingo";
import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { MatchContext } from "../query/match.ts";
import {
  asExpressionError,
  checkExpression,
  mingoOptions,
} from "./expressions.ts";
import { stages } from "./stages.ts";

/** Stages that mingo carries out for us. */
const mingoStages = new Set([
  "$bucketAuto",
  "$densify",
  "$fill",
  "$graphLookup",
  "$redact",
  "$sample",
  "$setWindowFields",
  "$unwind",
]);

/** Those whose argument holds expressions and nothing else with a `$`. */
const expressionStages = new Set(["$bucketAuto", "$redact"]);

/** What runs JavaScript, which no part of a pipeline may do. */
const scripts = new Set(["$accumulator", "$function", "$where"]);

function refuseScripts(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(refuseScripts);
  if (!isDocument(value)) return;
  for (const [name, argument] of Object.entries(value)) {
    if (scripts.has(name))
      throw new CommandError(
        "CommandNotSupported",
        `${name} is not supported by the built-in engine`,
      );
    refuseScripts(argument);
  }
}

/** Stages that only the `aggregate` command knows, because they look at more than documents. */
const commandStages = new Set([
  "$changeStream",
  "$changeStreamSplitLargeEvent",
  "$collStats",
  "$currentOp",
  "$indexStats",
  "$listLocalSessions",
  "$listSessions",
  "$merge",
  "$out",
]);

/** Stages that MongoDB has and this engine has not. */
const notHere = new Set([
  "$geoNear",
  "$listClusterCatalog",
  "$listSampledQueries",
  "$listSearchIndexes",
  "$planCacheStats",
  "$queryStats",
  "$rankFusion",
  "$scoreFusion",
  "$search",
  "$searchMeta",
  "$shardedDataDistribution",
  "$vectorSearch",
]);

/**
 * Refuses a pipeline that is none, before anything runs.
 *
 * @throws CommandError 14, 40323 (not one stage in a stage), 40324 (unknown stage), 40601
 */
export function checkPipeline(
  pipeline: unknown,
): asserts pipeline is Document[] {
  if (!Array.isArray(pipeline))
    throw new CommandError(
      "TypeMismatch",
      "'pipeline' option must be specified as an array",
    );
  for (const [i, stage] of pipeline.entries()) {
    if (!isDocument(stage) || Object.keys(stage).length !== 1)
      throw new CommandError(
        40323,
        "A pipeline stage specification object must contain exactly one field.",
      );
    const name = firstKey(stage) ?? "";
    if (notHere.has(name))
      throw new CommandError(
        "CommandNotSupported",
        `${name} is not supported by the built-in engine`,
      );
    if (
      !Object.hasOwn(stages, name) &&
      !mingoStages.has(name) &&
      !commandStages.has(name)
    )
      throw new CommandError(
        40324,
        `Unrecognized pipeline stage name: '${name}'`,
      );
    if ((name === "$out" || name === "$merge") && i !== pipeline.length - 1)
      throw new CommandError(
        40601,
        `${name} can only be the final stage in the pipeline`,
      );
  }
}

/**
 * Runs a pipeline over documents, which it leaves as they are.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/
 * @throws CommandError for what is wrong with the pipeline or cannot be computed
 */
export function runPipeline(
  documents: Document[],
  pipeline: unknown,
  context: MatchContext,
): Document[] {
  checkPipeline(pipeline);
  let current = documents;
  for (const stage of pipeline) {
    context.deadline?.check();
    const name = firstKey(stage) ?? "";
    const own = stages[name];
    if (own) current = own(current, stage[name], context, runPipeline);
    else if (mingoStages.has(name))
      current = runInMingo(current, stage, context);
    else
      throw new CommandError(
        40602,
        `${name} is only valid as the first or the last stage in a pipeline`,
      );
  }
  return current;
}

function runInMingo(
  documents: Document[],
  stage: Document,
  context: MatchContext,
) {
  refuseScripts(stage);
  if (expressionStages.has(firstKey(stage) ?? ""))
    checkExpression(Object.values(stage));
  try {
    return new Aggregator([stage] as never, {
      ...mingoOptions(context),
      // $setWindowFields is made with a $function of mingo's own.
      scriptEnabled: true,
    }).run(documents as never) as Document[];
  } catch (error) {
    throw asExpressionError(error);
  }
}
