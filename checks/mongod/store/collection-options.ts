import { checkPipeline } from "../aggregate/aggregate.ts";
import { collatorFor } from "../bson/collation.ts";
import type { Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { compileFilter } from "../query/match.ts";

/** Refuses options of a collection that cannot be followed. @throws CommandError */
export function checkCollectionOptions(options: Document) {
  const { validator, validationLevel, validationAction } = options;
  collatorFor(options.collation);
  if (validator !== undefined) compileFilter(validator);
  if (
    validationLevel !== undefined &&
    !["off", "strict", "moderate"].includes(String(validationLevel))
  )
    throw new CommandError(
      "BadValue",
      `Enumeration value '${String(validationLevel)}' for field 'validationLevel' is not a valid value.`,
    );
  if (
    validationAction !== undefined &&
    !["error", "warn"].includes(String(validationAction))
  )
    throw new CommandError(
      "BadValue",
      `Enumeration value '${String(validationAction)}' for field 'validationAction' is not a valid value.`,
    );
  if (options.pipeline !== undefined) checkPipeline(options.pipeline);
}
