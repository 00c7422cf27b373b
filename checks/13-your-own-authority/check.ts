import type { X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import { certificates } from "../kit/authority.ts";
import { CertificateFiles } from "../kit/certificate-files.ts";
import { A_STACK, endMistakes, givesUp } from "../kit/gives-up.ts";
import type { Failure, Lesson, World } from "../kit/lesson.ts";
import type { LearnersModule, Outcome } from "../kit/learners-module.ts";
import { freePort } from "../kit/ports.ts";
import { LISTENS } from "../kit/program.ts";
import { aString, anIsoTime, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { handshakeCode } from "../kit/tls-handshake.ts";
import { openTlsFront } from "../kit/tls-front.ts";
import { Unmet } from "../kit/unmet.ts";
import { keysInGit } from "./git.ts";
import {
  AGAIN,
  ELSEWHERE,
  KEY_OF_ANOTHER,
  KEY_OF_THE_AUTHORITY,
  type Made,
  NOT_OVERWRITTEN,
  holdsKeyOf,
  madeCertificates,
} from "./made.ts";
import {
  assertOldTlsRefused,
  assertPlainHttpUnanswered,
} from "./tls-probes.ts";

/** The names and addresses by which a server on this machine is reached. */
const HOSTS = ["localhost", "127.0.0.1", "::1"] as const;

const DAY = 86_400_000;
const LEAST_DAYS = 1;
const MOST_DAYS = 90;

/** What a certificate may be used for, as certificates write it: https://oidref.com/1.3.6.1.5.5.7.3 */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

const NO_AUTHORITY = "it says that it is none";
const NO_NAME = "its subject is empty";
const MAY_NOT_SIGN = "its key is for something else";
const AN_AUTHORITY = "it says that it is one";
const SAME_CERTIFICATE = "it is ca.crt itself";
const ITS_OWN_SIGNATURE = "it has signed itself";
const FALSE_SIGNATURE = "it names ca.crt, and the signature is another's";
const SAME_KEY = "both have the same key";
const NO_NAMES = "no names, but for the common name of its subject";
const ANYTHING = "it does not say what for";
const ONE_OF_TWO = "with TLS_CERT_FILE alone";
const NO_PROMISE = "it gave something that is no promise";
const NO_SOCKET = "the promise gave something that is no Socket.IO socket";
const NOT_YET = "the promise gave a socket that was not connected yet";
const PENDING = "the promise stays pending";
const CONNECTED = "it connected";
const SPOKE_FIRST = "it had already spoken with that server";
const SOMETHING_GOES_ON = "something of it goes on";

/** Recognises what connectClient rejected with. */
const rejectedWith =
  (pattern: RegExp) =>
  ({ received }: Failure) =>
    received.startsWith("it rejected") && pattern.test(received);

const lesson: Lesson = {
  name: "13-your-own-authority",
  keeps: ["01-one-server"],
  // A side branch: the small chat, and TLS the only new thing.
  buildsOn: null,
  needs: { tls: true },
  files: ["make-certs.ts", "client.ts"],
  mistakes: [
    {
      id: "reflect-metadata-missing",
      looksLike: ({ received }) => received.includes("reflect polyfill"),
      hint: "@peculiar/x509 was loaded before what it is built on. Imports run in the order in which they stand.",
    },
  ],
  requirements: [
    {
      id: "made",
      file: "make-certs.ts",
      title: "make-certs.ts DIR writes ca.crt, server.crt and server.key",
      kind: "base",
      hints: [
        "This lesson begins with make-certs.ts. What does it leave in the folder that it is given?",
        "Two pairs of keys, and two certificates: one for the authority, one for the server. Three of these four things go into files.",
        'A certificate becomes a text with toString("pem"). A private key is exported as "pkcs8", and x509.PemConverter.encode makes a text of it.',
      ],
      mistakes: [
        {
          id: "written-elsewhere",
          looksLike: ({ received }) => received === ELSEWHERE,
          hint: "The files were written, into another folder. Which one is meant stands on the command line: process.argv[2].",
        },
        {
          id: "folder-not-made",
          looksLike: ({ expected, received }) =>
            !expected.startsWith(AGAIN) && received.includes("ENOENT"),
          hint: "DIR was not there yet, nor was the folder above it. Who makes it?",
        },
        {
          id: "not-overwritten",
          looksLike: ({ expected, received }) =>
            received === NOT_OVERWRITTEN ||
            (expected.startsWith(AGAIN) && received.includes("EEXIST")),
          hint: "The first run was fine, the second was not: a folder or a file was there already. Certificates are made again whenever the old ones end.",
        },
        {
          id: "M53",
          looksLike: ({ received }) => received === "it holds 2",
          hint: "There are two certificates in one file. A server may send its authority along, but a client that trusts whatever comes along trusts everybody: each certificate has a file of its own here.",
        },
        {
          id: "M61",
          looksLike: ({ received }) => received === KEY_OF_THE_AUTHORITY,
          hint: "server.key is the key of the authority. With it, whoever runs the server could make certificates for any name.",
        },
        {
          id: "M61",
          looksLike: ({ received }) => received === KEY_OF_ANOTHER,
          hint: "The key and the certificate do not belong together: the certificate is about another public key. How many pairs of keys does your program make, and which half of which goes where?",
        },
        {
          id: "public-key-written",
          looksLike: ({ received }) => received.includes("BEGIN PUBLIC KEY"),
          hint: "server.key holds the public half, which is in the certificate anyway. The server needs the private one.",
        },
        {
          id: "not-pem",
          looksLike: ({ received }) => received.startsWith("it begins “"),
          hint: "A file holds something else than was expected, or in another form. PEM is a text: the first line says what it is, such as -----BEGIN CERTIFICATE-----.",
        },
        {
          id: "nothing-written",
          looksLike: ({ received }) => received.endsWith("there is nothing"),
          hint: "The program ran, and DIR is empty. Begin with what is easiest to see: the folder, and a file in it.",
        },
      ],
      check: async (world) => {
        await madeCertificates(world);
      },
    },
    {
      id: "signed",
      file: "make-certs.ts",
      title: "ca.crt is an authority; it has signed server.crt, which is none",
      kind: "base",
      hints: [
        "Who has signed server.crt? Which of the two says that it may sign others?",
        "The authority signs itself: somebody has to be first. The server's certificate names the authority as its issuer, and is signed with the authority's private key.",
        "BasicConstraintsExtension says who is an authority. X509CertificateGenerator.createSelfSigned is for the first, create for the second: with issuer and signingKey.",
      ],
      mistakes: [
        {
          id: "same-certificate",
          looksLike: ({ received }) => received === SAME_CERTIFICATE,
          hint: "Both files hold the same certificate. Then the key of the authority lies in the server, where most people come by: it is to be another pair.",
        },
        {
          id: "self-signed-leaf",
          looksLike: ({ received }) => received === ITS_OWN_SIGNATURE,
          hint: "server.crt vouches for itself. Anybody can do that, under any name; so clients are told to trust an authority, and ask whether it has signed.",
        },
        {
          id: "signed-with-own-key",
          looksLike: ({ received }) => received === FALSE_SIGNATURE,
          hint: "server.crt names the authority, and the signature is not the authority's. With whose private key was it signed?",
        },
        {
          id: "no-authority",
          looksLike: ({ received }) => received === NO_AUTHORITY,
          hint: "ca.crt does not say that it may sign others, so nobody believes what it has signed. One of the extensions says it.",
        },
        {
          id: "authority-without-name",
          looksLike: ({ received }) => received === NO_NAME,
          hint: "ca.crt does not say whose it is. What it signs names it as the issuer, and there would be nothing to name.",
        },
        {
          id: "may-not-sign",
          looksLike: ({ received }) => received === MAY_NOT_SIGN,
          hint: "ca.crt says that it is an authority, and that its key is for something else than signing certificates. What may its key be used for?",
        },
        {
          id: "leaf-is-authority",
          looksLike: ({ received }) => received === AN_AUTHORITY,
          hint: "server.crt says that it is an authority. Whoever got its key could sign for the whole world.",
        },
        {
          id: "same-key",
          looksLike: ({ received }) => received === SAME_KEY,
          hint: "Two certificates, and one pair of keys. The server has to have its key at hand, and the authority's should be nowhere near it.",
        },
        {
          id: "other-issuer",
          looksLike: ({ received }) => received.startsWith("it names "),
          hint: "server.crt names an issuer that ca.crt does not call itself. A client follows that name, so it has to be the same.",
        },
      ],
      check: async (world) => {
        const made = await madeCertificates(world);
        assertAuthority(made);
        assertSigned(made);
        const { identity, ca } = made;
        // Whatever the name: that comes next.
        const code = await handshakeCode(identity, { ca, host: "localhost" });
        if (code !== null && !ofTheNextRequirement.has(code))
          throw new Unmet(
            "whoever trusts ca.crt accepts a server with server.crt",
            code,
          );
      },
    },
    {
      id: "names",
      file: "make-certs.ts",
      title: "server.crt: for a server, by three names, for 1 to 90 days",
      kind: "base",
      hints: [
        "A certificate says more than whose key it is: for which names, for what, and for how long. What does yours say?",
        "Names stand in the subject alternative names, hosts and addresses apart. What it is for stands in the extended key usage.",
        "SubjectAlternativeNameExtension takes { type, value }, and type is dns or ip. ExtendedKeyUsageExtension takes ExtendedKeyUsage.serverAuth. notBefore and notAfter are dates.",
      ],
      mistakes: [
        {
          id: "M54",
          looksLike: ({ received }) => received === NO_NAMES,
          hint: "The only name in it is the common name of its subject. Node still reads that if there is nothing else; browsers have not for years. Names have an extension of their own.",
        },
        {
          id: "address-as-name",
          looksLike: ({ received }) => /DNS:[\d:.]+(,|$)/.test(received),
          hint: "An address is in it as if it were a name. Clients look for addresses in one list, and for names in another.",
        },
        {
          id: "M54",
          looksLike: ({ expected }) => expected.includes("localhost"),
          hint: "Whoever connects to localhost gets a certificate for somebody else. The name in the address of the client is the one that counts.",
        },
        {
          id: "M54",
          looksLike: ({ expected }) => expected.includes("127.0.0.1"),
          hint: "Whoever connects to 127.0.0.1 gets a certificate for somebody else: a client does not look up that this is localhost. Addresses are names too.",
        },
        {
          id: "no-ipv6",
          looksLike: ({ expected }) => expected.includes("::1"),
          hint: "Two of the three names are there. On many machines localhost is ::1 first of all, and somebody will type it.",
        },
        {
          id: "no-purpose",
          looksLike: ({ received }) => received === ANYTHING,
          hint: "It says nothing about what it is for, so it is for everything: a client could use it as its passport, too. One extension narrows that down.",
        },
        {
          id: "other-purpose",
          looksLike: ({ expected }) => expected.startsWith("server.crt is for"),
          hint: "It is for something else than serving. Node says INVALID_PURPOSE to such a server.",
        },
        {
          id: "M55",
          looksLike: ({ expected }) => expected === "server.crt is valid now",
          hint: "It is not valid at this moment. Both dates count from now; is one of them in seconds, where milliseconds are meant?",
        },
        {
          id: "too-short",
          looksLike: ({ expected }) => expected.includes("at least"),
          hint: "It ends before the day is over, and from then on no client gets in. How long is it meant to live, and in what does a Date count?",
        },
        {
          id: "a-day-too-long",
          looksLike: ({ facts }) =>
            typeof facts.value === "number" && facts.value <= MOST_DAYS + 3,
          hint: "It lives a little longer than 90 days. If it begins in the past, it has to end earlier.",
        },
        {
          id: "too-long",
          looksLike: ({ facts }) => typeof facts.value === "number",
          hint: "It lives too long. A key that was stolen is of use as long as its certificate lives; so certificates are made for weeks, and made again by a program.",
        },
      ],
      check: async (world) => {
        const { certificate } = await madeCertificates(world);
        assertNames(certificate);
        assertPurpose(certificate);
        assertDates(certificate);
      },
    },
    {
      id: "keys",
      file: "make-certs.ts",
      title: "A private key is its owner's alone, and none is in git",
      kind: "base",
      hints: [
        "Two private keys were made. Who can read them now?",
        "Whoever has the authority's key can be any server, for all who trust it. What was pushed to a repository once, everyone has.",
        "A key that is not written down cannot be read: is the authority's needed again? For the others there is .gitignore, and git rm --cached.",
      ],
      mistakes: [
        {
          id: "authority-key-for-all",
          looksLike: ({ expected }) => expected.includes("the authority's key"),
          hint: "Everybody on this machine can read the authority's key. A file is made readable for all unless a mode is given; and does it have to be written at all?",
        },
        {
          id: "server-key-for-all",
          looksLike: ({ expected }) => expected.includes("the server's key"),
          hint: "Everybody on this machine can read the server's key, and could be your server. A file is made readable for all unless it is made with a mode.",
        },
        {
          id: "key-in-git",
          looksLike: ({ expected }) => expected.includes("git"),
          hint: "git knows a private key: with the next push everyone would have it. Take it out of the index, let .gitignore keep it out, and if it was ever pushed, make new ones.",
        },
      ],
      check: async (world) => {
        assertKeysKept(await madeCertificates(world));
        const [name] = await keysInGit(dirname(world.server.entry));
        if (name !== undefined)
          throw new Unmet("git knows of no private key here", `${name} is one`);
      },
    },
    {
      id: "secure",
      title: "server.ts serves the chat by https and wss, and nothing by http",
      kind: "base",
      hints: [
        "The starter's server speaks http. Which module of Node speaks the other language?",
        "node:https has a createServer too. It takes the certificate and its key before the app, and Socket.IO sits on it as before.",
        "createServer({ cert, key }, app): the contents of the files, not their names. readFileSync gives them.",
      ],
      mistakes: [
        {
          id: "M63",
          looksLike: ({ facts }) => facts.status === 200,
          hint: "The server answers in plain http as well. Then everyone on the way can read along, and a client need only make a mistake of one letter.",
        },
        {
          id: "plain-http",
          looksLike: ({ received }) =>
            /EPROTO|wrong version|packet length/i.test(received),
          hint: "The check spoke TLS, and your server answered in plain http.",
        },
        {
          id: "another-authority",
          looksLike: ({ received }) => /UNABLE_TO|SELF_SIGNED/.test(received),
          hint: "The check does not trust the certificate that your server shows, and it trusts the one in TLS_CERT_FILE. Which file does your server read?",
        },
        {
          id: "socket-io-elsewhere",
          looksLike: ({ received }) => received.startsWith("no connection"),
          hint: "https answers, and Socket.IO does not. On which of your servers does it sit?",
        },
        {
          id: "no-welcome",
          looksLike: ({ expected }) => expected.includes("welcome"),
          hint: "A client is connected, and hears no welcome. It was there in lesson 01, and in the starter.",
        },
        {
          id: "chat-gone",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "message:send is not answered. The chat is that of the starter; only the line below it changes.",
        },
        {
          id: "text-not-looked-at",
          looksLike: ({ expected }) => expected.includes("message:"),
          hint: "The line is secret now, and what comes over it may still be anything. The starter looked at each text as lesson 05 asks: how does yours differ?",
        },
      ],
      check: async (world) => {
        const { request, server, client, audience } = world;
        const health = await request("/health");
        if (health.status !== 200)
          throw new Unmet(
            "GET /health answers 200 by https",
            `status ${health.status}`,
          );
        await assertPlainHttpUnanswered(server);
        const alice = await client("Alice");
        const bob = await client("Bob", { transports: ["polling"] });
        for (const one of [alice, bob])
          await one.hears("welcome", { id: one.id });
        const text = "Who reads along now?";
        const answer = { ok: true, id: aString };
        const { id } = await alice.ask("message:send", [{ text }], answer);
        const user = `guest-${alice.id.slice(0, 4)}`;
        const message = { id, user, text, at: anIsoTime };
        await audience("message:new", [alice, bob], message);
        const refused = { ok: false, error: { code: "BAD_REQUEST" } };
        await bob.ask("message:send", [null], refused);
        for (const bad of ["", " \n", "x".repeat(501), 7, undefined])
          await bob.ask("message:send", [{ text: bad }], refused);
        for (const good of ["x", "x".repeat(500)]) {
          await bob.ask("message:send", [{ text: ` ${good}\n` }], answer);
          await audience("message:new", [alice, bob], { text: good });
        }
        // Nobody needs to ask for an answer, not even to nonsense.
        bob.emit("message:send");
        bob.emit("message:send", "nonsense");
        await bob.ask("message:send", [null], refused);
      },
    },
    {
      id: "gives-up",
      title: "Without its files, or with a wrong key, it ends with one line",
      kind: "base",
      hints: [
        "Start your server without TLS_CERT_FILE, then with a file that is not there. What does it say, and does it end?",
        "Whoever starts it next year will read that line, and nothing else. It goes to standard error, and the exit code says that something was wrong.",
        "console.error(…), then process.exit(1). Reading and comparing go into a try. An X509Certificate has checkPrivateKey().",
      ],
      mistakes: [
        {
          id: "M63",
          looksLike: ({ received }) => received === LISTENS,
          hint: "It serves all the same. Somebody forgets a variable, and nobody notices that everything goes over the wire in the clear, or under a certificate that no client trusts.",
        },
        {
          id: "M61",
          looksLike: ({ received }) =>
            received.startsWith(A_STACK) && /mismatch/i.test(received),
          hint: "The key is not the certificate's, and what is printed is Node's own account of it. Whoever starts the server has to find the right file; say in a line which two do not belong together.",
        },
        ...endMistakes,
        {
          id: "one-of-two",
          looksLike: ({ expected }) => expected.includes(ONE_OF_TWO),
          hint: "With neither of the two it says what is missing. One of the two was there now, and it went on until something else broke. When is something missing?",
        },
        {
          id: "which-variable",
          looksLike: ({ expected }) => expected.includes("that names"),
          hint: "Something is not set, and the line does not say what. It has a name.",
        },
      ],
      check: async (world) => {
        const files = new CertificateFiles();
        try {
          const without = "without TLS_CERT_FILE and TLS_KEY_FILE";
          const unset = { TLS_CERT_FILE: undefined, TLS_KEY_FILE: undefined };
          const line = await givesUp(world, without, unset);
          if (!/TLS_(CERT|KEY)_FILE/.test(line))
            throw new Unmet(
              `${without} it ends with a line that names it`,
              line,
            );
          const right = await files.of("right");
          const half = { ...right, TLS_KEY_FILE: undefined };
          const halfLine = await givesUp(world, ONE_OF_TWO, half);
          if (!halfLine.includes("TLS_KEY_FILE"))
            throw new Unmet(
              `${ONE_OF_TWO} it ends with a line that names TLS_KEY_FILE`,
              halfLine,
            );
          await givesUp(world, "with a TLS_KEY_FILE that is not there", {
            ...right,
            TLS_KEY_FILE: `${right.TLS_KEY_FILE}.gone`,
          });
          const { TLS_KEY_FILE } = await files.of("expired");
          const another = "with the key of another certificate";
          await givesUp(world, another, { ...right, TLS_KEY_FILE });
        } finally {
          files.remove();
        }
      },
    },
    {
      id: "trusts",
      file: "client.ts",
      title: "connectClient connects to a server that your authority signed",
      kind: "base",
      hints: [
        "Your server has your certificate now, and connectClient gets your ca.crt. What does it do with it?",
        "The socket has to know whom to trust before it connects. The promise is kept when it is connected, not before.",
        "io(url, { ca }), where ca is what is in the file. A promise of your own resolves in connect and rejects in connect_error.",
      ],
      mistakes: [
        {
          id: "not-exported",
          looksLike: ({ expected }) => expected.startsWith("client.ts exports"),
          hint: "client.ts does not give away a function of that name.",
        },
        {
          id: "no-promise",
          looksLike: ({ received }) => received === NO_PROMISE,
          hint: "connectClient gave its socket at once. Nobody can tell then whether it will ever be connected.",
        },
        {
          id: "no-socket",
          looksLike: ({ received }) => received === NO_SOCKET,
          hint: "The promise was kept, and what it gave is no socket. Whoever calls connectClient wants to emit with it.",
        },
        {
          id: "too-early",
          looksLike: ({ received }) => received === NOT_YET,
          hint: "The promise was kept too early: the socket had not connected yet, and might never. Which event says that it is?",
        },
        {
          id: "pending",
          looksLike: ({ received }) => received === PENDING,
          hint: "Nothing came of it: the promise is neither kept nor broken. Which events of the socket settle it?",
        },
        {
          id: "M52",
          looksLike: rejectedWith(/UNABLE_TO|SELF_SIGNED/),
          hint: "connectClient does not trust your authority. What did it tell the socket: what is in the file, or its name? And before it connected?",
        },
        {
          id: "M52",
          looksLike: rejectedWith(/PEM|ASN1|ERR_OSSL/i),
          hint: "What was given to the socket as ca is no certificate. Is it the name of the file?",
        },
      ],
      check: async (world) => {
        const made = await madeCertificates(world);
        await withServer(world, made, async (server, caFile) => {
          const alice = await server.client("Alice", { host: "localhost" });
          const { call, module } = await loadClient(server);
          for (const host of ["localhost", "127.0.0.1"] as const) {
            const url = `https://${host}:${server.server.port}`;
            const outcome = await call(url, caFile, `to a server on ${host}`);
            const socket = assertSocket(outcome, host);
            const text = `I came to ${host}`;
            const answer = await module.emit(socket, "message:send", { text });
            if (!matches({ ok: true }, answer))
              throw new Unmet(
                "its socket can send a message",
                `the answer was ${show(answer)}`,
              );
            await alice.hears("message:new", { text });
            module.disconnect(socket);
          }
        });
      },
    },
    {
      id: "refuses",
      file: "client.ts",
      title: "connectClient rejects whom it cannot trust, with Node's code",
      kind: "base",
      hints: [
        "Three servers come now that are not what they say. What does connectClient make of them?",
        "Node looks at every certificate by itself, unless it is told not to. Its error says what was wrong, in code. Where is that error, in what connect_error gives you?",
        "Print the error of connect_error with its fields. By polling look into context, by websocket into description.",
      ],
      mistakes: [
        {
          id: "M56",
          looksLike: ({ received }) => received === CONNECTED,
          hint: "It connected, to a server that could be anybody's. Somewhere the looking was switched off. That does not mend a certificate; it means that nobody looks.",
        },
        {
          id: "M56",
          looksLike: ({ received }) => received === SPOKE_FIRST,
          hint: "It rejected in the end, and had said something before: a token, say, would be gone. Node looks before the first byte, if it is let.",
        },
        {
          id: "pending",
          looksLike: ({ received }) => received === PENDING,
          hint: "A server that cannot be trusted, and the promise stays open: whoever waits for it waits for ever. Which event comes when a connection fails?",
        },
        {
          id: "no-error",
          looksLike: rejectedWith(/no Error/),
          hint: "It rejected with something that is no Error. Errors have a stack and a message, and whoever catches one relies on that.",
        },
        {
          id: "code-inside",
          looksLike: rejectedWith(/without a code/),
          hint: "It rejected with Socket.IO's error, which says only that the line failed. Why it failed is an error inside that one.",
        },
        {
          id: "other-code",
          looksLike: rejectedWith(/./),
          hint: "It rejected, with another code than Node's for this certificate. Which error is it that you hand on: the one of this connection?",
        },
      ],
      check: async (world) => {
        const client = await loadClient(world);
        for (const [kind, code] of bad)
          await assertRefused(client, world, kind, code);
      },
    },
    stillAlive,
    {
      id: "old-tls",
      title: "A client that knows nothing newer than TLS 1.1 is refused",
      kind: "stretch",
      hints: [
        "Which versions of TLS does your server speak? You need not say; did you?",
        "TLS 1.0 and 1.1 have been given up for years: RFC 8996 says so. Node does not speak them unless it is told to.",
        "minVersion is TLSv1.2 if nobody changes it.",
      ],
      check: ({ server }) => assertOldTlsRefused(server),
    },
    {
      id: "other-kind-of-key",
      title: "A key of another kind than the certificate's is noticed",
      kind: "stretch",
      hints: [
        "The certificate is about an RSA key, and TLS_KEY_FILE holds one on an elliptic curve. Does your server start?",
        "Node's own https notices that a key is the wrong one only if it is of the same kind. Otherwise every client is refused, later, and nobody knows why.",
        "new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) compares the two whatever they are.",
      ],
      mistakes: [
        {
          id: "left-to-node",
          looksLike: ({ received }) => received === LISTENS,
          hint: "The server runs, and no client will ever reach it: the key is not the certificate's. Node did not notice, since the two are of different kinds.",
        },
      ],
      check: async (world) => {
        const files = new CertificateFiles();
        try {
          const { TLS_CERT_FILE } = await files.of("rsa");
          const { TLS_KEY_FILE } = await files.of("right");
          const what = "with a key of another kind";
          await givesUp(world, what, { TLS_CERT_FILE, TLS_KEY_FILE });
        } finally {
          files.remove();
        }
      },
    },
    {
      id: "any-failure",
      file: "client.ts",
      title: "connectClient rejects whatever else fails, with its code",
      kind: "stretch",
      hints: [
        "A certificate is one of many things that can be wrong. What if nobody listens there, or there is no such file?",
        "A function that promises something does not throw at once: whoever calls it looks in one place.",
        "In an async function every error becomes a rejection.",
      ],
      mistakes: [
        {
          id: "thrown-at-once",
          looksLike: ({ received }) => received.startsWith("it threw"),
          hint: "It threw before it had given a promise. A catch on the promise does not see that.",
        },
        {
          id: "outside-the-promise",
          looksLike: ({ received }) => received.startsWith("client.ts ended"),
          hint: "An error ended the whole program: it happened in a function that nobody waited for. Is there an async function inside new Promise?",
        },
        {
          id: "pending",
          looksLike: ({ received }) => received === PENDING,
          hint: "Something failed, and the promise stays open. Which failures does connectClient pass on, and which does it keep?",
        },
      ],
      check: async (world) => {
        const client = await loadClient(world);
        const { call } = client;
        const code = "CERT_NOT_YET_VALID";
        await assertRefused(client, world, "not-yet-valid", code);
        await withCa(async (caFile) => {
          const nobody = `https://127.0.0.1:${await freePort()}`;
          const there = "where nobody listens";
          const unheard = await call(nobody, caFile, there);
          assertRejected(unheard, there, "ECONNREFUSED");
          const { url } = world.server;
          const without = "with a caFile that is not there";
          const outcome = await call(url, `${caFile}.gone`, without);
          assertRejected(outcome, without, "ENOENT");
        });
      },
    },
    {
      id: "lets-go",
      file: "client.ts",
      title: "After a refusal nothing of connectClient goes on",
      kind: "stretch",
      hints: [
        "The promise is broken. Does your socket know?",
        "A Socket.IO client tries again, and again, unless it is told that nobody waits for it any more.",
        "socket.disconnect() ends the attempts too.",
      ],
      mistakes: [
        {
          id: "tries-again",
          looksLike: ({ received }) => received === SOMETHING_GOES_ON,
          hint: "Whoever called connectClient was told that it failed, and its socket goes on trying: a program with nothing else to do would not end.",
        },
      ],
      check: async (world) => {
        const client = await loadClient(world);
        await assertRefused(client, world, "untrusted");
        if (!(await client.module.endsByItself()))
          throw new Unmet(
            "a program whose connection was refused can end",
            SOMETHING_GOES_ON,
          );
      },
    },
  ],
};
export default lesson;

// ---- the certificates

/** What Node says of names and dates, and of what a certificate is for. */
const ofTheNextRequirement: ReadonlySet<string> = new Set([
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "INVALID_PURPOSE",
]);

function assertAuthority({ authority, saysAuthority }: Made): void {
  if (!saysAuthority.ca)
    throw new Unmet("ca.crt says that it is an authority", NO_AUTHORITY);
  if (!authority.subject) throw new Unmet("ca.crt has a name", NO_NAME);
  if (!authority.ca)
    throw new Unmet("ca.crt may sign certificates", MAY_NOT_SIGN);
  if (!authority.verify(authority.publicKey))
    throw new Unmet("ca.crt has signed itself", "another key has");
}

function assertSigned({ authority, certificate, saysAuthority }: Made): void {
  const signed = "server.crt is signed by ca.crt";
  if (certificate.fingerprint256 === authority.fingerprint256)
    throw new Unmet(signed, SAME_CERTIFICATE);
  if (!certificate.verify(authority.publicKey))
    throw new Unmet(
      signed,
      certificate.verify(certificate.publicKey) &&
        certificate.issuer === certificate.subject
        ? ITS_OWN_SIGNATURE
        : FALSE_SIGNATURE,
    );
  if (certificate.publicKey.equals(authority.publicKey))
    throw new Unmet("server.crt and ca.crt have keys of their own", SAME_KEY);
  if (!certificate.checkIssued(authority))
    throw new Unmet(
      `server.crt names ${authority.subject} as its issuer`,
      certificate.issuer === authority.subject
        ? "it names another key of that issuer"
        : `it names ${certificate.issuer}`,
    );
  if (saysAuthority.server)
    throw new Unmet(
      "server.crt says that it is not an authority",
      AN_AUTHORITY,
    );
}

function assertNames(certificate: X509Certificate): void {
  const names = certificate.subjectAltName ?? NO_NAMES;
  for (const host of HOSTS) {
    const isNamed =
      host === "localhost"
        ? certificate.checkHost(host, { subject: "never" })
        : certificate.checkIP(host);
    if (isNamed === undefined)
      throw new Unmet(`server.crt holds for ${host}`, names);
  }
}

function assertPurpose(certificate: X509Certificate): void {
  // Node's types do not say that there may be none.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  if (purposes?.includes(SERVER_AUTH)) return;
  throw new Unmet(
    "server.crt is for a server (serverAuth)",
    purposes === undefined ? ANYTHING : `it is for ${purposes.join(", ")}`,
  );
}

function assertDates(certificate: X509Certificate): void {
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  const { validFrom, validTo } = certificate;
  // A certificate knows no parts of a second.
  if (from > Date.now() + 1_000 || to < Date.now())
    throw new Unmet(
      "server.crt is valid now",
      `from ${validFrom} to ${validTo}`,
    );
  const days = (to - from) / DAY;
  if (days < LEAST_DAYS)
    throw new Unmet(
      "server.crt is valid for at least a day",
      `it is valid for ${Math.round((to - from) / 60_000)} minutes`,
    );
  if (days > MOST_DAYS)
    throw new Unmet(
      `server.crt is valid for at most ${MOST_DAYS} days`,
      `it is valid for ${Math.ceil(days)}`,
      { value: days },
    );
}

function assertKeysKept({ authority, certificate, files }: Made): void {
  // Windows has no modes; what else keeps a file to its owner there does not show in them.
  if (process.platform === "win32") return;
  const readable = files.filter(({ mode }) => (mode & 0o077) !== 0);
  for (const [whose, about] of [
    ["authority", authority],
    ["server", certificate],
  ] as const)
    for (const file of readable)
      if (holdsKeyOf(file, about))
        throw new Unmet(
          `only its owner can read the ${whose}'s key`,
          `${file.name} has the mode ${file.mode.toString(8)}`,
        );
}

// ---- the server

/** Starts the server with what make-certs.ts has made. */
async function withServer(
  world: World,
  made: Made,
  use: (server: World, caFile: string) => Promise<void>,
): Promise<void> {
  const files = new CertificateFiles();
  try {
    const env = await files.pair(made.identity);
    const server = await world.another({ env, ca: made.ca });
    await use(server, await files.file(made.ca));
  } finally {
    files.remove();
  }
}

// ---- the client

/** The certificates that connectClient must not accept, and what Node says to each. */
const bad = [
  ["untrusted", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["expired", "CERT_HAS_EXPIRED"],
  ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
] as const;

const words = {
  untrusted: "whose certificate another authority signed",
  expired: "whose certificate has expired",
  "wrong-host": "whose certificate is for another host",
  "not-yet-valid": "whose certificate is not valid yet",
} as const;

/** The learner's client, and a way to call it that leaves a note of what was done. */
interface LoadedClient {
  module: LearnersModule;
  call(url: string, caFile: string, what: string): Promise<Outcome>;
}

async function loadClient(world: World): Promise<LoadedClient> {
  const module = await world.load("client.ts");
  if (!module.names.includes("connectClient"))
    throw new Unmet(
      "client.ts exports connectClient",
      module.names.length === 0
        ? "it exports nothing"
        : `it exports ${module.names.join(", ")}`,
    );
  return {
    module,
    call(url, caFile, what) {
      const text = `called connectClient ${what}`;
      world.timeline.add({ lane: "program", kind: "run", text });
      return module.call("connectClient", [url, caFile]);
    },
  };
}

/** @throws {Unmet} when it did not connect */
function assertSocket(outcome: Outcome, host: string): { result: number } {
  const expected = `connectClient connects to ${host} with your ca.crt`;
  if (outcome.how === "pending") throw new Unmet(expected, PENDING);
  if ("error" in outcome) throw new Unmet(expected, inWords(outcome));
  if (outcome.how === "returned") throw new Unmet(expected, NO_PROMISE);
  if (outcome.socket === undefined) throw new Unmet(expected, NO_SOCKET);
  if (!outcome.socket.connected) throw new Unmet(expected, NOT_YET);
  return outcome;
}

/**
 * Puts a front with that certificate before the learner's own server, and calls connectClient.
 *
 * @param code what Node says to it; any will do unless given
 * @throws {Unmet} when it does not reject, or has said something before it does
 */
async function assertRefused(
  { call }: LoadedClient,
  { server }: World,
  kind: keyof typeof words,
  code?: string,
): Promise<void> {
  const { port, ca } = server;
  const host = new URL(server.url).hostname.replaceAll(/[[\]]/g, "");
  const target = { port, host, ...(ca ? { ca } : {}) };
  const identity = await certificates.of(kind);
  const front = await openTlsFront(target, { identity });
  try {
    const what = `to a server ${words[kind]}`;
    const url = `https://127.0.0.1:${front.port}`;
    const outcome = await withCa((caFile) => call(url, caFile, what));
    assertRejected(outcome, what, code);
    if (front.attempts.some(({ bytes }) => bytes > 0))
      throw new Unmet(
        "connectClient says nothing to a server before it has looked",
        SPOKE_FIRST,
      );
  } finally {
    await front.close();
  }
}

/** @param code any unless given */
function assertRejected(outcome: Outcome, what: string, code?: string): void {
  const withCode = code === undefined ? "" : ` whose code is ${code}`;
  const expected = `connectClient ${what} rejects with an Error${withCode}`;
  if (outcome.how === "pending") throw new Unmet(expected, PENDING);
  if (!("error" in outcome)) throw new Unmet(expected, CONNECTED);
  const { error, how } = outcome;
  const isRight = code === undefined || error.code === code;
  if (how === "threw" || !error.isError || !isRight)
    throw new Unmet(expected, inWords(outcome));
}

function inWords({
  how,
  error: { isError, message, code },
}: Extract<Outcome, { how: "rejected" | "threw" }>): string {
  const did = how === "threw" ? "it threw at once" : "it rejected";
  if (!isError) return `${did}, with no Error: ${show(message)}`;
  return `${did}, ${code === null ? "without a code" : code}: ${message}`;
}

/** Lends the name of a file with the certificate of the checks' own authority. */
async function withCa<T>(use: (caFile: string) => Promise<T>): Promise<T> {
  const files = new CertificateFiles();
  try {
    const { certificate } = await certificates.authority();
    return await use(await files.file(certificate));
  } finally {
    files.remove();
  }
}
