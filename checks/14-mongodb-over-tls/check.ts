import type { Lesson } from "../kit/lesson.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { gatekeepers } from "../kit/tokens.ts";
import { assertAddressDecides } from "./address.ts";
import { assertUselessFilesEnd } from "./ca-file.ts";
import { assertKnown } from "./known.ts";
import * as mistakes from "./mistakes.ts";
import {
  assertEnds,
  assertListens,
  assertNothingSaid,
  assertReason,
  assertRenewed,
} from "./strangers.ts";
import { assertWorks } from "./works.ts";

// Before the database stands a tap, as before, and before the tap a front that speaks TLS only. It has
// the right certificate, unless a requirement says otherwise.

const lesson: Lesson = {
  name: "14-mongodb-over-tls",
  buildsOn: "12-nothing-missed",
  keeps: [
    "01-one-server",
    "06-rooms",
    "07-gatekeepers",
    "08-typing",
    "09-store-then-tell",
    "10-history",
    "11-exactly-once",
    "12-nothing-missed",
  ],
  needs: {
    ...gatekeepers,
    database: { replicaSet: true, tls: true, inBackground: true },
  },
  requirements: [
    {
      id: "works",
      title: "With TLS_CA_FILE the database is reached, by TLS and only by TLS",
      kind: "base",
      hints: [
        "At the address in MONGODB_URI somebody speaks TLS, and nothing else. What does your client of the database know of that?",
        "It has to know two things: that TLS is meant, and which authority it is to believe. TLS_CA_FILE is the path of a file with that authority's certificate.",
        "new MongoClient(uri, { … }) takes tls and tlsCAFile. In Node the second without the first changes nothing.",
      ],
      mistakes: mistakes.works,
      check: assertWorks,
    },
    {
      id: "listens",
      title: "The server listens, and says 503, while the database is away",
      kind: "base",
      hints: [
        "Your server and its database are started at the same moment, or the certificate is renewed tomorrow. Which of the two has to be there first?",
        "A server can listen, and connect in the background. Until it is connected /health answers 503, and messages are DB_UNAVAILABLE.",
        "Do not await connect() before listen(). Keep the promise, catch its error, and try again after a pause.",
      ],
      mistakes: mistakes.listens,
      check: assertListens,
    },
    {
      id: "refuses",
      title: "To a database that is not the right one, not one command is sent",
      kind: "base",
      hints: [
        "Three databases come now that are not what they say, and one that speaks no TLS. What does your server say to them?",
        "Node looks by itself at who has signed, for which host, and until when. It does so unless it is told not to.",
        "Take out every option that says allow or insecure, rejectUnauthorized and checkServerIdentity, and all that sets NODE_TLS_REJECT_UNAUTHORIZED.",
      ],
      mistakes: mistakes.refuses,
      check: assertNothingSaid,
    },
    {
      id: "reason",
      title: "/health says when TLS is the reason, and with which code",
      kind: "base",
      hints: [
        "Whoever reads your 503 at night wants to know whom to wake. Is it a cable, or a certificate?",
        "The driver's error says only that no server was found. Why that is so is an error inside that one, and there may be several layers.",
        "error.cause leads inwards, until there is an error with a code such as CERT_HAS_EXPIRED. Other failures, such as ECONNREFUSED, have no reason to tell.",
      ],
      mistakes: mistakes.reason,
      check: assertReason,
    },
    {
      id: "renewed",
      title: "When the certificate is renewed, all goes on without a restart",
      kind: "base",
      hints: [
        "The database shows a good certificate again. What in your server would notice?",
        "Connecting has failed once. Somebody has to try again, and what comes after connecting, the indexes, has to be made up for.",
        "client.connect() can be called again. A loop with a pause ends when it has connected and made its indexes.",
      ],
      mistakes: mistakes.renewed,
      check: assertRenewed,
    },
    {
      id: "ca-file",
      title: "A TLS_CA_FILE that is of no use ends the server, with one line",
      kind: "base",
      hints: [
        "Somebody mistypes the path, puts the certificate itself there, or takes the key. What does your server say?",
        "Here no patience helps: somebody has to change something. A file that is no certificate is taken without a word, and later everything is refused.",
        "readFileSync and new X509Certificate(…) throw where it is of no use. Catch that, print one line with console.error, and call process.exit(1).",
      ],
      mistakes: mistakes.caFile,
      check: assertUselessFilesEnd,
    },
    {
      id: "address",
      title: "Without TLS_CA_FILE the address decides, and Node's roots count",
      kind: "base",
      hints: [
        "Start it without TLS_CA_FILE: with an address that has tls=true, as at a hosting company, and with one that has not.",
        "If you say nothing, Node believes the roots that it knows, and the driver does what the address says.",
        "Options that are not meant are not given: neither tls nor tlsCAFile, where TLS_CA_FILE is not set.",
      ],
      mistakes: mistakes.address,
      check: assertAddressDecides,
    },
    {
      id: "ends",
      title: "After SIGTERM the server ends, also while its database is away",
      kind: "base",
      hints: [
        "The database is away, and somebody stops your server. When is a process over?",
        "A process ends when nothing is left to do. A loop that tries again and again always has something left to do.",
        "Let close() leave a note for the loop, which looks at it after its pause and before it connects again.",
      ],
      mistakes: mistakes.ends,
      check: assertEnds,
    },
    stillAlive,
    {
      id: "known",
      title: "With TLS_CLIENT_FILE the database knows who the server is",
      kind: "stretch",
      hints: [
        "The database asks back: who are you? What can your server show?",
        "A certificate is public, and proves nothing without its key. TLS_CLIENT_FILE holds both, one behind the other.",
        "tlsCertificateKeyFile is the path of a file with the key and the certificate.",
      ],
      mistakes: mistakes.known,
      check: assertKnown,
    },
  ],
};

export default lesson;
