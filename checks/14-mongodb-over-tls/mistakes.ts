import type { Failure, Mistake } from "../kit/lesson.ts";
import { BAD } from "./meetings.ts";
import { endMistakes } from "../kit/gives-up.ts";
import { LISTENS } from "../kit/program.ts";
import { type Shape, aString, anything, matches } from "../kit/shape.ts";

/** What people get wrong in lesson 14, by requirement, and the words that the check says it in. */

export const IN_THE_CLEAR = "it spoke without TLS";
export const REFUSED = "it refused the right certificate: ";
export const ACCEPTED = "it accepted the certificate of an unknown authority";
export const GONE = "with a TLS_CA_FILE that is not there";
export const A_TEXT = "with the text of a certificate as TLS_CA_FILE";
export const A_KEY = "with a TLS_CA_FILE that holds a private key";
export const NOBODY = "where nobody listens at all, ";
export const ENDS =
  "after SIGTERM, while its database is away, the server ends within 3 s, with exit code 0";
export const ROOTS =
  "without TLS_CA_FILE, with tls=true and an authority that Node believes";
export const NO_ROOTS =
  "without TLS_CA_FILE, with tls=true and an authority that Node does not know";
export const NO_TLS = "without TLS_CA_FILE, and without TLS at the address";
export const NOT_SHOWN = "the server showed none";

function was(shape: Shape): Mistake["looksLike"] {
  return ({ facts }) => matches(shape, facts.value);
}

/** Recognises it by anything that was said or printed. */
function says(pattern: RegExp): Mistake["looksLike"] {
  return ({ received, output }) =>
    pattern.test(received) || output.some((line) => pattern.test(line));
}

/** The server ended, or never listened. */
const isGone = ({ fault }: Failure) => fault !== null;

const neverListened = ({ fault }: Failure) => fault?.kind === "never-listened";

const PEM_AS_PATH =
  /(ENOENT|ENAMETOOLONG).*-----BEGIN|^-----END CERTIFICATE-----$/;

const textAsPath: Mistake = {
  id: "M58",
  looksLike: says(PEM_AS_PATH),
  hint: "Something looked for a file whose name is the text of a certificate. There is an option that takes a path, and another one that takes what is in the file. Which of the two have you given?",
};

export const works: readonly Mistake[] = [
  textAsPath,
  {
    id: "M57",
    looksLike: ({ received }) => received === IN_THE_CLEAR,
    hint: "Your server spoke in the clear, and the other side understands nothing but TLS. An authority to believe in is one thing; that TLS is spoken at all is another. In Node the one does not follow from the other.",
  },
  {
    id: "M60",
    looksLike: was({ believes: "Node" }),
    hint: "Your server speaks TLS, and believes nobody but those whom Node knows by itself. Your authority is not among them. Who tells the client of it? What a program puts into its own environment comes too late: Node has read it by then.",
  },
  {
    id: "M64",
    looksLike: was({ believes: "others" }),
    hint: "Your server speaks TLS, and neither your authority nor Node's own count for it. What was it given to believe in? Public lists help with Atlas, and yours is in none of them; and a path where a text is meant counts for nobody at all.",
  },
  {
    id: "waits-first",
    looksLike: neverListened,
    hint: "Your server waits for its database before it listens, and does not reach it. It is there, at the address in MONGODB_URI, and speaks TLS only. Does your server speak TLS, and does it believe the authority in TLS_CA_FILE?",
  },
  {
    id: "gave-up",
    looksLike: isGone,
    hint: "Your server ended, and its database was there all the time, with the right certificate. Read its last lines: what did it object to?",
  },
  {
    id: "not-connected",
    looksLike: ({ received }) => received.startsWith("/health"),
    hint: "The database is there, with the right certificate, and /health does not know of it. Does anything connect, and to the address in MONGODB_URI?",
  },
];

