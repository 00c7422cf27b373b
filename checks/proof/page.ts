import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, type } from "node:os";
import { join } from "node:path";
import { root } from "../kit/repository.ts";
import type { Findings } from "./part.ts";

const PAGE = join(root, "checks", "PROOF.md");

const BEGINNING = `# The checks are checked

\`npm run prove\` writes this page. It shows how far a verdict of this workshop can be trusted. Each part
says when, where and with what result it was run last; a part that is run alone replaces its own section.
How the parts work stands in [CONTRIBUTING.md](../CONTRIBUTING.md#the-proof).
`;

/** A part of the page. */
export interface Section {
  /** As it is typed. */
  name: string;
  claim: string;
  findings: Findings;
  /** How long it took, in milliseconds. */
  ms: number;
}

/** Writes a section, and leaves the others as they are. */
export function writePage(section: Section, order: readonly string[]): void {
  const old = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const texts = order.flatMap((name) =>
    name === section.name ? textOf(section) : (sectionIn(old, name) ?? []),
  );
  writeFileSync(PAGE, [BEGINNING, ...texts].join("\n"));
}

const mark = (name: string) => `<!-- part: ${name} -->\n`;
const END = "<!-- end of part -->\n";

function sectionIn(page: string, name: string): string | undefined {
  const start = page.indexOf(mark(name));
  const end = page.indexOf(END, start);
  return start === -1 ? undefined : page.slice(start, end + END.length);
}

function textOf({ name, claim, findings, ms }: Section): string {
  const { figures, problems, page } = findings;
  const date = new Date().toISOString().slice(0, 10);
  const where = `${type()}, Node ${process.versions.node}, ${availableParallelism()} processors`;
  const lines = [
    `## ${name}`,
    "",
    claim,
    "",
    `${date}, ${where}, ${Math.round(ms / 1000)} s: **${problems.length === 0 ? "it holds" : "it does not hold"}**.`,
    "",
    ...figures.map(([what, count]) => `- ${what}: ${count}`),
    ...(problems.length === 0 ? [] : ["", "Problems:", ""]),
    ...problems.map((problem) => `- ${problem}`),
    ...(page.length === 0 ? [] : [""]),
    ...page,
  ];
  return `${mark(name)}${lines.join("\n")}\n\n${END}`;
}
