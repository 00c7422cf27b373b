import { isNumber, toNumber } from "../bson/numbers.ts";
import { show, typeOf } from "../bson/types.ts";
import {
  firstKey,
  idFirst,
  isDocument,
  type Document,
} from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { compileFilter, type MatchContext } from "../query/match.ts";
import {
  compileAddition,
  compileProjection,
  compileRemoval,
} from "../query/projection.ts";
import { sorter } from "../query/sort.ts";
import { compileExpression } from "./expressions.ts";
import { bucket, group, sortByCount } from "./grouping.ts";
import { lookup, unionWith } from "./lookup.ts";
import { objectStage, type Stage } from "./stage.ts";

function wholeStage(
  name: string,
  argument: unknown,
  least: number,
  code: number,
): number {
  const number = isNumber(argument) ? toNumber(argument) : NaN;
  if (!Number.isInteger(number) || number < least)
    throw new CommandError(
      code,
      `invalid argument to ${name} stage: Expected ${least === 0 ? "a non-negative" : "a positive"} number in: ${name}: ${show(argument)}`,
    );
  return number;
}

const replaceRoot = (
  documents: Document[],
  expression: unknown,
  context: MatchContext,
) => {
  const evaluate = compileExpression(expression, context);
  return documents.map((document) => {
    const root = evaluate(document);
    if (isDocument(root)) return root;
    throw new CommandError(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was: ${show(root)}. Type of resulting value: '${typeOf(root)}'`,
    );
  });
};

const addFields: Stage = (documents, argument, context) => {
  const fields = objectStage("$addFields", argument, 40272);
  return documents.map(compileAddition(fields, context));
};

const facet: Stage = (documents, argument, context, runPipeline) => {
  const pipelines = Object.entries(objectStage("$facet", argument, 40169));
  return [
    Object.fromEntries(
      pipelines.map(([name, pipeline]) => [
        name,
        runPipeline(documents, pipeline, context),
      ]),
    ),
  ];
};

/** The stages that are carried out here; the rest are mingo's. */
export const stages: Record<string, Stage> = {
  $match: (documents, argument, context) =>
    documents.filter(compileFilter(argument, context)),
  $sort: (documents, argument, context) =>
    sorter(objectStage("$sort", argument, 15973), context.collator)(documents),
  $skip: (documents, argument) =>
    documents.slice(wholeStage("$skip", argument, 0, 5107200)),
  $limit: (documents, argument) => {
    if (isNumber(argument) && toNumber(argument) === 0)
      throw new CommandError(15958, "the limit must be positive");
    return documents.slice(0, wholeStage("$limit", argument, 1, 5107201));
  },
  $count: (documents, argument) => {
    if (typeof argument !== "string" || argument === "")
      throw new CommandError(
        40156,
        "the count field must be a non-empty string",
      );
    return documents.length > 0 ? [{ [argument]: documents.length }] : [];
  },
  $project: (documents, argument, context) => {
    const fields = objectStage("$project", argument, 15969);
    if (firstKey(fields) === undefined)
      throw new CommandError(
        51272,
        "Invalid $project :: caused by :: projection specification must have at least one field",
      );
    return documents.map(compileProjection(fields, context)).map(idFirst);
  },
  $addFields: addFields,
  $set: addFields,
  $unset: (documents, argument) =>
    documents.map(
      compileRemoval(
        (Array.isArray(argument) ? argument : [argument]).map(String),
      ),
    ),
  $replaceWith: replaceRoot,
  $replaceRoot: (documents, argument, context) =>
    replaceRoot(
      documents,
      objectStage("$replaceRoot", argument, 40229).newRoot,
      context,
    ),
  $group: group,
  $sortByCount: sortByCount,
  $bucket: bucket,
  $facet: facet,
  $lookup: lookup,
  $unionWith: unionWith,
  $documents: (_documents, argument, context) => {
    const list = compileExpression(argument, context)({});
    if (!Array.isArray(list) || !list.every(isDocument))
      throw new CommandError(
        5858203,
        "an array is expected as the argument of $documents",
      );
    return list;
  },
};
