import { isDocument } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { keywords, type SchemaCheck } from "./schema-keywords.ts";

/**
 * Compiles a `$jsonSchema`.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/
 * @throws CommandError 9 (FailedToParse) for a keyword that MongoDB does not have
 */
export function compileSchema(schema: unknown): SchemaCheck {
  if (!isDocument(schema))
    throw new CommandError("TypeMismatch", "$jsonSchema must be an object");
  const rules = Object.keys(schema).flatMap((keyword) => {
    const make = Object.hasOwn(keywords, keyword)
      ? keywords[keyword]
      : undefined;
    if (!make)
      throw new CommandError(
        "FailedToParse",
        `Unknown $jsonSchema keyword: ${keyword}`,
      );
    const rule = make(schema[keyword], schema, compileSchema);
    return rule ? [rule] : [];
  });
  return (value) => {
    const problems = rules
      .map((rule) => rule(value))
      .filter((problem) => problem !== undefined);
    return problems.length > 0 ? problems : undefined;
  };
}
