import { expect, test } from "vitest";
import { argumentsIn } from "./arguments.ts";

test.each([
  ["", []],
  ["  \n ", []],
  ['{"a": 1}', ['{"a": 1}']],
  ['1\n\n"two"\nnull', ["1", '"two"', "null"]],
  ['{\n  "a": [\n 1]\n}\n2', ['{\n  "a": [\n 1]\n}', "2"]],
  ["{ text: 1 }", ["{ text: 1 }"]],
])("%j", (typed, texts) => {
  expect(argumentsIn(typed)).toEqual(texts);
});
