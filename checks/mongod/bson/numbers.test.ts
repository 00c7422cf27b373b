import { Decimal128, Double, Int32, Long } from "bson";
import { describe, expect, test } from "vitest";
import {
  calculate,
  compareNumbers,
  double,
  integer,
  numberKey,
  numberType,
  type BsonNumber,
} from "./numbers.ts";

const long = (text: string) => Long.fromString(text);
const decimal = (text: string) => Decimal128.fromString(text);

test.each([
  [1, "int"],
  [-2147483648, "int"],
  [2147483648, "double"],
  [1.5, "double"],
  [-0, "double"],
  [NaN, "double"],
  [new Double(1), "double"],
  [new Int32(1), "int"],
  [Long.ONE, "long"],
  [decimal("1"), "decimal"],
  ["1", undefined],
  [null, undefined],
])("the type of %o is %s", (value, type) => {
  expect(numberType(value)).toBe(type);
});

const ordered: BsonNumber[] = [
  NaN,
  -Infinity,
  decimal("-1E+300"),
  long("-9223372036854775808"),
  -1,
  0,
  decimal("0.1"),
  0.1,
  1,
  decimal("1.5"),
  long("9007199254740992"),
  long("9007199254740993"),
  decimal("9007199254740993.5"),
  1e300,
  Infinity,
];

test("every number is below those that follow it, whatever their types", () => {
  for (const [i, a] of ordered.entries())
    for (const [j, b] of ordered.entries())
      expect(
        Math.sign(compareNumbers(a, b)),
        `${String(a)} and ${String(b)}`,
      ).toBe(Math.sign(i - j));
});

test("keys are shared by equal numbers only", () => {
  const equal: BsonNumber[][] = [
    [1, new Double(1), Long.ONE, decimal("1.00")],
    [0, -0, decimal("0"), decimal("-0.0")],
    [0.5, decimal("0.5")],
    [1e20, decimal("1E+20")],
    [NaN, decimal("NaN")],
  ];
  for (const group of equal) expect(new Set(group.map(numberKey)).size).toBe(1);
  expect(new Set(ordered.map(numberKey)).size).toBe(ordered.length);
});

describe("arithmetic", () => {
  test.each([
    [1, 2, 3],
    [2147483647, 1, long("2147483648")],
    [Long.ONE, 1, long("2")],
    [Long.ONE, 0.5, 1.5],
    [new Double(1), 1, new Double(2)],
    [decimal("0.1"), decimal("0.2"), decimal("0.3")],
    [decimal("1.10"), 1, decimal("2.10")],
    [Long.MAX_VALUE, 1, undefined],
  ] as [BsonNumber, BsonNumber, BsonNumber | undefined][])(
    "%s + %s",
    (a, b, sum) => {
      expect(calculate("add", a, b)).toEqual(sum);
    },
  );

  test("subtracts and multiplies", () => {
    expect(calculate("subtract", 1, 2)).toBe(-1);
    expect(calculate("multiply", decimal("1.5"), 2)).toEqual(decimal("3.0"));
  });

  test("keeps a whole double apart from an int", () => {
    expect(double(1)).toEqual(new Double(1));
    expect(double(1.5)).toBe(1.5);
    expect(integer(1n)).toBe(1);
    expect(integer(2n ** 40n)).toEqual(Long.fromBigInt(2n ** 40n));
  });
});
