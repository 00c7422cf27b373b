import type { Failure, Lesson } from "../kit/lesson.ts";
import { aString } from "../kit/shape.ts";
import { cut } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";

/** The answer is Express's own "not found": no route and no Socket.IO took the request. */
const isNotFound = ({ facts }: Failure) => facts.status === 404;

const printed = (pattern: RegExp) => (failure: Failure) =>
  failure.output.some((line) => pattern.test(line)) ||
  pattern.test(failure.received);

const lesson: Lesson = {
  name: "01-one-server",
  mistakes: [
    {
      id: "M2",
      looksLike: printed(/attach socket\.io to an express request handler/),
      hint: "Socket.IO was given the Express app. It needs the HTTP server itself: the app is only a function that answers requests.",
    },
    {
      id: "express-5-wildcard",
      looksLike: printed(/Missing parameter name/),
      hint: 'A path in your routes has a "*" without a name. Express 5 wants every wildcard named, as in "/{*path}".',
    },
    {
      id: "fixed-port",
      looksLike: ({ fault }) =>
        fault?.kind === "wrong-port" || fault?.kind === "port-taken",
      hint: "The check chose a free port and told your server in the environment: PORT. Use that one wherever the server listens, and a number of your own only when there is none.",
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
        "app.get(path, handler) adds a route, response.json(value) answers with JSON.",
      ],
      mistakes: [
        {
          id: "health-as-text",
          looksLike: ({ facts }) =>
            facts.status === 200 && typeof facts.value === "undefined",
          hint: "The answer is text, not JSON. Programs that watch a server read it with JSON.parse.",
        },
        {
          id: "no-health-route",
          looksLike: isNotFound,
          hint: "Express says that there is no route /health. Which call adds one?",
        },
      ],
      async check({ request }) {
        const { status, body, json } = await request("/health");
        if (
          status === 200 &&
          (json as { ok?: unknown } | undefined)?.ok === true
        )
          return;
        throw new Unmet(
          'status 200 and {"ok":true}',
          `status ${status} and ${cut(body.replaceAll(/\s+/g, " "), 80)}`,
          { status, body, value: json },
        );
      },
    },
  ],
};

export default lesson;
