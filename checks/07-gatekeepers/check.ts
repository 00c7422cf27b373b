import type { Client } from "../kit/client.ts";
import { showAnswer } from "../kit/http.ts";
import type { Lesson, World } from "../kit/lesson.ts";
import { patientlyTry } from "../kit/patience.ts";
import { aNumber, anything, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { Unmet, allOf } from "../kit/unmet.ts";
import {
  HANDSHAKE,
  IN_A_HEADER,
  IN_THE_ADDRESS,
  ONLY_WITH_ORIGIN,
  assertLetIn,
  assertNoNamespace,
  assertRefused,
  assertTurnedAway,
  letInWith,
  isOutcome,
  was,
} from "./gate.ts";
import { ORIGIN, PIN, gatekeepers, tokenOf } from "../kit/tokens.ts";

// Alice, Bob and Carol have tokens, Admin is the user admin, and Mallory tries what nobody should.
// Who knocks is not who connects after it: a server needs a moment to notice that somebody has gone.

const ROOM = "tea";
const GOOD = tokenOf("Alice");
const CAROL = { token: tokenOf("Carol") };

/** Names that every plain object has, and nobody put there. */
const INHERITED = ["constructor", "__proto__", "toString", "hasOwnProperty"];

/** What a page may be from that is not the allowed one; the first has nothing in common with it. */
const FOREIGN = [
  "http://evil.example",
  `${ORIGIN}.evil.example`,
  "http://app.example",
  ORIGIN.replace("http:", "https:"),
  "http://evil.example/?app.example:5173",
  "null",
];

const lesson: Lesson = {
  name: "07-gatekeepers",
  keeps: ["01-one-server", "06-rooms"],
  needs: gatekeepers,
  mistakes: [
    {
      id: "M17",
      looksLike: ({ fault, received }) =>
        fault !== null && /TypeError|Cannot /.test(received),
      hint: "Somebody who had not even been let in has ended your server for everyone. What comes as auth, as token or in a header is the client's choice: look at it before you use it.",
    },
    {
      id: "M16",
      looksLike: ({ fault, received }) =>
        fault !== null && /unauthorized/i.test(received),
      hint: "Your middleware throws the refusal, nothing catches it, and that ends the server. An error that is thrown is not yet one that next was given.",
    },
    {
      id: "refused-and-let-in",
      looksLike: was({ was: "refused", thenLetIn: true }),
      hint: "Mallory was refused, and connected a moment later all the same. Does your middleware stop after it has called next with the error?",
    },
    {
      id: "no-origin-refused",
      looksLike: ({ received }) => received === ONLY_WITH_ORIGIN,
      hint: "A client that sends no Origin got no session. Only browsers send that header; programs in Node or Python do not, and they are welcome.",
    },
    {
      id: "no-session",
      looksLike: was({ was: "turned away" }),
      hint: "There was not even a session: the handshake was refused. What a client brings as auth is not known at that time, and a refusal there cannot say why. A middleware of the namespace knows, and can.",
    },
    {
      id: "hung-up",
      looksLike: was({ was: "hung up on" }),
      hint: "The connection was closed without a word, so that the client cannot tell a refusal from a broken line. A middleware can refuse with an error.",
    },
  ],
  requirements: [
    {
      id: "refused",
      title: "Without a known token a client is refused, and told why",
      kind: "base",
      hints: [
        "Who may connect is decided before there is a connection, in a middleware.",
        "A middleware is given the socket and a function next. What the client brought is in the socket's handshake.",
        "io.use((socket, next) => …): next(error) refuses. The client gets the error's message, and its data.",
      ],
      mistakes: [
        {
          id: "M27",
          looksLike: ({ received }) => received === "it did not come",
          hint: "No answer came, neither yes nor no: the client hangs until it gives up. On which way through your middleware is next not called?",
        },
        {
          id: "answer-too-late",
          looksLike: ({ received }) => received.startsWith("it came after"),
          hint: "The refusal came, but only after more than 2 s. What does your middleware wait for?",
        },
        {
          id: "thrown-out-afterwards",
          looksLike: was({ was: "let in", thenThrownOut: true }),
          hint: "Mallory was connected first, and thrown out after. For a moment he was in, and he was never told why. There is a place where one can refuse before that.",
        },
        {
          id: "no-error",
          looksLike: ({ facts }) =>
            isOutcome(facts.value) &&
            facts.value.was === "refused" &&
            facts.value.message === undefined,
          hint: "Mallory was refused without a reason. next wants an object of the class Error: only its message and its data are sent.",
        },
        {
          id: "M28",
          looksLike: was({
            was: "refused",
            thenLetIn: false,
            message: "unauthorized",
            data: { code: "UNAUTHORIZED" },
          }),
          hint: "Message and code are right, and more was sent along that is nobody's business outside: a stack, or a token.",
        },
        {
          id: "code-not-sent",
          looksLike: was({
            was: "refused",
            thenLetIn: false,
            message: "unauthorized",
          }),
          hint: "The message is right, and the code did not arrive. Of all that an error has, the client gets its message and one field more. Which one, and what is to be in it?",
        },
        {
          id: "code-as-message",
          looksLike: was({ was: "refused", message: "UNAUTHORIZED" }),
          hint: "The code came as message. The message is for people, in small letters here; the code for programs is in the data.",
        },
        {
          id: "M28",
          looksLike: was({ was: "refused", thenLetIn: false }),
          hint: "Mallory was refused, in words that tell about your server. He is told the same whatever was wrong, and nothing more: what would help you belongs on the console.",
        },
      ],
      check: async (world) => {
        await allOf([
          assertRefused(world, {}),
          assertRefused(world, { auth: {} }),
          assertRefused(world, { auth: { token: "found-in-the-street" } }),
        ]);
      },
    },
    {
      id: "let-in",
      title: "With a known token a client is in, under its user's name",
      kind: "base",
      hints: [
        "TOKENS says whose token is which. What becomes of the user, once it is known?",
        "A socket has an object for what your server knows of it. What the middleware puts there, every handler finds.",
        "socket.data is that object. Every user that your server tells, in room:joined, room:left and message:new, is the one from there.",
      ],
      mistakes: [
        {
          id: "M27",
          looksLike: ({ received }) => received === "it did not come",
          hint: "Mallory was refused as he should be. Carol has a good token and hears nothing. What does a middleware call when all is well?",
        },
        {
          id: "token-in-address",
          looksLike: ({ received }) => received === IN_THE_ADDRESS,
          hint: "Your server looks for the token in the address. Addresses are written into the logs of every machine on the way. Clients have another place for it, that is sent once and written nowhere.",
        },
        {
          id: "token-in-header",
          looksLike: ({ received }) => received === IN_A_HEADER,
          hint: "Your server looks for the token in a header. A page in a browser cannot set one for a websocket. Socket.IO has a place of its own for it, on every transport.",
        },
        {
          id: "good-token-refused",
          looksLike: was({ was: "refused" }),
          hint: "Carol has a token of TOKENS, and was refused. TOKENS is a text with JSON in it, the token before the user: what do you look up, and in what?",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ user: "admin" }, facts.value),
          hint: "Alice said that she was admin, and your server believed her. Who she is follows from her token and from nothing else.",
        },
        {
          id: "last-user",
          looksLike: ({ facts }) => matches({ user: "bob" }, facts.value),
          hint: "Alice is called Bob, who came after her. A variable outside of the sockets is shared by all of them.",
        },
        {
          id: "token-told",
          looksLike: ({ facts }) => matches({ user: GOOD }, facts.value),
          hint: "Alice's token was told to everyone in the room, as her user. Now anybody can be Alice. A token is a secret; the user is what TOKENS says of it.",
        },
        {
          id: "guest-name",
          looksLike: ({ facts }) =>
            matches({ user: anything }, facts.value) &&
            String(facts.value.user).startsWith("guest"),
          hint: "Alice is let in by her token, and is still called a guest. Where do your handlers take the user from?",
        },
        {
          id: "user-lost",
          looksLike: ({ facts }) => matches({ room: ROOM }, facts.value),
          hint: "The event came, and its user is not the one that TOKENS names. What the middleware found out must be kept where the handlers of that socket find it.",
        },
      ],
      check: async (world) => {
        await world.settle(); // so that nobody of before is still there
        // A client may claim anything; only its token counts.
        const auth = { token: GOOD, user: "admin" };
        await assertLetIn(world, "Carol", { auth: CAROL });
        const alice = await world.client("Alice", { auth });
        const bob = await world.client("Bob", { transports: ["polling"] });
        await joins(bob, alice);
        await world.audience("room:joined", [bob], {
          room: ROOM,
          user: "alice",
        });
        alice.emit("message:send", { room: ROOM, text: "It is me" });
        await world.audience("message:new", [alice, bob], {
          room: ROOM,
          user: "alice",
        });
      },
    },
    {
      id: "odd-tokens",
      title: "Whatever else comes as token is refused in the same way",
      kind: "base",
      hints: [
        "A client may send anything as token: no text, a name that you did not expect, nothing.",
        "A token is known if it is one of those in TOKENS. Does what you look it up in hold those and nothing else?",
        "A Map holds what was put into it. A plain object also has what every object has; Object.hasOwn tells the difference. typeof tells what is no text.",
      ],
      mistakes: [
        {
          id: "inherited-name",
          looksLike: letInWith(...INHERITED),
          hint: "Mallory was let in with the name of something that every JavaScript object has. TOKENS has no such token, but the object that you look it up in has such a property.",
        },
        {
          id: "user-as-token",
          looksLike: letInWith("alice"),
          hint: "Mallory was let in with Alice's name as token. Names are known to everyone. In TOKENS the secret stands before the colon.",
        },
        {
          id: "part-of-a-token",
          looksLike: letInWith("", "secret"),
          hint: "Mallory was let in with the beginning of a token, or with none of it. Every text begins with the empty text. A token is right as a whole or not at all.",
        },
        {
          id: "claimed-user",
          looksLike: letInWith(undefined),
          hint: "Mallory brought no token and said that he was Alice. That was enough.",
        },
        {
          id: "no-text",
          looksLike: was({ was: "let in" }),
          hint: "Mallory was let in with a token that is no text. As a key, JavaScript turns what is no text into one. Look at the type first.",
        },
        {
          id: "M28",
          looksLike: was({ was: "refused", thenLetIn: false }),
          hint: "An odd token was refused in other words than an unknown one. Whoever tries things out learns from every difference.",
        },
        {
          id: "M27",
          looksLike: ({ received }) => received === "it did not come",
          hint: "To an odd token your server said neither yes nor no. Does an error that your middleware catches still end in a call of next?",
        },
      ],
      check: async (world) => {
        const oddTokens: unknown[] = [
          ...INHERITED,
          "alice",
          "secret",
          "",
          "undefined",
          null,
          true,
          {},
          { toString: 1, valueOf: 1 }, // no text can be made of it
          [GOOD],
          Number(PIN),
        ];
        await allOf(
          [{ user: "alice" }, ...oddTokens.map((token) => authWith(token))].map(
            (auth) => assertRefused(world, { auth }),
          ),
        );
      },
    },
    {
      id: "admin-gate",
      title: "Only the user admin gets into /admin; /nope does not exist",
      kind: "base",
      hints: [
        "A namespace is a place of its own on the same connection. Who guards it?",
        "A middleware guards the namespace that it was given to, and no other. What it found out about a socket is known of that socket only.",
        'io.of("/admin") gives the namespace. It has a use of its own.',
      ],
      mistakes: [
        {
          id: "M29",
          looksLike: ({ expected, facts }) =>
            expected.includes("/nope") && isOutcome(facts.value),
          hint: "/nope should not exist, and something of yours answers there. Whoever may invent namespaces can fill your memory with them.",
        },
        {
          id: "no-admin-namespace",
          looksLike: was({ was: "refused", message: "Invalid namespace" }),
          hint: "There is no namespace /admin yet.",
        },
        {
          id: "thrown-out-afterwards",
          looksLike: was({ was: "let in", thenThrownOut: true }),
          hint: "Somebody was connected to /admin, and thrown out after. A namespace can have a middleware too.",
        },
        {
          id: "M26",
          looksLike: letInWith(undefined),
          hint: "Mallory connected to /admin without any token. Your middleware guards the main namespace; nobody has to pass there to get to another one.",
        },
        {
          id: "everyone-is-admin",
          looksLike: letInWith(GOOD),
          hint: "Alice has a good token, and was let into /admin with it. To be known is not enough there.",
        },
        {
          id: "admin-locked-out",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("Admin") && isOutcome(facts.value),
          hint: "Admin has the token of the user admin, and /admin refused it. In each namespace a client has a socket of its own: what you know of one is not known of the other.",
        },
        {
          id: "other-words-in-admin",
          looksLike: was({ was: "refused", thenLetIn: false }),
          hint: "/admin refuses in other words than the main namespace. They tell Mallory that his token was good and the place worth a try.",
        },
        {
          id: "M27",
          looksLike: ({ received }) => received === "it did not come",
          hint: "At /admin no answer came, neither yes nor no. Follow each way through its middleware to a call of next.",
        },
      ],
      check: async (world) => {
        await allOf([
          assertRefused(world, { namespace: "/admin" }),
          assertRefused(world, { namespace: "/admin", auth: authWith(GOOD) }),
        ]);
        const admin = authWith(tokenOf("Admin"));
        await allOf([
          assertLetIn(world, "Admin", { namespace: "/admin", auth: admin }),
          assertNoNamespace(world, { namespace: "/nope", auth: admin }),
        ]);
      },
    },
    {
      id: "admin-stats",
      title: "In /admin, stats:get is answered with { ok: true, online }",
      kind: "base",
      hints: [
        "A namespace has a connection handler and sockets of its own.",
        "online counts the sockets of the main namespace. Those in /admin are counted nowhere.",
        "io.sockets is the main namespace. Its sockets are a Map, which has a size.",
      ],
      mistakes: [
        {
          id: "M14",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "stats:get was not answered in /admin. On which namespace did you register the handler that listens to it?",
        },
        {
          id: "stats-for-everyone",
          looksLike: ({ expected }) => expected.startsWith("stats:get is for"),
          hint: "Alice is no admin. She asked in the main namespace, where she may be, and got the numbers.",
        },
        {
          id: "answer-without-ok",
          looksLike: ({ facts }) =>
            matches(aNumber, facts.value) ||
            (matches({ online: aNumber }, facts.value) &&
              !("ok" in facts.value)),
          hint: "A number came, without the frame that every answer has here: one object, and ok in it.",
        },
        {
          id: "admins-counted",
          looksLike: ({ facts }) => matches({ online: aNumber }, facts.value),
          hint: "online is there, and it counts others than the sockets of the main namespace. Alice and Bob were in that, Admin was not. Whom does your number count: that namespace, another one, or connections?",
        },
        {
          id: "online-is-no-number",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "An answer came, without a number under the name online. Does what you count with give a number, a Map, or a promise?",
        },
        {
          id: "M13",
          looksLike: ({ fault }) => fault !== null,
          hint: "stats:get came without an acknowledgement, and your server is gone. An admin can forget one, too.",
        },
      ],
      check: async (world) => {
        await world.settle(); // so that nobody of before is still counted
        const [alice] = await world.connect("Alice", "Bob");
        const admin = await world.client("Admin", { namespace: "/admin" });
        admin.emit("stats:get");
        await assertOnline(world, admin, 2);
        let told: unknown;
        alice.socket.emit("stats:get", (answer: unknown) => {
          told = answer;
        });
        await world.settle();
        if (matches({ ok: true }, told))
          throw new Unmet(
            "stats:get is for /admin, where only the user admin is",
            `Alice asked in the main namespace, and was told ${show(told)}`,
          );
      },
    },
    {
      id: "cors",
      title: "Of all web pages, only one of CORS_ORIGIN may read answers",
      kind: "base",
      hints: [
        "A browser lets a page read what another server answers only if that server says so. That is CORS: it tells browsers who may read, and refuses nobody.",
        "Socket.IO answers its own requests, so it is Socket.IO that has to say it, in the header Access-Control-Allow-Origin.",
        "new Server(httpServer, { cors: { origin: … } }) says it. The value is one origin, never a list of all.",
      ],
      mistakes: [
        {
          id: "M9",
          looksLike: ({ received }) => received.startsWith(ON_EXPRESS),
          hint: "The routes of Express say it, the answers of Socket.IO do not. Express never sees the requests to /socket.io/.",
        },
        {
          id: "good-origin-refused",
          looksLike: ({ facts, expected }) =>
            expected.startsWith("a page of CORS") && facts.status !== 200,
          hint: "A page of CORS_ORIGIN itself got no session. Compare what the header Origin holds with what you compare it to.",
        },
        {
          id: "M9",
          looksLike: ({ facts }) =>
            facts.status === 200 && facts.value === undefined,
          hint: "The answer has no header Access-Control-Allow-Origin. Since version 3, Socket.IO allows no page of another origin unless it is told to.",
        },
        {
          id: "cors-for-everyone",
          looksLike: ({ facts }) => facts.value === "*",
          hint: "* means that every page in the world may read the answers. The contract allows one.",
        },
        {
          id: "cors-echoes",
          looksLike: ({ facts }) => facts.value === FOREIGN[0],
          hint: "Your server allows whatever origin asks. It gives back the header that came, so that every page is told that it is the right one.",
        },
        {
          id: "cors-looks-alike",
          looksLike: ({ facts }) => FOREIGN.includes(String(facts.value)),
          hint: "An origin that only resembles CORS_ORIGIN is allowed. An origin is its scheme, its host and its port: it is the same as a whole or another one.",
        },
        {
          id: "M27",
          looksLike: ({ fault }) => fault?.kind === "request-never-answered",
          hint: "The handshake of a page from another origin stays without an answer. Something that has to decide says nothing when the answer is no.",
        },
      ],
      check: async ({ request }) => {
        const ask = (path: string, origin: string) =>
          request(path, { headers: { Origin: origin } });
        const good = await ask(HANDSHAKE, ORIGIN);
        const allowed = good.headers["access-control-allow-origin"];
        if (good.status !== 200 || allowed !== ORIGIN) {
          const { headers } = await ask("/health", ORIGIN);
          const isOnExpress =
            headers["access-control-allow-origin"] === ORIGIN &&
            allowed === undefined;
          throw new Unmet(
            `a page of CORS_ORIGIN is answered with 200 and Access-Control-Allow-Origin: ${ORIGIN}`,
            isOnExpress
              ? `${ON_EXPRESS}, the handshake of Socket.IO does not`
              : `${good.status === 200 ? 200 : showAnswer(good)}, Access-Control-Allow-Origin: ${allowed ?? "(none)"}`,
            { value: allowed, status: good.status },
          );
        }
        await allOf(
          FOREIGN.map(async (origin) => {
            const { headers } = await ask(HANDSHAKE, origin);
            const allowed = headers["access-control-allow-origin"];
            if (allowed === "*" || allowed === origin)
              throw new Unmet(
                `a page of ${origin} is not allowed to read the answer`,
                `Access-Control-Allow-Origin: ${allowed}`,
                { value: allowed },
              );
          }),
        );
      },
    },
    {
      id: "origin",
      title: "A page of another origin is refused, on every transport",
      kind: "base",
      hints: [
        "CORS refuses nobody: it tells browsers what a page may read, and browsers do not ask it about websockets. Who is to stay out must be refused by your server.",
        "Every request of a page says which origin it is from, in a header, and the page cannot change that. No such header means: no browser.",
        "The option allowRequest is asked before each session, whatever the transport. It is given the request, with its headers.",
      ],
      mistakes: [
        {
          id: "good-origin-refused",
          looksLike: ({ expected }) => expected.startsWith("Carol"),
          hint: "A page of CORS_ORIGIN was refused, with a good token. What exactly is compared with the header Origin?",
        },
        {
          id: "origin-looks-alike",
          looksLike: ({ expected, facts }) =>
            isOutcome(facts.value) && !expected.includes(`${FOREIGN[0]} `),
          hint: "An origin that only resembles CORS_ORIGIN was let in. Scheme, host and port belong to it, and nothing before or after.",
        },
        {
          id: "M10",
          looksLike: was({ was: "let in" }),
          hint: "A page of another origin got in by websocket, with Alice's token. CORS does not concern websockets: the browser connects, and nobody asks. Refuse such a handshake yourself.",
        },
        {
          id: "refused-too-late",
          looksLike: was({ was: "refused" }),
          hint: "The page got a session, and only its namespace refused it. Every namespace would have to think of that. There is a door before all of them.",
        },
        {
          id: "polling-let-in",
          looksLike: ({ facts }) => facts.status === 200,
          hint: "By websocket the page was refused, by polling it got a session. That the browser will not let it read the answer does not undo what the request has done.",
        },
        {
          id: "M27",
          looksLike: ({ received }) => received === "it did not come",
          hint: "A handshake from another origin got no answer at all, neither yes nor no. What decides about it must say so every time.",
        },
      ],
      check: async (world) => {
        const headers = { Origin: ORIGIN };
        await assertLetIn(world, "Carol", { auth: CAROL, headers });
        await world.client("Alice", { transports: ["polling"], headers });
        for (const origin of FOREIGN)
          await assertTurnedAway(world, origin, authWith(GOOD));
      },
    },
    {
      id: "two-tabs",
      title: "Two tabs of one user are two: both stay, hear and count",
      kind: "base",
      hints: [
        "Many people have two tabs open, or a telephone beside them. A user may have several sockets.",
        "What you keep for each user: does the second tab overwrite it, and does the first that leaves take it away?",
        "Rooms and sockets are Socket.IO's to count. socket.data.user only says whose socket it is.",
      ],
      mistakes: [
        {
          id: "second-tab-refused",
          looksLike: ({ received }) => received.startsWith("no connection"),
          hint: "Alice's second tab was not let in, although its token is good. It may be used more than once.",
        },
        {
          id: "first-tab-thrown-out",
          looksLike: ({ received }) => received.includes("was thrown out"),
          hint: "When Alice opened a second tab, her first one was disconnected. Nobody asked for that.",
        },
        {
          id: "last-tab-only",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("message:new") &&
            facts.heardBy?.includes("Bob") === true,
          hint: "Bob wrote to the room, and one of Alice's tabs did not hear it. Each tab is a member of its own. What do you keep by the name of the user, of which there is only one?",
        },
        {
          id: "users-counted",
          looksLike: ({ facts }) =>
            matches({ members: aNumber }, facts.value) ||
            matches({ online: aNumber }, facts.value),
          hint: "Two tabs of Alice and one of Bob are three sockets, and another number came. Are sockets counted, or users?",
        },
        {
          id: "left-with-the-last-tab",
          looksLike: ({ expected, received }) =>
            expected.includes("hears room:left") ||
            (expected.startsWith("room:left") &&
              received === "nobody heard it"),
          hint: "One of Alice's two tabs was closed, and the room was not told. room:left is for each socket that leaves.",
        },
      ],
      check: async (world) => {
        await world.settle(); // so that nobody of before is still counted
        const [bob, first] = await world.connect("Bob", "Alice in tab 1");
        const admin = await world.client("Admin", { namespace: "/admin" });
        const second = await world.client("Alice in tab 2");
        await world.settle();
        for (const tab of [first, second])
          if (!tab.socket.connected)
            throw new Unmet("both tabs stay", `${tab.name} was thrown out`);
        await joins(bob, first, second);
        await assertOnline(world, admin, 3);
        bob.emit("message:send", { room: ROOM, text: "Hello, Alice" });
        await world.audience("message:new", [bob, first, second], {
          room: ROOM,
          user: "bob",
        });
        second.leave();
        const left = { room: ROOM, user: "alice" };
        await world.audience("room:left", [bob, first], left, { limit: 1_000 });
        await assertOnline(world, admin, 2);
        bob.emit("message:send", { room: ROOM, text: "Still there?" });
        await world.audience("message:new", [bob, first], { room: ROOM });
      },
    },
    stillAlive,
    {
      id: "nothing-set",
      title: "Without TOKENS and CORS_ORIGIN it runs, and lets nobody in",
      kind: "stretch",
      hints: [
        "Start your server without these variables, and look at what their values are then.",
        "What is forgotten must close a door, never open one.",
        "What is not set is undefined. What stands behind ?? and ||, what does JSON.parse do with it, and what is compared with it?",
      ],
      mistakes: [
        {
          id: "does-not-start",
          looksLike: ({ fault }) => fault !== null,
          hint: "Without TOKENS your server does not even start. The contract wants it to run: its page and its health are for everyone.",
        },
        {
          id: "unset-lets-everyone-in",
          looksLike: was({ was: "let in" }),
          hint: "Without TOKENS there is no good token, and yet Alice was let in.",
        },
        {
          id: "unset-cors-allows-all",
          looksLike: ({ expected, facts }) =>
            expected.includes("read") && facts.value !== undefined,
          hint: "With CORS_ORIGIN unset, every page may read the answers. A default for trying it by hand is one for everybody who forgets to set it.",
        },
        {
          id: "unset-origin-lets-all-in",
          looksLike: ({ facts }) => facts.status === 200,
          hint: "With CORS_ORIGIN unset, the page of any origin got a session. Is the origin looked at only when there is something to compare it with?",
        },
      ],
      check: async (world) => {
        const bare = await world.another({
          env: { TOKENS: undefined, CORS_ORIGIN: undefined },
        });
        await assertRefused(bare, { auth: authWith(GOOD) });
        const headers = { Origin: ORIGIN };
        const answer = await bare.request(HANDSHAKE, { headers });
        const allowed = answer.headers["access-control-allow-origin"];
        if (allowed === "*" || allowed === ORIGIN)
          throw new Unmet(
            "no page is allowed to read the answer",
            `Access-Control-Allow-Origin: ${allowed}`,
            { value: allowed },
          );
        if (answer.status < 400)
          throw new Unmet("the handshake is refused", showAnswer(answer), {
            status: answer.status,
          });
      },
    },
    {
      id: "token-in-address",
      title: "A token in the address of the server counts for nothing",
      kind: "stretch",
      hints: [
        "From how many places does your server take a token?",
        "An address is kept by proxies, by logs and by the history of browsers. A token in it is a secret no longer.",
        "handshake.query is what stands in the address, handshake.auth is not.",
      ],
      mistakes: [
        {
          id: "address-too",
          looksLike: was({ was: "let in" }),
          hint: "Mallory read Alice's token in a log and put it into the address: he was let in. As long as that works, clients will send it so.",
        },
      ],
      check: async (world) => {
        await allOf([
          assertRefused(world, { query: { token: GOOD } }),
          assertRefused(world, { query: { token: GOOD }, auth: {} }),
        ]);
      },
    },
  ],
};

export default lesson;

const ON_EXPRESS = "/health has that header";

function authWith(token: unknown): { token: unknown } {
  return { token };
}

/** They join the room one after another, and each counts as one more member. */
async function joins(...clients: Client[]): Promise<void> {
  for (const [before, client] of clients.entries())
    await client.ask("room:join", [{ room: ROOM }], {
      ok: true,
      members: before + 1,
    });
}

/** Asks until the count is right, for as long as it is a count. */
async function assertOnline(
  { server }: World,
  admin: Client,
  online: number,
): Promise<void> {
  await patientlyTry(
    server,
    () => admin.ask("stats:get", [], { ok: true, online }),
    ({ facts }) => matches({ online: aNumber }, facts.value),
  );
}
