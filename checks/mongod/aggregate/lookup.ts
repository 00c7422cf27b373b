import { keyOf } from "../bson/order.ts";
import { pathOf, valuesAt } from "../bson/paths.ts";
import { isDocument, missing, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { MatchContext } from "../query/match.ts";
import { compileAddition } from "../query/projection.ts";
import { compileExpression } from "./expressions.ts";
import { objectStage, type Stage } from "./stage.ts";

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

/** @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/ */
export const lookup: Stage = (documents, argument, context, runPipeline) => {
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

export const unionWith: Stage = (documents, argument, context, runPipeline) => {
  const { coll, pipeline = [] } =
    typeof argument === "string"
      ? { coll: argument }
      : objectStage("$unionWith", argument, 9);
  const other =
    coll === undefined ? [] : otherCollection("$unionWith", coll, context);
  return [...documents, ...runPipeline(other, pipeline, context)];
};
