/**
 * Every sentence that the commands themselves say, so that they can be read, and mended, in one
 * place. What a lesson says stands in its `check.ts`.
 */

// ---- how commands are typed

export const usage = {
  start: "npm start -- [--no-page] [--plain]",
  check:
    "npm run check -- [LESSON] [--entry FILE | --solution] [--watch | --earlier] [--json] [--plain], or npm run check -- --all",
  playground: "npm run playground -- [LESSON] [--no-open]",
  hint: "npm run hint -- [LESSON] [--all-levels] [--plain]",
  diff: "npm run diff -- [LESSON] [--yes] [--plain]",
  reset: "npm run reset -- LESSON [--plain]",
  carry: "npm run carry -- LESSON [--plain]",
  list: "npm run list -- [--json] [--plain]",
  doctor: "npm run doctor -- [--json] [--plain]",
  summary: "npm run summary -- FOLDER [--json] [--plain]",
  mongod: "npm run mongod -- --port 27027 [--replSet rs0 [--initiate]]",
  bench: "npm run bench",
  prove:
    "npm run prove -- [PART ...] [--lesson LESSON] [--at PLACE] [--times RUNS] [--minutes MINUTES] [--quick]",
} as const;

export type CommandName = keyof typeof usage;

interface Help {
  does: string;
  /** What can be typed after it, and what that does. */
  words?: readonly (readonly [word: string, does: string])[];
}

const plain = [
  "--plain",
  "words instead of signs and colours, for a screen reader or a log",
] as const;
const json = ["--json", "the same for a program"] as const;
const currentOrNamed = [
  "LESSON",
  "its number, its folder, or a part of its name; else the first that is not passed",
] as const;
const named = [
  "LESSON",
  "its number, its folder, or a part of its name",
] as const;

/** What `--help` says behind a command. */
export const help: Readonly<Record<CommandName, Help>> = {
  start: {
    does: "Says where you are, opens a page on which you see what your server does, and checks it each time you save it.",
    words: [["--no-page", "only here, without the page"], plain],
  },
  playground: {
    does: "Opens a page on which you see what your server does. It is for this machine alone. Ctrl-C ends it.",
    words: [
      currentOrNamed,
      ["--no-open", "tell its address, and open no browser"],
    ],
  },
  check: {
    does: "Checks your server, and says what is met and what is not. It ends with 0 when the lesson is passed, 1 when it is not yet, 2 when the command was typed wrongly, 3 when the check got into trouble.",
    words: [
      currentOrNamed,
      ["--entry FILE", "check another file"],
      ["--solution", "check the reference solution"],
      ["--watch", "check again at every save"],
      ["--earlier", "check the earlier lessons whose contract still holds too"],
      ["--all", "check every lesson, one line each"],
      ["--json", "the result for a program: see checks/result.schema.json"],
      plain,
    ],
  },
  hint: {
    does: "Tells the next of three hints for the requirement at which the last check ended.",
    words: [currentOrNamed, ["--all-levels", "all three hints at once"], plain],
  },
  diff: {
    does: "Shows what you wrote beside the solution. If you have not tried yet, it asks first.",
    words: [currentOrNamed, ["--yes", "do not ask"], plain],
  },
  reset: {
    does: "Begins a lesson anew. What you wrote is kept in a folder beside it.",
    words: [named, plain],
  },
  carry: {
    does: "Makes what you wrote in the lesson before the start of this one. What was there is kept in a folder beside it.",
    words: [named, plain],
  },
  list: {
    does: "Shows all lessons, how far you are, and what comes next.",
    words: [json, plain],
  },
  doctor: {
    does: "Looks whether this machine has all that the workshop needs, and says what mends what it has not. It ends with 1 when something is in the way.",
    words: [json, plain],
  },
  summary: {
    does: "For teachers: shows where each learner is, which requirement stops most of them, and who has been stuck longest. It reads files and sends nothing anywhere.",
    words: [
      [
        "FOLDER",
        "with a copy of each learner's workshop in it, or each one's progress as NAME.json",
      ],
      json,
      plain,
    ],
  },
  mongod: {
    does: "Starts the built-in database engine by hand, for mongosh or Compass.",
  },
  bench: {
    does: "Measures how long a learner waits, beside the floors of this machine.",
  },
  prove: {
    does: "Proves the checks, with a table at the end: known answers, known mistakes, solutions that are changed mechanically, all of it on a busy machine, without a network and with other versions of Node. The whole takes an hour or two and writes checks/PROOF.md. It ends with 1 when something does not hold.",
    words: [
      [
        "PART",
        "answers, mistakes, mutants, load or nodes; one or more, else all",
      ],
      ["--lesson LESSON", "only this one; it can be given several times"],
      [
        "--at PLACE",
        "only the mutants there, such as server.ts:12; it can be given several times",
      ],
      [
        "--times RUNS",
        "how often each server is judged under load, at most: 50",
      ],
      ["--minutes MINUTES", "how long that may go on: 30"],
      ["--quick", "samples, within a few minutes, and no page"],
    ],
  },
};

