import { CommandError } from "../errors.ts";
import type { Collator } from "./order.ts";
import { isDocument } from "./values.ts";

const collationFields = new Set([
  "locale",
  "caseLevel",
  "caseFirst",
  "strength",
  "numericOrdering",
  "alternate",
  "maxVariable",
  "backwards",
  "normalization",
]);

/**
 * The collator for a collation document; undefined for none and for the locale `simple`.
 * Strengths 1 to 3, caseLevel, caseFirst and numericOrdering are carried out.
 *
 * @see https://www.mongodb.com/docs/manual/reference/collation/
 */
export function collatorFor(collation: unknown): Collator {
  if (collation === undefined || collation === null) return undefined;
  if (!isDocument(collation))
    throw new CommandError("TypeMismatch", "'collation' must be an object");
  for (const field of Object.keys(collation))
    if (!collationFields.has(field))
      throw new CommandError(
        "IDLUnknownField",
        `BSON field 'collation.${field}' is an unknown field.`,
      );
  const {
    locale,
    strength = 3,
    caseLevel,
    caseFirst,
    numericOrdering,
  } = collation;
  if (typeof locale !== "string")
    throw new CommandError(
      "IDLFailedToParse",
      "BSON field 'collation.locale' is missing but a required field",
    );
  if (locale === "simple") return undefined;
  for (const field of ["alternate", "maxVariable", "backwards"])
    if (
      collation[field] &&
      collation[field] !== "non-ignorable" &&
      collation[field] !== "punct"
    )
      throw new CommandError(
        "CommandNotSupported",
        `collation.${field} is not supported by the built-in engine`,
      );
  const level = Number(strength);
  if (![1, 2, 3].includes(level))
    throw new CommandError(
      "CommandNotSupported",
      `collation.strength ${level} is not supported by the built-in engine`,
    );
  const sensitivity =
    level === 1
      ? caseLevel
        ? "case"
        : "base"
      : level === 2 && !caseLevel
        ? "accent"
        : "variant";
  try {
    return new Intl.Collator(locale.replaceAll("_", "-"), {
      sensitivity,
      numeric: numericOrdering === true,
      ...(caseFirst === "upper" || caseFirst === "lower" ? { caseFirst } : {}),
    });
  } catch {
    throw new CommandError(
      "BadValue",
      `Field 'locale' is invalid in: { locale: "${locale}" }`,
    );
  }
}

/** A string that two strings share when the collator finds them equal. */
export function collationKey(text: string, collator: Collator): string {
  if (!collator) return text;
  const { sensitivity } = collator.resolvedOptions();
  if (sensitivity === "variant") return text;
  if (sensitivity === "accent") return text.normalize("NFC").toLowerCase();
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "");
  return sensitivity === "base" ? bare.toLowerCase() : bare;
}
