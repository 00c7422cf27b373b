import { compileExpression } from "../aggregate/expressions.ts";
import { isNumber, toNumber } from "../bson/numbers.ts";
import {
  firstKey,
  isDocument,
  isTrue,
  setField,
  type Document,
} from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { elementTest, type MatchContext } from "./match.ts";
import { positionOf } from "./positional.ts";

/**
 * What happens to one field: `keep` or `drop` it, look deeper into it, or give it a new value
 * (undefined: none) that may depend on the document and on the value so far.
 */
type Rule = "keep" | "drop" | Tree | Compute;
type Tree = Map<string, Rule>;
type Compute = (document: Document, value: unknown) => unknown;

type Projection = (document: Document) => Document;

/**
 * Compiles a projection of `find` or of `$project`.
 *
 * @see https://www.mongodb.com/docs/manual/tutorial/project-fields-from-query-results/
 * @param filter the query whose match the positional `$` refers to; undefined in `$project`
 * @throws CommandError 31253 and 31254 for a mixture of inclusion and exclusion, 31249 and 31250
 *   for paths of which one contains the other
 */
export function compileProjection(
  specification: Document,
  context: MatchContext,
  filter?: Document,
): Projection {
  const tree: Tree = new Map();
  const state: State = { context, filter, kind: undefined, idRule: undefined };
  addFields(tree, specification, "", state);
  const including =
    state.kind === "inclusion" ||
    (state.kind === undefined && state.idRule === "keep");
  if (including) {
    if (state.idRule !== "drop" && !tree.has("_id")) tree.set("_id", "keep");
    return (document) => project(document, document, tree, true) as Document;
  }
  return (document) => project(document, document, tree, false) as Document;
}

interface State {
  context: MatchContext;
  filter: Document | undefined;
  kind: "inclusion" | "exclusion" | undefined;
  idRule: "keep" | "drop" | undefined;
}

function addFields(tree: Tree, fields: Document, prefix: string, state: State) {
  for (const [field, wanted] of Object.entries(fields)) {
    const path = prefix + field;
    if (isDocument(wanted) && !firstKey(wanted)?.startsWith("$")) {
      if (firstKey(wanted) === undefined)
        throw new CommandError(
          51270,
          `An empty sub-projection is not a valid value. Found empty object at path`,
        );
      addFields(tree, wanted, `${path}.`, state);
    } else addField(tree, path, wanted, state);
  }
}

function addField(tree: Tree, path: string, wanted: unknown, state: State) {
  if (path.endsWith(".$")) {
    const array = path.slice(0, -2);
    setKind(state, "inclusion", array);
    return setRule(tree, array, positionalElement(array, state));
  }
  if (typeof wanted === "boolean" || isNumber(wanted)) {
    const kind = isTrue(wanted) ? "inclusion" : "exclusion";
    const rule = isTrue(wanted) ? "keep" : "drop";
    if (path === "_id") state.idRule = rule;
    else setKind(state, kind, path);
    return setRule(tree, path, rule);
  }
  const findOperator = isDocument(wanted) ? firstKey(wanted) : undefined;
  if (state.filter && isDocument(wanted) && findOperator === "$slice") {
    // In `find`, `$slice` alone leaves all other fields in.
    return setRule(tree, path, slice(wanted.$slice));
  }
  if (state.filter && isDocument(wanted) && findOperator === "$elemMatch") {
    const test = elementTest(wanted.$elemMatch, state.context);
    if (path !== "_id") setKind(state, "inclusion", path);
    return setRule(tree, path, (_document, value) => {
      const found = Array.isArray(value) ? value.find(test) : undefined;
      return found === undefined ? undefined : [found];
    });
  }
  if (findOperator === "$meta")
    throw new CommandError(
      "CommandNotSupported",
      "$meta is not supported by the built-in engine",
    );
  const evaluate = compileField(wanted, state);
  if (path !== "_id") setKind(state, "inclusion", path);
  setRule(tree, path, (document) => evaluate(document));
}

/** @throws CommandError 31325 for an unknown operator: projections have a code of their own */
function compileField(expression: unknown, { context }: State) {
  try {
    return compileExpression(expression, context);
  } catch (error) {
    if (
      error instanceof CommandError &&
      error.codeName === "InvalidPipelineOperator"
    )
      throw new CommandError(
        31325,
        `Invalid $project :: caused by :: ${error.message.replace("Unrecognized", "Unknown")}`,
      );
    throw error;
  }
}

function setKind(state: State, kind: "inclusion" | "exclusion", path: string) {
  if (state.kind !== undefined && state.kind !== kind) {
    const [code, text] =
      state.kind === "inclusion"
        ? [
            31254,
            `Cannot do exclusion on field ${path} in inclusion projection`,
          ]
        : [
            31253,
            `Cannot do inclusion on field ${path} in exclusion projection`,
          ];
    throw new CommandError(code as number, text as string);
  }
  state.kind = kind;
}