export const unknownCommand = (
  command: string | undefined,
  known: readonly string[],
) =>
  `${command === undefined ? "No command was named" : `There is no command "${command}"`}. There are: ${known.join(", ")}.`;

export const wrongUsage = (command: CommandName, problem: string) =>
  `${problem}\n${typeThis(usage[command])}`;

export const typeThis = (usage: string) => `Type: ${usage}`;

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

/** How a hint, the solution and the next lesson are got: by a command, or by a key while watching. */
export interface Ways {
  hint: string;
  diff: string;
}

export const byCommand = (number: string): Ways => ({
  hint: typed(`npm run hint ${number}`),
  diff: typed(`npm run diff ${number}`),
});

export const byKey: Ways = {
  hint: typed("the key h"),
  diff: typed("the key d"),
};

/** Behind what to do next, while nothing has failed repeatedly. */
export const moreHelp = ({ hint }: Ways) => ` (for more help: ${hint})`;

export const offerHint = (
  times: number,
  { hint }: Ways,
  level: number,
  of: number,
) =>
  `Here for the ${ordinal(times)} time: ${hint} says more (hint ${level} of ${of}).`;

export const offerDiff = (times: number, { diff }: Ways) =>
  `Here for the ${ordinal(times)} time, and all hints are told. One way to do it: ${diff}`;

export const mendFile = (file: string, number: string) =>
  `Next: change ${file}, then ${typed(`npm run check -- ${number} --entry ${file}`)}`;

export const checkAgain = (number: string) =>
  `Next: ${typed(`npm run check ${number}`)}`;

export const checkOwn = (number: string) =>
  `Next: your own server, with ${typed(`npm run check ${number}`)}`;

export const solutionFails =
  "Next: please report this. A reference solution ought to pass on every machine.";

export const nextLessonByKey = (title: string) =>
  `Next: ${asSentence(title)} The key n goes on to it.`;

export const nextLesson = (title: string, readme: string, number: string) =>
  `Next: ${asSentence(title)} Read ${readme}, then ${typed(`npm run check ${number}`)}`;

export const allPassed = (count: number) =>
  `All ${count} lessons are passed. You have come the whole way: congratulations!`;

export const passedOf = (passed: number, all: number, took: string) =>
  `${passed} of ${all} lessons passed, in ${took}.`;

export const firstOpen = (met: number, of: number, title: string) =>
  `${met} of ${of}, next: ${title}`;

// ---- watching

export const watching = (folder: string) =>
  `Watching ${folder}: every save is checked.`;

export const ctrlCEnds = "Ctrl-C ends.";

/** What each key does while watching, in a word. */
export const keys = {
  h: "hint",
  d: "diff",
  n: "next",
  l: "list",
  r: "reset",
  o: "open",
  q: "quit",
} as const;

export const keyList = (shown: readonly (keyof typeof keys)[]) =>
  `Keys: ${shown.map((key) => typed(`${key} ${keys[key]}`)).join(", ")}`;

export const notPassedYet = (title: string) =>
  `${title} is not passed yet; after that, n goes on to the next lesson. Any other lesson: ${typed("npm run check -- NN --watch")}`;

export const resetLesson = (number: string) =>
  `Begin lesson ${number} anew? What you wrote is kept. (y/N)`;

export const opened = (program: string, files: readonly string[]) =>
  `Opened with ${program}: ${files.join(", ")}`;

export const openYourself = (files: readonly string[]) =>
  `Open these in your editor: ${files.join(", ")} (o does that itself when VISUAL or EDITOR names an editor with a window of its own)`;

// ---- the playground

