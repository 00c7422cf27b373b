import { isNumber } from "../bson/numbers.ts";
import { typeOf } from "../bson/types.ts";
import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";

type FieldType =
  | "document"
  | "array"
  | "string"
  | "number"
  | "long"
  | "bool"
  | "update"
  | "hint"
  | "any";

/** The fields that a command or a statement of one may have; those with `!` it must have. */
export type Fields = Record<string, FieldType | `${FieldType}!`>;

const accepts: Record<FieldType, (value: unknown) => boolean> = {
  document: isDocument,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: isNumber,
  long: (value) => typeOf(value) === "long",
  // As in mongod, a number will do for a boolean.
  bool: (value) => typeof value === "boolean" || isNumber(value),
  update: (value) => isDocument(value) || Array.isArray(value),
  hint: (value) => isDocument(value) || typeof value === "string",
  any: () => true,
};

const bsonNames: Record<FieldType, string> = {
  document: "object",
  array: "array",
  string: "string",
  number: "[long, int, decimal, double]",
  long: "long",
  bool: "[bool, long, int, decimal, double]",
  update: "[object, array]",
  hint: "[string, object]",
  any: "any",
};

/** What any command may carry beside its own fields. */
const generic: Fields = {
  $db: "string",
  $clusterTime: "document",
  $readPreference: "document",
  apiDeprecationErrors: "bool",
  apiStrict: "bool",
  apiVersion: "string",
  autocommit: "bool",
  comment: "any",
  lsid: "document",
  maxTimeMS: "number",
  readConcern: "document",
  startTransaction: "bool",
  txnNumber: "number",
  writeConcern: "document",
};

/**
 * Refuses a command with a field that it does not have, lacks one that it needs, or has one of
 * the wrong type. Null counts as absent.
 *
 * @throws CommandError 40415 (unknown field), 40414 (missing field), 14 (TypeMismatch)
 */
export function checkCommand(command: Document, fields: Fields): void {
  check(firstKey(command) ?? "", command, { ...generic, ...fields });
}

/** The same for a document inside a command, such as one of the `updates` of an update. */
export function checkFields(
  name: string,
  document: unknown,
  fields: Fields,
): asserts document is Document {
  if (!isDocument(document))
    throw new CommandError(
      "TypeMismatch",
      `BSON field '${name}' is the wrong type '${typeOf(document)}', expected type 'object'`,
    );
  check(name, document, fields);
}

function check(name: string, document: Document, fields: Fields) {
  for (const [field, value] of Object.entries(document)) {
    const declared = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (declared === undefined)
      throw new CommandError(
        "IDLUnknownField",
        `BSON field '${name}.${field}' is an unknown field.`,
      );
    const type = declared.replace("!", "") as FieldType;
    if (value === null || value === undefined || accepts[type](value)) continue;
    throw new CommandError(
      "TypeMismatch",
      `BSON field '${name}.${field}' is the wrong type '${typeOf(value)}', expected type '${bsonNames[type]}'`,
    );
  }
  for (const [field, type] of Object.entries(fields))
    if (
      type.endsWith("!") &&
      (document[field] === undefined || document[field] === null)
    )
      throw new CommandError(
        "IDLFailedToParse",
        `BSON field '${name}.${field}' is missing but a required field`,
      );
}

/** The collection that a command names first. @throws CommandError 73 (InvalidNamespace) */
export function collectionName(command: Document, database: string): string {
  const name = command[firstKey(command) ?? ""];
  if (typeof name !== "string")
    throw new CommandError(
      "InvalidNamespace",
      `collection name has invalid type ${typeOf(name)}`,
    );
  if (name === "" || name.startsWith(".") || /[$\0]/.test(name))
    throw new CommandError(
      "InvalidNamespace",
      `Invalid namespace specified '${database}.${name}'`,
    );
  return name;
}
