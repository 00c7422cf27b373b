import { collationKey, collatorFor } from "../bson/collation.ts";
import { isNumber, toNumber } from "../bson/numbers.ts";
import { keyOf, type Collator } from "../bson/order.ts";
import { isIndex, pathOf, visitPath, type Path } from "../bson/paths.ts";
import { show, typeOf } from "../bson/types.ts";
import { isDocument, missing, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { compileFilter, type DocumentTest } from "../query/match.ts";

/** An index as `createIndexes` asks for it and `listIndexes` shows it. */
export interface IndexSpecification extends Document {
  v: 2;
  key: Document;
  name: string;
  unique?: boolean;
  sparse?: boolean;
  partialFilterExpression?: Document;
  expireAfterSeconds?: number;
  collation?: Document;
}

const known: Record<string, string[]> = {
  v: ["int", "double", "long"],
  key: ["object"],
  name: ["string"],
  ns: ["string"],
  unique: ["bool"],
  sparse: ["bool"],
  hidden: ["bool"],
  background: ["bool"],
  prepareUnique: ["bool"],
  partialFilterExpression: ["object"],
  expireAfterSeconds: ["int", "double", "long"],
  collation: ["object"],
};

function cannotCreate(message: string) {
  return new CommandError("CannotCreateIndex", message);
}

/**
 * An index specification with its defaults.
 *
 * @see https://www.mongodb.com/docs/manual/reference/command/createIndexes/
 * @throws CommandError 67 (CannotCreateIndex), 14, 197 for what is wrong with it, 115 for kinds
 *   of index that the engine does not have
 */
export function indexSpecification(raw: unknown): IndexSpecification {
  if (!isDocument(raw))
    throw new CommandError(
      "TypeMismatch",
      "The elements of the 'indexes' array must be objects",
    );
  for (const [option, value] of Object.entries(raw)) {
    const types = known[option];
    if (!types)
      throw new CommandError(
        197,
        `Error in specification ${show(raw)} :: caused by :: The field '${option}' is not valid ` +
          "for an index specification, or not supported by the built-in engine.",
      );
    // Truthy numbers pass as booleans: older drivers send `unique: 1`.
    if (
      !types.includes(typeOf(value)) &&
      !(types[0] === "bool" && isNumber(value))
    )
      throw new CommandError(
        "TypeMismatch",
        `The field '${option}' has value ${option}: ${show(value)}, which is not convertible to ${types[0]}`,
      );
  }
  const { key, ns: _ns, background: _background, ...options } = raw;
  if (!isDocument(key) || Object.keys(key).length === 0)
    throw cannotCreate("Index keys cannot be empty.");
  const { expireAfterSeconds } = options;
  for (const entry of Object.entries(key)) checkDirection(...entry);
  if (expireAfterSeconds !== undefined) checkExpiry(expireAfterSeconds, key);
  const name =
    options.name ??
    Object.entries(key)
      .map(([field, direction]) => `${field}_${String(direction)}`)
      .join("_");
  return { v: 2, key, ...options, name } as IndexSpecification;
}

function checkDirection(field: string, direction: unknown) {
  if (field.split(".").includes(""))
    throw cannotCreate("Index keys cannot contain an empty field.");
  if (field.includes("$"))
    throw new CommandError(
      "CommandNotSupported",
      `an index on '${field}' is not supported by the built-in engine`,
    );
  if (isNumber(direction)) {
    if (toNumber(direction) === 0 || Number.isNaN(toNumber(direction)))
      throw cannotCreate("Values in the index key pattern cannot be 0.");
  } else if (typeof direction !== "string")
    throw cannotCreate(
      `Values in v:2 index key pattern cannot be of type ${typeOf(direction)}. Only numbers > 0, ` +
        "numbers < 0, and strings are allowed.",
    );
  else if (["text", "2d", "2dsphere"].includes(direction))
    throw new CommandError(
      "CommandNotSupported",
      `a ${direction} index is not supported by the built-in engine`,
    );
  else if (direction !== "hashed")
    throw cannotCreate(`Unknown index plugin '${direction}'`);
}

function checkExpiry(seconds: unknown, key: Document) {
  if (Object.keys(key).length > 1)
    throw cannotCreate(
      "TTL indexes are single-field indexes, compound indexes do not support TTL.",
    );
  if ("_id" in key)
    throw cannotCreate(
      "The field 'expireAfterSeconds' is not valid for an _id index.",
    );
  const number = toNumber(seconds);
  if (number < 0 || number > 2147483647)
    throw cannotCreate(
      "TTL index 'expireAfterSeconds' option must be within an acceptable range",
    );
}

/** What an index holds of one document: a key for each entry, with the values it stands for. */
type Entries = Map<string, unknown[]>;

/**
 * One index of a collection. A unique index knows which document owns each of its keys; any
 * other is only a promise, because a collection of a workshop is scanned quickly enough.
 */
export class Index {
  readonly specification: IndexSpecification;
  /** Which document, by the key of its `_id`, holds each entry; only of a unique index. */
  readonly owners: Map<string, string>;
  readonly #paths: Path[];
  readonly #filter: DocumentTest | undefined;
  readonly #collator: Collator;

  constructor(
    specification: IndexSpecification,
    owners = new Map<string, string>(),
  ) {
    this.specification = specification;
    this.owners = owners;
    this.#paths = Object.keys(specification.key).map(pathOf);
    this.#filter = specification.partialFilterExpression
      ? compileFilter(specification.partialFilterExpression)
      : undefined;
    this.#collator = collatorFor(specification.collation);
  }

  get unique(): boolean {
    return (
      this.specification.unique === true ||
      this.specification.prepareUnique === true
    );
  }

  copy(): Index {
    return new Index(this.specification, new Map(this.owners));
  }

  /**
   * The entries that a document has in this index.
   *
   * @throws CommandError 171 (CannotIndexParallelArrays)
   */
  entriesOf(document: Document): Entries {
    const entries: Entries = new Map();
    if (this.#filter && !this.#filter(document)) return entries;
    const perPath = this.#paths.map((path) => indexedValues(document, path));
    if (
      this.specification.sparse &&
      perPath.every((values) => values.every((v) => v === missing))
    )
      return entries;
    this.#refuseParallelArrays(document);
    for (const values of combinations(perPath))
      entries.set(this.#keyFor(values), values);
    return entries;
  }

  #keyFor(values: unknown[]): string {
    return values
      .map((value) =>
        keyOf(
          typeof value === "string"
            ? collationKey(value, this.#collator)
            : value,
        ),
      )
      .join("|");
  }

  #refuseParallelArrays(document: Document) {
    const arrays = new Set(
      this.#paths.flatMap((path) => firstArrayOn(document, path) ?? []),
    );
    if (arrays.size > 1)
      throw new CommandError(
        171,
        `cannot index parallel arrays ${[...arrays].map((path) => `[${path}]`).join(" ")}`,
      );
  }

  /**
   * The key under which a query that fixes every field of this unique index finds its document.
   *
   * @returns undefined where the query does not, or where the index may lack documents
   */
  keyForQuery(filter: Document): string | undefined {
    if (!this.unique || this.#filter || this.#collator) return undefined;
    const values = Object.keys(this.specification.key).map((field) =>
      fixedValue(filter[field]),
    );
    return values.includes(undefined) ? undefined : this.#keyFor(values);
  }
}

/** The scalar that a condition fixes its field to; undefined for every other condition. */
export function fixedValue(condition: unknown): unknown {
  const value =
    isDocument(condition) &&
    Object.keys(condition).length === 1 &&
    "$eq" in condition
      ? condition.$eq
      : condition;
  const scalars = ["string", "int", "long", "objectId", "bool", "date"];
  return scalars.includes(typeOf(value)) ? value : undefined;
}

/** The values that an index holds for one path; an empty array counts as one value. */
function indexedValues(document: Document, path: Path): unknown[] {
  const values: unknown[] = [];
  visitPath(document, path, (value) => {
    if (!Array.isArray(value)) values.push(value);
    else if (value.length === 0) values.push([]);
    else values.push(...value);
    return false;
  });
  return values.length > 0 ? values : [missing];
}

function combinations(lists: unknown[][]): unknown[][] {
  return lists.reduce<unknown[][]>(
    (all, values) =>
      all.flatMap((chosen) => values.map((value) => [...chosen, value])),
    [[]],
  );
}

/** The part of a path at which the document holds an array. */
function firstArrayOn(document: Document, path: Path): string | undefined {
  let value: unknown = document;
  for (const [depth, step] of path.entries()) {
    if (Array.isArray(value)) {
      if (!isIndex(step)) return path.slice(0, depth).join(".");
      value = value[Number(step)];
    } else value = isDocument(value) ? value[step] : undefined;
  }
  return Array.isArray(value) ? path.join(".") : undefined;
}

/**
 * The error of a second document with the same key in a unique index.
 *
 * @see https://www.mongodb.com/docs/manual/core/index-unique/
 */
export function duplicateKey(
  namespace: string,
  { name, key }: Pick<IndexSpecification, "name" | "key">,
  values: unknown[],
): CommandError {
  const keyValue = Object.fromEntries(
    Object.keys(key).map((field, i) => {
      const value = values[i];
      return [field, value === missing || value === undefined ? null : value];
    }),
  );
  return new CommandError(
    "DuplicateKey",
    `E11000 duplicate key error collection: ${namespace} index: ${name} dup key: ${show(keyValue)}`,
    { keyPattern: key, keyValue },
  );
}