export const playground = (title: string, url: string) => [
  `The playground is open at lesson ${title}:`,
  "",
  `  ${url}`,
  "",
  "Keep that address to yourself: whoever has it can use the page. Ctrl-C ends it.",
];

export const pageOfStart = (url: string) => [
  `See what your server does: ${url}`,
];

// ---- the proof

export const prove = {
  noSuchPart: (word: string, parts: readonly string[]) =>
    `There is no part "${word}" of the proof. There are: ${parts.join(", ")}.`,
  noCount: (option: string, typed: string) =>
    `${option} takes a whole number from 1 on, not "${typed}".`,
  verdict: (problems: number) =>
    problems === 0
      ? "It holds."
      : `It does not hold: ${problems === 1 ? "1 problem" : `${problems} problems`}.`,
} as const;

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
  `Carried over from ${from}: ${files.join(", ")}.`;

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

export const nextRequirement = (number: string, title: string) =>
  `Next: ${asSentence(title)} Then ${typed(`npm run check ${number}`)} (for more help: ${typed(`npm run hint ${number}`)})`;

/** A time that somebody has spent, in whole minutes. */
export const duration = (ms: number) => {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

// ---- the doctor

export const findings = {
  good: { sign: "✓", word: "good" },
  note: { sign: "!", word: "note" },
  trouble: { sign: "✗", word: "trouble" },
} as const;

export const toMend = (mend: string) => `What to do: ${mend}`;

export const diagnosis = (troubles: number, notes: number) => {
  if (troubles > 0)
    return `${troubles === 1 ? "One thing is" : `${troubles} things are`} in the way. Do what stands below it, then type npm run doctor again.`;
  return notes > 0
    ? "Nothing is in the way. The notes are good to know."
    : "Nothing is in the way.";
};

export const doctor = {
  notExamined: (id: string, problem: string) =>
    `${id} could not be examined: ${problem}`,

  node: (version: string) => `Node ${version}`,
  nodeTooOld: (version: string, oldest: string) =>
    `Node ${version} is older than ${oldest}, which the workshop needs.`,
  installNode: (oldest: string) =>
    `install Node ${oldest} or newer from https://nodejs.org`,

  npm: (version: string) => `npm ${version}`,
  npmMissing: "npm was not found, and every command begins with it.",
  installNpm: "install Node from https://nodejs.org: npm comes with it",
  npmOld: (version: string, oldest: string) =>
    `npm ${version} is older than ${oldest}. It installs the packages, but may run scripts of theirs that the workshop does not want.`,
  updateNpm: "npm install --global npm@latest",

  packages: (count: number) =>
    `The ${count} packages are those of package-lock.json`,
  packagesMissing: (count: number, first: string) =>
    `${count === 1 ? "One package is" : `${count} packages are`} missing or of another version than package-lock.json says: ${count === 1 ? first : `${first} is the first`}. That happens after a git pull.`,
  packagesForeign: (name: string) =>
    `node_modules comes from another system: ${name} is not for this one.`,

  folders: (folder: string) => `${folder} can be written to`,
  foldersRefused: (folders: readonly string[]) =>
    `Nothing can be written to ${folders.join(", ")}.`,
  copyToOwnDisk: "copy the workshop to a folder of your own on this machine",

  disk: (free: number) => `${gigabytes(free)} of disk are free`,
  diskFull: (folder: string, free: number) =>
    `Only ${gigabytes(free)} are free at ${folder}: files may end half written.`,
  diskNearlyFull: (folder: string, free: number) =>
    `${gigabytes(free)} are free at ${folder}. That is enough for all lessons, not for a mongod of your own.`,
  makeRoom: (bytes: number) => `make room, ${gigabytes(bytes)} or more`,

  portFree: (port: number) =>
    `Port ${port} is free for a server that you start by hand`,
  portTaken: (port: number, code: string) =>
    `Port ${port} is taken (${code}). Checks choose another one by themselves; by hand you do.`,

  loopback: "Programs on this machine reach each other at 127.0.0.1",
  loopbackBlocked: (problem: string) =>
    `A server at 127.0.0.1 cannot be reached (${problem}). Every check needs that.`,
  allowLoopback:
    "allow node in your firewall or virus scanner to connect to 127.0.0.1",

  localhost: (address: string) => `localhost is ${address}`,
  localhostElsewhere: (address: string | null) =>
    `localhost is ${address ?? "not known"}. The lessons on TLS use that name for this machine.`,
  mendLocalhost:
    "put the line 127.0.0.1 localhost into the hosts file of your system",

  otherDatabase: "see all that can be set, under No database in README.md",

  noProxy: "No proxy is set",
  proxyWithException: (names: readonly string[]) =>
    `${names.join(", ")}: for downloads only, not for this machine`,
  proxyWithoutException: (names: readonly string[]) =>
    `${names.join(", ")}: used for downloads. Python, and newer Nodes if told to, would use it for servers on this machine too.`,
  proxyForEverything: (names: readonly string[]) =>
    `NODE_USE_ENV_PROXY sends what is meant for this machine to ${names.join(", ")} too.`,

  noCertificateVariables: "No variable changes which certificates are believed",
  certificateVariables: (names: readonly string[]) =>
    `${names.join(", ")}: ${names.length === 1 ? "it changes" : "they change"} which certificates a program believes. Checks hide that from your server; by hand it counts in the lessons on TLS.`,
  missingCertificates: (names: readonly string[]) =>
    `${names.join(", ")}: what is named there does not exist.`,
  everyCertificate:
    "NODE_TLS_REJECT_UNAUTHORIZED=0 makes every Node program believe every certificate: in the lessons on TLS nothing would be refused.",

  noNodeOptions: "NODE_OPTIONS is not set",
  nodeOptions: (options: string) =>
    `NODE_OPTIONS=${options}: every Node program of this terminal is started so. Checks hide it from your server.`,

  clock: (date: string) => `The clock says ${date}`,
  clockWrong: (date: string) =>
    `The clock says ${date}, which cannot be when one looks at the workshop's files. Certificates would count as not good yet, or no longer.`,
  clockOfFiles:
    "The folder's files have another clock than this machine, as on a network drive. Saves may be noticed late.",
  setTheClock: "set the clock",

  browser: (path: string) => `A browser for the tests of the page: ${path}`,
  noBrowser:
    "There is no Chromium. Only tests of the page need it; the lessons do not.",

  python: (version: string) => `Python ${version} with flask_socketio`,
  noFlask: (version: string) =>
    `Python ${version} is here, flask_socketio is not. Only lesson 16 needs it.`,
  noPython: "There is no Python. Only lesson 16 needs it.",
  installPython: "install Python 3 from https://www.python.org",
} as const;

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

// ---- the summary of a class

export const summary = {
  nameFolder: "Name the folder with the progress of your learners.",
  folderMissing: (folder: string) => `There is no folder ${folder}.`,
  notAFolder: (file: string) =>
    `${file} is a file. Name the folder that the progress of your learners is in.`,
  nobody: (folder: string) =>
    `In ${folder} there is no progress. Put into it a copy of each learner's workshop, or each learner's .progress.json under their own name: alice.json`,
  noJson: "it is not JSON",
  noProgress: "it is not a progress of this workshop",
  unreadable: (code: string) => `it cannot be read (${code})`,

  learners: (all: number, done: number, underWay: number, notBegun: number) =>
    `${all} ${all === 1 ? "learner" : "learners"}: ${done} passed all lessons, ${underWay} on the way, ${notBegun} not begun.`,
  columns: {
    name: "who",
    passed: "passed",
    lesson: "lesson",
    here: "at it now",
    tries: "tries",
    hints: "hints",
    spent: "time",
    last: "last check",
    failedAt: "stopped at",
  },
  /** In the place of the lesson somebody is at. */
  done: "all",
  lessons: "Lessons",
  stops: "What stops most",
  stop: (
    count: number,
    lesson: string,
    title: string,
    names: readonly string[],
  ) => `${count} in ${lesson}: ${title} (${names.join(", ")})`,
  stuck: "Who has been stuck longest",
  stuckAt: (
    name: string,
    time: string,
    times: number,
    since: string,
    lesson: string,
    title: string,
  ) =>
    `${name}: ${time}, ${times} checks, since ${since}, in ${lesson}: ${title}`,
  skipped: "Skipped",
  skippedFile: (file: string, why: string) => `${file}: ${why}`,
} as const;

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

/** Titles may end with a question mark. */
function asSentence(title: string): string {
  return /[.?!…]$/.test(title) ? title : `${title}.`;
}

/** A command, kept on one line by spaces that do not break; see paragraph.ts. */
function typed(command: string): string {
  return command.replaceAll(" ", "\u00A0");
}
