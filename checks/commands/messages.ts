/**
 * Every sentence that the commands themselves say, so that they can be read, and mended, in one
 * place. What a lesson says stands in its `check.ts`.
 */

// ---- how commands are typed

export const usage = {
  start: "npm start -- [--plain]",
  check:
    "npm run check -- [LESSON] [--entry FILE | --solution] [--watch | --earlier] [--json] [--plain], or npm run check -- --all",
  playground: "npm run playground -- [LESSON] [--no-open]",
  hint: "npm run hint -- [LESSON] [--all-levels] [--plain]",
  diff: "npm run diff -- [LESSON] [--yes] [--plain]",
  reset: "npm run reset -- LESSON [--plain]",
  carry: "npm run carry -- LESSON [--plain]",
  list: "npm run list -- [--json] [--plain]",
  doctor: "npm run doctor -- [--plain]",
  mongod: "npm run mongod -- --port 27027 [--replSet rs0 [--initiate]]",
  bench: "npm run bench",
} as const;

export type CommandName = keyof typeof usage;

export const unknownCommand = (
  command: string | undefined,
  known: readonly string[],
) =>
  `${command === undefined ? "No command was named" : `There is no command "${command}"`}. There are: ${known.join(", ")}.`;

export const wrongUsage = (command: CommandName, problem: string) =>
  `${problem}\nType: ${usage[command]}`;

export const swallowedByNpm = (
  command: CommandName,
  words: readonly string[],
) =>
  `npm kept that flag for itself; it passes on what stands after "--".\nType: npm run ${command} -- ${words.join(" ")}`;

export const jsonThroughNpm = (
  command: CommandName,
  words: readonly string[],
) =>
  `npm takes --json as its own flag too, and adds an object of its own to the output when a lesson is not passed. For programs: npm run --silent ${command} -- ${[...words, "--json"].join(" ")}`;

export const earlierHeading = (count: number) =>
  count === 0
    ? "No earlier contract still holds for this server."
    : "Earlier contracts that still hold:";

export const tooManyWords = (word: string) => `"${word}" is one word too many.`;

export const notTogether = (one: string, other: string) =>
  `${one} and ${other} do not go together.`;

// ---- what went wrong beside the lesson

export const stopped = "Stopped.";

export const broken = (problem: string) =>
  `The workshop itself could not go on: ${problem.split("\n")[0]?.replace(/\.$/, "")}. This is not your doing.`;

export const noSuchLesson = (word: string, lessons: readonly string[]) =>
  `There is no lesson "${word}". There are:\n${indented(lessons)}`;

export const severalLessons = (word: string, lessons: readonly string[]) =>
  `"${word}" could be any of these; type its number:\n${indented(lessons)}`;

export const noLessons = "there are no lessons in lessons/";

export const noCheck = (lesson: string) =>
  `lesson ${lesson} has no check yet: checks/${lesson}/check.ts is missing`;

export const entryOutside = (file: string) =>
  `${file} is outside the workshop's folder. A server is checked where it imports the workshop's packages from: copy it into the folder first, beside your lesson for example.`;

export const entryMissing = (file: string) => `There is no file ${file}.`;

export const entryIsFolder = (file: string) =>
  `${file} is a folder. Name the server's file in it.`;

export const progressPutAside = (kept: string) =>
  `Your .progress.json could not be understood. It is kept as ${kept}, and a new one begins.`;

export const progressUnreadable = (code: string) =>
  `Your .progress.json could not be read (${code}), so every lesson counts as new.`;

export const progressNotKept = (code: string) =>
  `Your progress was not kept: .progress.json cannot be written (${code}). The verdict stands all the same.`;

// ---- the report

/** How a requirement stands. */
export const marks = {
  passed: { sign: "✓", word: "passed" },
  failed: { sign: "✗", word: "failed" },
  skipped: { sign: "·", word: "not reached" },
  "could-not-tell": { sign: "?", word: "could not tell" },
} as const;

/** What marks a stretch requirement. */
export const stretch = { sign: "★", word: "(stretch)" } as const;

/** What stands before each line of what happened at the first requirement that is not met. */
export const labels = {
  did: "Done:",
  expected: "Expected:",
  received: "Received:",
  reason: "Reason:",
  hint: "Hint:",
  where: "Where:",
  notice: "Note:",
  console: "Console:",
  excerpt: "Line:",
} as const;

export const heading = (number: string, title: string) =>
  `Lesson ${number}: ${title}`;

export const solutionHeading = (number: string, title: string) =>
  `Lesson ${number}: ${title} (the reference solution)`;

