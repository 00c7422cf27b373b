import { evalExpr } from "mingo/core";
import type { Options } from "mingo/types";
import { CommandError } from "../errors.ts";

/** An operator as mingo calls it: with the document, the argument as written, and its options. */
export type Operator = (
  document: never,
  argument: never,
  options: Options,
) => unknown;

export const evaluate = (
  document: unknown,
  argument: unknown,
  options: Options,
) => evalExpr(document as never, argument as never, options);

/** An operator of evaluated arguments; one argument may be written without its array. */
export function onValues(
  compute: (values: unknown[], name: string) => unknown,
  name = "",
  count?: number,
): Operator {
  return (document, argument, options) => {
    const list = Array.isArray(argument) ? argument : [argument];
    if (count !== undefined && list.length !== count)
      throw new CommandError(
        16020,
        `Expression ${name} takes exactly ${count} arguments. ${list.length} were passed in.`,
      );
    const values = Array.isArray(argument)
      ? (argument as unknown[]).map((entry) =>
          evaluate(document, entry, options),
        )
      : [evaluate(document, argument, options)];
    return compute(values, name);
  };
}

export const isNull = (value: unknown) => value === null || value === undefined;
