import { expect, test } from "vitest";
import { ServerOutput } from "./server-output.ts";

test("lines arrive whole, however they are cut", () => {
  const lines: string[] = [];
  const output = new ServerOutput((line) => lines.push(line));
  const read = output.stream();
  for (const part of ["liste", "ning\r\nre", "ady\n\n  \nopen"])
    read(Buffer.from(part));
  expect(lines).toEqual(["listening", "ready"]);
  expect(output.last()).toEqual(["listening", "ready", "open"]);
});

test("escape sequences and control characters do not reach the terminal", () => {
  const output = new ServerOutput();
  output.stream()(
    Buffer.from("\u001b[2J\u001b[31mred\u001b[0m\tand\u0007 bell\n"),
  );
  expect(output.last()).toEqual(["red\tand· bell"]);
  expect(output.binary).toBe(false);
});

test("bytes that are no text are noticed", () => {
  const output = new ServerOutput();
  output.stream()(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]));
  expect(output.last()).toEqual(["a·b"]);
  expect(output.binary).toBe(true);
});

test("the memory it takes is bounded", () => {
  const output = new ServerOutput();
  const flood = Buffer.from(`${"x".repeat(5_000)}\n`.repeat(1_000));
  const read = output.stream();
  for (let times = 0; times < 5; times++) read(flood);
  const kept = output.last(10_000);
  expect(output.bytes).toBe(5 * flood.length);
  expect(kept.length).toBeLessThanOrEqual(201);
  expect(Math.max(...kept.map((line) => line.length))).toBeLessThanOrEqual(500);
});

test("a character that arrives in two chunks is one", () => {
  const output = new ServerOutput();
  const read = output.stream();
  const text = Buffer.from("Grüße 👋\n");
  for (const byte of text) read(Buffer.from([byte]));
  expect(output.last()).toEqual(["Grüße 👋"]);
  expect(output.binary).toBe(false);
});

test("two streams do not mix their lines", () => {
  const output = new ServerOutput();
  const [out, err] = [output.stream(), output.stream()];
  out(Buffer.from("one "));
  err(Buffer.from("error\n"));
  out(Buffer.from("line\n"));
  expect(output.last()).toEqual(["error", "one line"]);
});