export const someMet = (count: number) =>
  count === 1 ? "1 requirement met" : `${count} requirements met`;

export const someSkipped = (count: number) =>
  count === 1 ? "1 more, not reached yet" : `${count} more, not reached yet`;

export const earlierLines = (count: number) =>
  count === 1 ? "(1 earlier line)" : `(${count} earlier lines)`;

export const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** Which database served; nothing where the lesson needs none. */
export const database = {
  mongod: (version: string | null) =>
    `, with mongod ${version ?? ""}`.trimEnd(),
  "built-in": () => ", with the built-in database",
  external: (version: string | null) =>
    `, with your own MongoDB ${version ?? ""}`.trimEnd(),
} as const;

// ---- the verdict, and what to type next

export const notYet = (met: number, of: number, took: string) =>
  `Not yet: ${met} of ${of} requirements met, in ${took}.`;

export const lessonPassed = (number: string, took: string) =>
  `Well done! Lesson ${number} is passed, in ${took}.`;

export const filePassed = (file: string, number: string, took: string) =>
  `Passed: ${file} does what lesson ${number} asks, in ${took}.`;

export const couldNotTell = (took: string) =>
  `Could not tell, after ${took}. It counts neither for you nor against you.`;

export const stretchOpen = (titles: readonly string[]) =>
  `If you would like to go deeper: ${titles.join("; ")}.`;

export const mendAndCheck = (file: string, number: string) =>
  `Next: change ${file}, then ${typed(`npm run check ${number}`)}`;

export const mendAndSave = (file: string) => `Next: change ${file} and save it`;

/** Behind what to do next, while nothing has failed repeatedly. */
export const moreHelp = (number: string) =>
  ` (for more help: ${typed(`npm run hint ${number}`)})`;

export const offerHint = (
  times: number,
  number: string,
  level: number,
  of: number,
) =>
  `Here for the ${ordinal(times)} time: ${typed(`npm run hint ${number}`)} says more (hint ${level} of ${of}).`;

export const offerDiff = (times: number, number: string) =>
  `Here for the ${ordinal(times)} time, and all hints are told. One way to do it: ${typed(`npm run diff ${number}`)}`;

export const mendFile = (file: string, number: string) =>
  `Next: change ${file}, then ${typed(`npm run check -- ${number} --entry ${file}`)}`;

export const checkAgain = (number: string) =>
  `Next: ${typed(`npm run check ${number}`)}`;

export const checkOwn = (number: string) =>
  `Next: your own server, with ${typed(`npm run check ${number}`)}`;

export const solutionFails =
  "Next: please report this. A reference solution ought to pass on every machine.";

export const nextLesson = (title: string, readme: string, number: string) =>
  `Next: ${title}. Read ${readme}, then ${typed(`npm run check ${number}`)}`;

export const allPassed = (count: number) =>
  `All ${count} lessons are passed. You have come the whole way: congratulations!`;

export const passedOf = (passed: number, all: number, took: string) =>
  `${passed} of ${all} lessons passed, in ${took}.`;

export const firstOpen = (met: number, of: number, title: string) =>
  `${met} of ${of}, next: ${title}`;

// ---- watching

export const watching = (folder: string) =>
  `Watching ${folder}: every save is checked. Ctrl-C ends.`;

// ---- the playground

export const playground = (title: string, url: string) => [
  `The playground is open at lesson ${title}:`,
  "",
  `  ${url}`,
  "",
  "Keep that address to yourself: whoever has it can use the page. Ctrl-C ends it.",
];

// ---- hints

export const checkFirst = (number: string) =>
  `There is no hint yet: lesson ${number} has not been checked. Next: ${typed(`npm run check ${number}`)}`;

export const noHintNeeded = (number: string) =>
  `Lesson ${number} needs no hint: it met everything when it was last checked.`;

export const requirementGone = (number: string) =>
  `The lesson has changed since it was last checked. Next: ${typed(`npm run check ${number}`)}`;

export const hintOfMistake = (hint: string) => `From the last check: ${hint}`;

export const hintFor = (title: string) => `To do: ${title}`;

export const hintOf = (level: number, of: number, text: string) =>
  `Hint ${level} of ${of}: ${text}`;

export const faultFirst =
  "In the last check something was wrong with the server itself, and the check says what. Mend that first.";

export const moreHints = (number: string) =>
  `Next: ${typed(`npm run check ${number}`)} (for more help: ${typed(`npm run hint ${number}`)})`;