export const listens: readonly Mistake[] = [
  {
    id: "waits-first",
    looksLike: neverListened,
    hint: "Nothing answers at the database's address, and your server waits for it before it listens. Whoever asks how it is gets no answer at all. What has to be awaited before listen(), and what need not?",
  },
  {
    id: "gives-up",
    looksLike: isGone,
    hint: "Nothing answers at the database's address, and your server has ended. The database may be back in a minute: then somebody would have to start your server again, at night.",
  },
  {
    id: "always-up",
    looksLike: ({ facts }) => facts.status === 200,
    hint: "Nothing answers at the database's address, and /health says that all is well. What does it look at?",
  },
  {
    id: "other-words",
    looksLike: ({ facts }) => facts.status !== undefined,
    hint: "Your server listens, and says in other words than the contract's that its database is away. Compare status, ok and db.",
  },
];

export const ends: readonly Mistake[] = [
  {
    id: "tries-for-ever",
    looksLike: ({ expected }) => expected === ENDS,
    hint: "The server was asked to end while it was still looking for its database. It closed what it had, and something in it goes on: whatever tries again and again has to learn that it is over.",
  },
];

export const refuses: readonly Mistake[] = [
  {
    id: "M56-everywhere",
    looksLike: says(/NODE_TLS_REJECT_UNAUTHORIZED/),
    hint: "Node itself warns you, in the output: for this whole process nobody looks at any certificate any more, whatever it connects to. What was the error that this made go away, and what did it want to say?",
  },
  {
    id: "M56",
    looksLike: was({ told: BAD.join() }),
    hint: "It spoke with everyone, whoever had signed, for whichever host, however old. Some setting says: do not look. It does make errors go away, and from then on anybody in between can read and write along. What did the error say before?",
  },
  {
    id: "M56-hosts",
    looksLike: was({ told: "wrong-host" }),
    hint: "It looks at who has signed, and not at whom the certificate is for. Your authority signs for others as well: each of them could be your database now.",
  },
  {
    id: "M52",
    looksLike: was({ told: "untrusted" }),
    hint: "It spoke with a database whose certificate an unknown authority has signed: anybody can make one of those. Who is believed besides TLS_CA_FILE?",
  },
  {
    id: "M55",
    looksLike: was({ told: "expired" }),
    hint: "It spoke with a database whose certificate is out of date. A key that was stolen years ago would still do.",
  },
  {
    id: "falls-back",
    looksLike: was({ told: "plain" }),
    hint: "There was TLS_CA_FILE, and it spoke without TLS all the same. Somebody in between need only say “I speak no TLS” to read everything.",
  },
  {
    id: "M56",
    looksLike: was({ told: aString }),
    hint: "It spoke with some of those with whom it must not. Node looks at who has signed, for whom, and until when; what in your program makes it look less closely?",
  },
  {
    id: "exits",
    looksLike: isGone,
    hint: "It met a certificate that was not right, and ended. To refuse is right. But the certificate will be renewed, and nobody is there to notice: it has to go on, and to try again.",
  },
];

export const reason: readonly Mistake[] = [
  {
    id: "always-up",
    looksLike: ({ facts }) => facts.status === 200,
    hint: "Not one command could be sent to that database, and /health says that all is well. Does it look at something that stays true, such as a variable?",
  },
  {
    id: "reason-for-all",
    looksLike: ({ expected }) => expected.startsWith(NOBODY),
    hint: "Nobody listens there: no certificate has anything to do with it, and /health blames TLS. Not every error inside the driver's is one of TLS. What does one of the system have that one of TLS has not?",
  },
  {
    id: "outer-code",
    looksLike: was({
      reason: "tls",
      code: anything,
    }),
    hint: "The code is not the one that Node gives for this certificate. What the driver throws is a wrapper, and in it is another one. Look at error.cause, and at the cause of that.",
  },
  {
    id: "no-code",
    looksLike: was({ reason: "tls" }),
    hint: "/health says that it is TLS, and not what about it. “It has expired” and “it is for another host” wake different people: the code tells them apart.",
  },
  {
    id: "code-without-reason",
    looksLike: was({ code: aString }),
    hint: "There is a code, and no reason beside it. Whoever watches needs to know of what kind it is: reason is tls.",
  },
  {
    id: "no-reason",
    looksLike: was({ ok: false, db: "down" }),
    hint: "/health says that the database is away, and not why. The reason is there when connecting fails, wrapped in what the driver throws: print that error with its cause, and look.",
  },
  {
    id: "other-words",
    looksLike: ({ facts }) => facts.status !== undefined,
    hint: "/health says in other words than the contract's that its database is away. Compare status, ok, db, reason and code.",
  },
];

