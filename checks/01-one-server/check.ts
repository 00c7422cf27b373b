import { tmpdir } from "node:os";
import { showAnswer } from "../kit/http.ts";
import type { Failure, Lesson, World } from "../kit/lesson.ts";
import { matches } from "../kit/shape.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { list } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";

const lesson: Lesson = {
  name: "01-one-server",
  mistakes: [
    {
      id: "M2",
      looksLike: printed(/attach socket\.io to an express request handler/),
      hint: "Socket.IO was given the Express app. An app is only a function that answers requests. Socket.IO needs the server that receives them.",
    },
    {
      id: "express-5-wildcard",
      looksLike: printed(/Missing parameter name/),
      hint: 'One of your routes has a "*" without a name. Express 5 wants a name for every wildcard, as in "/{*path}".',
    },
    {
      id: "fixed-port",
      looksLike: ({ fault }) =>
        fault?.kind === "wrong-port" || fault?.kind === "port-taken",
      hint: "The check chose a free port and told your server in PORT. A number of your own is only for when there is none.",
    },
  ],
  requirements: [
    {
      id: "health",
      title: "GET /health answers 200 and { ok: true }",
      kind: "base",
      hints: [
        "Look at the routes of your Express app.",
        "A route is a path and a function that answers. This one answers with JSON.",
        "app.get(path, handler) adds a route. response.json(value) answers with JSON.",
      ],
      mistakes: [
        {
          id: "health-as-text",
          looksLike: ({ facts }) =>
            facts.status === 200 && facts.value === undefined,
          hint: "The answer came, but as text. Programs that watch a server want JSON.",
        },
        {
          id: "no-health-route",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "Express says that there is no such route. Which call adds one?",
        },
      ],
      check: async ({ request }) => {
        const answer = await request("/health");
        const { status, json } = answer;
        if (status === 200 && matches({ ok: true }, json)) return;
        throw new Unmet('200 {"ok":true}', showAnswer(answer), {
          status,
          value: json,
        });
      },
    },
    {
      id: "page",
      title: "GET / answers with the page, as HTML",
      kind: "base",
      hints: [
        "The page is given: index.html in the folder that PUBLIC_DIR names.",
        "Express comes with something that serves the files of a folder.",
        "express.static(folder) is that something; app.use(…) puts it to work.",
      ],
      mistakes: [
        {
          id: "page-not-found",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "No file was found. A path that does not begin at a fixed place begins at the folder in which the command was typed. Which folder does PUBLIC_DIR name?",
        },
        {
          id: "page-without-client",
          looksLike: ({ facts }) =>
            facts.status === 200 && /html/.test(String(facts.value)),
          hint: "That page does not load Socket.IO's client. The given page does, from /socket.io/socket.io.js.",
        },
      ],
      check: assertPage,
    },
    {
      id: "client-script",
      title: "GET /socket.io/socket.io.js answers with the client's script",
      kind: "base",
      hints: [
        "Nobody writes this route: Socket.IO adds it to the server it is attached to.",
        "Is there a Socket.IO server? Is it attached to the HTTP server that listens?",
        "new Server(httpServer) attaches Socket.IO. Then the same httpServer must listen.",
      ],
      mistakes: [
        {
          id: "serve-client-off",
          looksLike: ({ facts }) => facts.status === 400,
          hint: "Socket.IO runs, but it was told not to serve the client's script. Look at its options.",
        },
        {
          id: "M1",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "Express answered, so the server that listens has no Socket.IO attached. Who listens: the app, or the HTTP server that Socket.IO was given?",
        },
      ],
      check: async ({ request }) => {
        const answer = await request("/socket.io/socket.io.js");
        if (answer.status === 200) return;
        throw new Unmet("200 and the script", showAnswer(answer), {
          status: answer.status,
        });
      },
    },
    {
      id: "handshake",
      title: "Socket.IO opens a session on /socket.io/, offers websocket",
      kind: "base",
      hints: [
        "Look at the options that Socket.IO is given, if any.",
        "Without options it has the right path, starts with polling and offers websocket.",
        "The options path, transports and allowUpgrades change that.",
      ],
      mistakes: [
        {
          id: "websocket-only",
          looksLike: ({ facts }) => facts.status === 400,
          hint: "Socket.IO refuses to begin with polling. Polling gets through where websockets are blocked, so every client may begin with it.",
        },
      ],
      check: async ({ rawClient }) => {
        const { upgrades } = await rawClient();
        if (!upgrades.includes("websocket"))
          throw new Unmet(
            "the session can be upgraded to websocket",
            `upgrades: [${upgrades.join(", ")}]`,
          );
      },
    },
    {
      id: "transports",
      title: "Clients connect by polling and websocket, and are upgraded",
      kind: "base",
      hints: [
        "Look at the options that Socket.IO is given, if any.",
        "Both transports are on by default, and so is the upgrade.",
        "The options transports and allowUpgrades change that.",
      ],
      check: async ({ client }) => {
        const [, , carol] = await Promise.all([
          client("Alice", { transports: ["websocket"] }),
          client("Bob", { transports: ["polling"] }),
          client("Carol", { transports: ["polling", "websocket"] }),
        ]);
        await carol.upgraded();
      },
    },
    {
      id: "welcome",
      title: "Each client hears welcome { id } once, with its own id",
      kind: "base",
      hints: [
        "Look at the handler that runs when a client connects.",
        "That handler is given the socket of the one client that has come.",
        'io.on("connection", (socket) => { … }) gives the socket; socket.emit(…) speaks to it.',
      ],
      mistakes: [
        {
          id: "M6",
          looksLike: ({ facts }) => facts.heardBy?.length === 2,
          hint: "One connection was handled twice. Is the connection handler registered more than once?",
        },
        {
          id: "M7",
          looksLike: ({ facts }) => facts.heardBy?.[0] === "Alice",
          hint: "Alice was welcomed again when Bob came. To one or to all: that depends on what you call emit on.",
        },
        {
          id: "other-id",
          looksLike: ({ facts }) => facts.value !== undefined,
          hint: "A welcome came, but not with the id that the client knows itself by. A socket has exactly one property of that name.",
        },
      ],
      check: async ({ connect, settle }) => {
        const clients = await connect("Alice", "Bob");
        for (const client of clients)
          await client.hears("welcome", { id: client.id });
        await settle();
        const tooOften = clients.filter(
          (client) => client.heard("welcome").length > 1,
        );
        if (tooOften.length === 0) return;
        const names = tooOften.map(({ name }) => name);
        throw new Unmet(
          "Alice and Bob hear welcome once each",
          `${list(names)} heard it ${tooOften[0]?.heard("welcome").length} times`,
          { heardBy: names },
        );
      },
    },
    {
      id: "not-found",
      title: "An unknown path answers 404",
      kind: "base",
      hints: [
        "Look at your routes: does one of them take every path?",
        "Express answers 404 by itself when no route takes the request.",
        "A page belongs to GET / and to nothing else here.",
      ],
      mistakes: [
        {
          id: "catch-all-route",
          looksLike: ({ facts }) => facts.status === 200,
          hint: "One of your routes answers whatever is asked. Then a mistyped address looks like a page that exists.",
        },
      ],
      check: async ({ request }) => {
        const answer = await request("/there/is/nothing/here");
        if (answer.status !== 404)
          throw new Unmet("404", showAnswer(answer), { status: answer.status });
      },
    },
    stillAlive,
    {
      id: "old-protocol",
      title: "A client of the old protocol (EIO=3) is refused",
      kind: "stretch",
      hints: [
        "Look at the options that Socket.IO is given.",
        "A server speaks with clients of its own protocol version only, unless it is told otherwise.",
        "allowEIO3 is for servers that still have clients of version 2.",
      ],
      mistakes: [
        {
          id: "M8",
          looksLike: ({ facts }) => facts.status === 200,
          hint: "Clients of version 2 are let in. That option is for servers that still have such clients; this one has none.",
        },
      ],
      check: async ({ request }) => {
        const answer = await request("/socket.io/?EIO=3&transport=polling");
        const { status, json } = answer;
        if (status !== 400 || !matches({ code: 5 }, json))
          throw new Unmet("400 with code 5", showAnswer(answer), { status });
      },
    },
    {
      id: "any-folder",
      title: "From another folder, the server still finds its page",
      kind: "stretch",
      hints: [
        "A relative path begins at the folder in which the command was typed.",
        "Begin the path at a fixed place: the environment, or the file itself.",
        "import.meta.dirname is the folder of the file; join(…) of node:path puts paths together.",
      ],
      mistakes: [
        {
          id: "page-relative-to-folder",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "The page was found from the lesson's folder, and is lost from another one: its path begins where the command was typed.",
        },
      ],
      check: async ({ another }) => {
        await assertPage(await another({ cwd: tmpdir() }));
      },
    },
  ],
};

export default lesson;

async function assertPage({ request }: World): Promise<void> {
  const answer = await request("/");
  const type = answer.headers["content-type"] ?? "";
  // Any page will do that brings Socket.IO's client along.
  if (
    answer.status === 200 &&
    type.includes("text/html") &&
    /socket\.io/.test(answer.body)
  )
    return;
  throw new Unmet(
    "200, text/html, and the page",
    `${showAnswer(answer)} as ${type || "nothing"}`,
    {
      status: answer.status,
      value: type,
    },
  );
}

/** Whether the server's console, or what is known of its end, has such a line. */
function printed(pattern: RegExp) {
  return ({ output, received }: Failure) =>
    pattern.test(received) || output.some((line) => pattern.test(line));
}