export const noMoreHints = (number: string) =>
  `Next: ${typed(`npm run check ${number}`)} (there are no more hints; ${typed(`npm run diff ${number}`)} shows one way)`;

// ---- one's own files: reset and carry

export const nameLesson = "Name the lesson.";

export const folderNotWritten = (folder: string, code: string) =>
  `${folder} cannot be written to (${code}). What is in it has not been lost`;

export const alreadyStarter = (number: string) =>
  `Lesson ${number} is as it was at the beginning. Nothing was changed.`;

export const resetDone = (files: readonly string[]) =>
  `As at the beginning again: ${files.join(", ")}.`;

export const keptIn = (folder: string) =>
  `What was there before is kept in ${folder}`;

export const beginsAnew = (number: string) =>
  `Lesson ${number} begins with a server of its own, so there is nothing to carry into it. Its start: npm run reset ${number}`;

export const nothingToCarry = (number: string, before: string) =>
  `In lesson ${before} there is nothing of yours yet that could be carried. Lesson ${number} has a start of its own that does all of it: npm run reset ${number}`;

export const carried = (files: readonly string[], from: string) =>
  `From ${from}: ${files.join(", ")}.`;

export const alreadyCarried = (from: string) =>
  `What is in ${from} is here already. Nothing was changed.`;

export const notPassed = (before: string) =>
  `Lesson ${before} is not passed yet. What is missing there may be missing here too.`;

export const whatIsNew = (title: string) => `${title} asks for:`;

export const readAndCheck = (readme: string, number: string) =>
  `Next: read ${readme}, then ${typed(`npm run check ${number}`)}`;

// ---- the solution beside one's own

export const diffHeading = (number: string, title: string) =>
  `Lesson ${number}: ${title} (yours beside the solution)`;

/** Whose a line is. */
export const sides = {
  both: { sign: " ", word: "both" },
  yours: { sign: "-", word: "yours" },
  solution: { sign: "+", word: "solution" },
} as const;

export const legend = {
  sign: "- only yours, + only in the solution",
  word: "each line says whose it is",
} as const;

export const compared = (file: string, how: string) => `${file} (${how})`;

export const sameAsSolution = (file: string) =>
  `${file} is the same as the solution.`;

export const onlyYours = (file: string) => `${file} is only yours.`;

export const onlyInSolution = (file: string) =>
  `${file} is only in the solution:`;

export const tooDifferent = (file: string, solution: string) =>
  `${file} has nothing in common with the solution. Open ${solution} beside it.`;

export const fromLine = (line: number) => `from line ${line}:`;

export const diffClosing = (number: string, notes: string | null) =>
  `Another way can be as right as ours: ${typed(`npm run check ${number}`)} decides.${notes === null ? "" : ` Why ours is as it is: ${notes}`}`;

export const noSolution = (folder: string) =>
  `The solution is not here: ${folder} is missing. Whoever gave you the workshop may have kept it back.`;

export const showSolution = (number: string) =>
  `You have not tried lesson ${number} yet, and this shows the solution. Show it? (y/N)`;

export const showSolutionUnasked = (number: string) =>
  `You have not tried lesson ${number} yet, and this shows the solution. If that is what you want: npm run diff -- ${number} --yes`;

export const notShown = (number: string) =>
  `Then not. Next: ${typed(`npm run check ${number}`)}`;

// ---- the list

export const states = {
  passed: { sign: "✓", word: "passed" },
  started: { sign: "…", word: "started" },
  new: { sign: "·", word: "not started" },
} as const;

export const tries = (count: number) =>
  count === 1 ? "1 try" : `${count} tries`;

export const youAreHere = "you are here";

// ---- the start

export const welcome = [
  "Welcome to Socket.IO from hello to TLS, in TypeScript.",
  "You write small servers; each is started and looked at from outside, as its clients see it.",
] as const;

export const whereToBegin = (
  title: string,
  readme: string,
  file: string,
): [label: string, text: string][] => [
  ["Lesson:", title],
  ["Read:", readme],
  ["Edit:", file],
];

/** `3rd`, `11th`, `21st` */
function ordinal(count: number): string {
  const rule = ordinalRules.select(count);
  return `${count}${ordinalEndings[rule] ?? "th"}`;
}

const ordinalRules = new Intl.PluralRules("en", { type: "ordinal" });
const ordinalEndings: Readonly<Record<string, string>> = {
  one: "st",
  two: "nd",
  few: "rd",
};

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

/** A command, kept on one line by spaces that do not break; see paragraph.ts. */
function typed(command: string): string {
  return command.replaceAll(" ", "\u00A0");
}