export const renewed: readonly Mistake[] = [
  {
    id: "never-again",
    looksLike: ({ facts }) => facts.status !== undefined,
    hint: "The certificate is right again, and your server goes on saying that it is not. Does it remember a failure for ever, or has nobody tried again since?",
  },
  {
    id: "indexes-missing",
    looksLike: was({ missing: aString }),
    hint: "It is connected again, and an index is missing that lesson 10 or 11 asked for: it could not be made at the start. When is it made now?",
  },
  {
    id: "still-away",
    looksLike: was({ ok: false }),
    hint: "/health says that all is well, and a message is refused all the same. What stands between the two?",
  },
  {
    id: "gone",
    looksLike: isGone,
    hint: "The certificate was renewed, and that ended your server. Which promise fails there, and who catches it?",
  },
];

export const caFile: readonly Mistake[] = [
  {
    id: "M59",
    looksLike: ({ expected, received }) =>
      expected.startsWith(A_KEY) && received === LISTENS,
    hint: "There is a key in the file, and no certificate. Neither Node nor the driver says anything: they believe nobody then, and later every certificate is refused. Who looks into the file before?",
  },
  {
    id: "goes-on",
    looksLike: ({ received }) => received === LISTENS,
    hint: "There is no such file, and your server goes on. There will be none in a minute, either: somebody has to change something, and should be told at once.",
  },
  ...endMistakes,
];

export const address: readonly Mistake[] = [
  {
    id: "address-contradicted",
    looksLike: says(/tls\/ssl must be the same/),
    hint: "The address says tls=true, and your options say the opposite: the driver does not choose between them. What do your options say where TLS_CA_FILE is not set, and need they say anything?",
  },
  {
    id: "file-demanded",
    looksLike: isGone,
    hint: "Without TLS_CA_FILE your server ends. It need not be set: with a database at a hosting company Node knows the authority already.",
  },
  {
    id: "M56",
    looksLike: ({ received }) => received === ACCEPTED,
    hint: "Nobody has told your server of an authority, and it believed one that Node does not know. No authority means Node's own, and not: anybody.",
  },
  {
    id: "M64",
    looksLike: ({ expected }) => expected.startsWith(ROOTS),
    hint: "Node believes this authority, and your server does not. Where no file is given, nothing is to be given in its place: an empty list, or a list of one's own, replaces what Node knows.",
  },
  {
    id: "tls-always",
    looksLike: ({ expected }) => expected.startsWith(NO_TLS),
    hint: "Neither the address nor TLS_CA_FILE asks for TLS, as at home, and your server insists on it. Which of your options depend on TLS_CA_FILE?",
  },
];

export const known: readonly Mistake[] = [
  {
    id: "M62",
    looksLike: says(/DECODER|no start line|KEY_VALUES|PEM/),
    hint: "Your server tried to show a certificate, and could not: what it was given does not hold a key and a certificate that belong together. In TLS_CLIENT_FILE both are there, one behind the other.",
  },
  {
    id: "M62",
    looksLike: ({ received }) => received === NOT_SHOWN,
    hint: "The database asked who your server is, and it had nothing to show. A certificate without its key is nothing to show either: it would prove nothing.",
  },
  {
    id: "gone",
    looksLike: isGone,
    hint: "With TLS_CLIENT_FILE your server ends. Read its last line: what did it look for in that file?",
  },
];
