import { describe, expect, test } from "vitest";
import { shorten, wrap } from "./paragraph.ts";

describe("wrap", () => {
  test.each<[string, number, string[]]>([
    ["one two three", 20, ["one two three"]],
    ["one two three", 8, ["one two", "three"]],
    ["one\n  two", 20, ["one two"]],
    ['"a  b"', 20, ['"a  b"']],
    ["see abcdefghij now", 6, ["see ab", "cdefgh", "ij now"]],
    ["type npm\u00A0run\u00A0check 01", 14, ["type", "npm run check", "01"]],
    ["👋👋👋", 2, ["👋👋", "👋"]],
    ["", 10, [""]],
  ])("%j at %i", (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

test("shorten keeps the first lines and shows that something is cut", () => {
  expect(shorten(["one", "two", "three"], 3)).toEqual(["one", "two", "three"]);
  expect(shorten(["one", "two", "three"], 2)).toEqual(["one", "tw…"]);
});
