import { CommandError } from "./errors.ts";
import {
  checkExpression,
  compileExpression,
  mingoOptions,
  operators,
} from "./expressions.ts";
import { OpType } from "mingo/core";
import type { Options } from "mingo/types";
import { compileFilter, type MatchContext } from "./match.ts";
import { isNumber, toNumber } from "./numbers.ts";
import { keyOf } from "./order.ts";
import { pathOf, valuesAt } from "./paths.ts";
import {
  compileAddition,
  compileProjection,
  compileRemoval,
} from "./projection.ts";
import { sorter } from "./sort.ts";
import { show, typeOf } from "./types.ts";
import {
  firstKey,
  idFirst,
  isDocument,
  missing,
  type Document,
} from "./values.ts";

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

function objectStage(name: string, argument: unknown, code: number): Document {
  if (isDocument(argument)) return argument;
  throw new CommandError(
    code,
    `the ${name} stage specification must be an object, got ${typeOf(argument)}`,
  );
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

const group: Stage = (documents, argument, context) => {
  const specification = objectStage("$group", argument, 15947);
  if (!("_id" in specification))
    throw new CommandError(15955, "a group specification must include an _id");
  const key = compileExpression(specification._id, context);
  const outputs = Object.entries(specification)
    .filter(([field]) => field !== "_id")
    .map(([field, accumulator]) => groupOutput(field, accumulator, context));
  const groups = new Map<string, { _id: unknown; members: Document[] }>();
  for (const document of documents) {
    const _id = key(document) ?? null;
    const found = groups.get(keyOf(_id));
    if (found) found.members.push(document);
    else groups.set(keyOf(_id), { _id, members: [document] });
  }
  return [...groups.values()].map(({ _id, members }) => {
    const result: Document = { _id };
    for (const [field, compute] of outputs) result[field] = compute(members);
    return result;
  });
};

function groupOutput(
  field: string,
  accumulator: unknown,
  context: MatchContext,
): [string, (members: Document[]) => unknown] {
  const name = isDocument(accumulator) ? firstKey(accumulator) : undefined;
  if (!name || !isDocument(accumulator))
    throw new CommandError(
      40234,
      `The field '${field}' must be an accumulator object`,
    );
  const run = operators.getOperator(OpType.ACCUMULATOR, name);
  if (!run) throw new CommandError(15952, `unknown group operator '${name}'`);
  const argument = accumulator[name];
  checkExpression(argument);
  const options = mingoOptions(context) as Options;
  return [
    field,
    (members) => run(members as never, argument as never, options),
  ];
}

const sortByCount: Stage = (documents, argument, context, runPipeline) =>
  runPipeline(
    documents,
    [
      { $group: { _id: argument, count: { $sum: 1 } } },
      { $sort: { count: -1 } },
    ],
    context,
  );

/** MongoDB, too, makes `$bucket` of a `$group` by a `$switch`. */
const bucket: Stage = (documents, argument, context, runPipeline) => {
  const {
    groupBy,
    boundaries,
    default: other,
    output = { count: { $sum: 1 } },
    ...rest
  } = objectStage("$bucket", argument, 40201);
  const [unknown] = Object.keys(rest);
  if (unknown)
    throw new CommandError(
      40197,
      `Unrecognized option to $bucket: ${unknown}.`,
    );
  if (!Array.isArray(boundaries) || boundaries.length < 2)
    throw new CommandError(
      40192,
      "The $bucket 'boundaries' field must have at least 2 values",
    );
  const branches = boundaries.slice(0, -1).map((low: unknown, i) => ({
    case: {
      $and: [
        { $gte: [groupBy, { $literal: low }] },
        { $lt: [groupBy, { $literal: boundaries[i + 1] }] },
      ],
    },
    // oxlint-disable-next-line unicorn/no-thenable -- the name is MongoDB's
    then: { $literal: low },
  }));
  const choice =
    other === undefined
      ? { branches }
      : { branches, default: { $literal: other } };
  return runPipeline(
    documents,
    [
      { $group: { _id: { $switch: choice }, ...(output as Document) } },
      { $sort: { _id: 1 } },
    ],
    context,
  );
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

function otherCollection(
  stage: string,
  name: unknown,
  context: MatchContext,
): Document[] {
  if (typeof name !== "string")
    throw new CommandError(
      "FailedToParse",
      `${stage}: the collection must be named by a string`,
    );
  if (!context.collection)
    throw new CommandError("InvalidOptions", `${stage} is not allowed here`);
  return context.collection(name);
}

const lookup: Stage = (documents, argument, context, runPipeline) => {
  const {
    from,
    localField,
    foreignField,
    as,
    pipeline = [],
    let: variables,
    ...rest
  } = objectStage("$lookup", argument, 9);
  const [unknown] = Object.keys(rest);
  if (unknown)
    throw new CommandError(
      "FailedToParse",
      `unknown argument to $lookup: ${unknown}`,
    );
  if (typeof as !== "string")
    throw new CommandError(
      "FailedToParse",
      "must specify 'as' field for a $lookup",
    );
  if ((localField === undefined) !== (foreignField === undefined))
    throw new CommandError(
      "FailedToParse",
      "$lookup requires both or neither of 'localField' and 'foreignField' to be specified",
    );
  const foreign =
    from === undefined ? [] : otherCollection("$lookup", from, context);
  const candidates =
    localField === undefined
      ? () => foreign
      : joined(foreign, String(localField), String(foreignField));
  return documents.map((document) => {
    const scope =
      variables === undefined
        ? context
        : {
            ...context,
            variables: boundVariables(variables, document, context),
          };
    const found = runPipeline(candidates(document), pipeline, scope);
    return compileAddition({ [as]: { $literal: found } }, context)(document);
  });
};

function boundVariables(
  definitions: unknown,
  document: Document,
  context: MatchContext,
) {
  if (!isDocument(definitions))
    throw new CommandError(
      "FailedToParse",
      "$lookup argument 'let' must be an object",
    );
  return {
    ...context.variables,
    ...Object.fromEntries(
      Object.entries(definitions).map(([name, expression]) => [
        name,
        compileExpression(expression, context)(document),
      ]),
    ),
  };
}

/** The foreign documents whose field equals the local one; null also finds a missing field. */
function joined(foreign: Document[], localField: string, foreignField: string) {
  const byValue = new Map<string, Set<Document>>();
  const offer = (value: unknown, document: Document) => {
    const key = keyOf(value === missing ? null : value);
    const found = byValue.get(key);
    if (found) found.add(document);
    else byValue.set(key, new Set([document]));
  };
  for (const document of foreign)
    for (const value of valuesAt(document, pathOf(foreignField)))
      offer(value, document);
  return (document: Document) => {
    const found = new Set<Document>();
    for (const value of valuesAt(document, pathOf(localField)))
      for (const match of byValue.get(
        keyOf(value === missing ? null : value),
      ) ?? [])
        found.add(match);
    return [...found];
  };
}

const unionWith: Stage = (documents, argument, context, runPipeline) => {
  const { coll, pipeline = [] } =
    typeof argument === "string"
      ? { coll: argument }
      : objectStage("$unionWith", argument, 9);
  const other =
    coll === undefined ? [] : otherCollection("$unionWith", coll, context);
  return [...documents, ...runPipeline(other, pipeline, context)];
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