function setRule(tree: Tree, path: string, rule: Rule) {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let branch = tree;
  for (const step of steps) {
    const next = branch.get(step) ?? new Map<string, Rule>();
    if (!(next instanceof Map))
      throw new CommandError(31249, `Path collision at ${path}`);
    branch.set(step, next);
    branch = next;
  }
  if (branch.has(last))
    throw new CommandError(31250, `Path collision at ${path}`);
  branch.set(last, rule);
}

/**
 * @param including whether fields without a rule are left out
 */
function project(
  root: Document,
  value: unknown,
  tree: Tree,
  including: boolean,
): unknown {
  if (Array.isArray(value))
    return value
      .filter(
        (element) =>
          !including || isDocument(element) || Array.isArray(element),
      )
      .map((element) => project(root, element, tree, including));
  if (!isDocument(value)) return including ? undefined : value;
  const result: Document = {};
  for (const field of Object.keys(value)) {
    const rule = tree.get(field);
    if (rule === "drop" || (rule === undefined && including)) continue;
    const kept = ruled(root, value[field], rule, including);
    if (kept !== undefined) setField(result, field, kept);
  }
  for (const [field, rule] of tree)
    if (!Object.hasOwn(value, field) && typeof rule !== "string") {
      const added =
        rule instanceof Map ? computedOnly(root, rule) : rule(root, undefined);
      if (added !== undefined) setField(result, field, added);
    }
  return result;
}

function ruled(
  root: Document,
  value: unknown,
  rule: Rule | undefined,
  including: boolean,
): unknown {
  if (typeof rule === "function") return rule(root, value);
  if (!(rule instanceof Map)) return value;
  const inner = project(root, value, rule, including);
  // A computed field below a scalar replaces the scalar by a document.
  return isDocument(value) || Array.isArray(value)
    ? inner
    : (computedOnly(root, rule) ?? inner);
}

/** The computed fields below a path that the document does not have. */
function computedOnly(root: Document, tree: Tree): Document | undefined {
  const result: Document = {};
  for (const [field, rule] of tree) {
    const value =
      rule instanceof Map
        ? computedOnly(root, rule)
        : typeof rule === "function"
          ? rule(root, undefined)
          : undefined;
    if (value !== undefined) setField(result, field, value);
  }
  return firstKey(result) === undefined ? undefined : result;
}

/** `$slice` of a projection: the first n, the last -n, or a number after a skip. */
function slice(argument: unknown): Compute {
  const [skip, limit] = Array.isArray(argument)
    ? argument.map(toNumber)
    : [undefined, toNumber(argument)];
  if (
    limit === undefined ||
    Number.isNaN(limit) ||
    (skip !== undefined && limit <= 0)
  )
    throw new CommandError(
      28724,
      "First argument to $slice must be a number or an array of a number and a positive number",
    );
  return (_document, value) => {
    if (!Array.isArray(value)) return value;
    if (skip === undefined)
      return limit < 0 ? value.slice(limit) : value.slice(0, limit);
    const start = skip < 0 ? Math.max(0, value.length + skip) : skip;
    return value.slice(start, start + limit);
  };
}

function positionalElement(array: string, { filter, context }: State): Compute {
  if (!filter)
    throw new CommandError(
      31324,
      "positional projection is not allowed in $project",
    );
  return (document, value) => {
    if (!Array.isArray(value)) return value;
    const position = positionOf(document, array, filter, context);
    if (position === undefined)
      throw new CommandError(
        51246,
        "Executor error during find command :: caused by :: positional operator " +
          `'.$' couldn't find a matching element in the array`,
      );
    return [value[position]];
  };
}

/**
 * `$addFields`: every field keeps its value but for those given, which are computed from the
 * document; dotted paths reach into documents and arrays.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/addFields/
 */
export function compileAddition(
  specification: Document,
  context: MatchContext,
): Projection {
  const tree: Tree = new Map();
  const add = (fields: Document, prefix: string) => {
    for (const [field, wanted] of Object.entries(fields)) {
      const path = prefix + field;
      const nested = isDocument(wanted) && firstKey(wanted) !== undefined;
      if (nested && !firstKey(wanted)?.startsWith("$")) add(wanted, `${path}.`);
      else {
        const evaluate = compileExpression(wanted, context);
        setRule(tree, path, (document) => evaluate(document));
      }
    }
  };
  add(specification, "");
  return (document) => project(document, document, tree, false) as Document;
}

/** `$unset`: the document without these paths. */
export function compileRemoval(paths: string[]): Projection {
  const tree: Tree = new Map();
  for (const path of paths) setRule(tree, path, "drop");
  return (document) => project(document, document, tree, false) as Document;
}
