import { OpType } from "mingo/core";
import type { Options } from "mingo/types";
import { keyOf } from "../bson/order.ts";
import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { MatchContext } from "../query/match.ts";
import {
  checkExpression,
  compileExpression,
  mingoOptions,
  operators,
} from "./expressions.ts";
import { objectStage, type Stage } from "./stage.ts";

/** @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/ */
export const group: Stage = (documents, argument, context) => {
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

export const sortByCount: Stage = (documents, argument, context, runPipeline) =>
  runPipeline(
    documents,
    [
      { $group: { _id: argument, count: { $sum: 1 } } },
      { $sort: { count: -1 } },
    ],
    context,
  );

/** MongoDB, too, makes `$bucket` of a `$group` by a `$switch`. */
export const bucket: Stage = (documents, argument, context, runPipeline) => {
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
