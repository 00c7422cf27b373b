import { mkdirSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { firstFile, serverThatAnswers } from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const folder = "lessons/01-first-steps";
const starter = serverThatAnswers();
const own = serverThatAnswers("/health");

beforeEach(() => {
  workshop.remove(folder);
  workshop.write(firstFile, own);
});

describe("reset", () => {
  test("brings the starter back, keeps what was there, and names it", async () => {
    workshop.write(`${folder}/helper.ts`, "export {};\n");
    const { status, stdout } = await workshop.run(["reset", "01"]);
    expect(status).toBe(0);
    expect(stdout).toContain(`As at the beginning again: ${firstFile}.`);
    const kept = keptFolder(stdout);
    expect(workshop.read(firstFile)).toBe(starter);
    expect(workshop.read(`${kept}/server.ts`)).toBe(own);
    expect(workshop.read(`${kept}/helper.ts`)).toBe("export {};\n");
  });

  test("leaves files of the learner's own where they are", async () => {
    workshop.write(`${folder}/helper.ts`, "export {};\n");
    workshop.write(`${folder}/notes.txt`, "mine");
    await workshop.run(["reset", "01"]);
    expect(workshop.read(`${folder}/helper.ts`)).toBe("export {};\n");
    expect(workshop.read(`${folder}/notes.txt`)).toBe("mine");
  });

  test("each time a folder of its own, also within a second", async () => {
    const kept = new Set<string>();
    for (const text of ["first", "second", "third"]) {
      workshop.write(firstFile, text);
      const { stdout } = await workshop.run(["reset", "01"]);
      kept.add(keptFolder(stdout));
    }
    expect(
      [...kept].map((place) => workshop.read(`${place}/server.ts`)),
    ).toEqual(["first", "second", "third"]);
  });

  test("brings back a file that is missing; nothing was in the way, nothing is kept", async () => {
    workshop.remove(firstFile);
    const { stdout } = await workshop.run(["reset", "01"]);
    expect(workshop.read(firstFile)).toBe(starter);
    expect(stdout).not.toContain("kept");
  });

  test("of what is as at the beginning, says so; line ends of Windows do not count", async () => {
    workshop.write(firstFile, starter.replaceAll("\n", "\r\n"));
    const { status, stdout } = await workshop.run(["reset", "01"]);
    expect(status).toBe(0);
    expect(stdout).toContain("Nothing was changed.");
    expect(workshop.namesBeginning("kept", folder)).toEqual([]);
  });

  test("a lesson that begins with several files", async () => {
    const files = ["server.ts", "protocol.ts"].map((name) => [
      `checks/02-first-words/starter/${name}`,
      `lessons/02-first-words/${name}`,
    ]);
    for (const [start = ""] of files) workshop.write(start, `// ${start}\n`);
    await workshop.run(["reset", "02"]);
    const texts = files.map(([start = "", file = ""]) => [
      workshop.read(start),
      workshop.read(file),
    ]);
    workshop.remove("checks/02-first-words/starter");
    for (const [start, file] of texts) expect(file).toBe(start);
  });

  test("where nothing can be written: 3, one sentence, and nothing is lost", async () => {
    workshop.write(`${folder}/kept`, "a file where the folder should be");
    const { status, stderr } = await workshop.run(["reset", "01"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^.+lessons\/01-first-steps cannot be written to.+\n$/,
    );
    expect(workshop.read(firstFile)).toBe(own);
  });

  test("a folder in the starter's place: 3, one sentence", async () => {
    workshop.remove(firstFile);
    mkdirSync(workshop.path(firstFile));
    const { status, stderr } = await workshop.run(["reset", "01"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^.+cannot be written to \(EISDIR\).+\n$/);
  });

  test.each([
    [[], /^Name the lesson\.\nType: npm run reset -- LESSON/],
    [["99"], /^There is no lesson "99"/],
    [["01", "02"], /^"02" is one word too many\./],
  ])("%j: 2 and what to type", async (words, sentence) => {
    const { status, stderr } = await workshop.run(["reset", ...words]);
    expect(status).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(workshop.read(firstFile)).toBe(own);
  });
});

function keptFolder(stdout: string): string {
  return (
    /is kept in\s(lessons\/01-first-steps\/kept\/[\dT-]+)\n/.exec(
      stdout,
    )?.[1] ?? ""
  );
}
