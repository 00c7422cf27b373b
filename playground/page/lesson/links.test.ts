import { expect, test } from "vitest";
import { linkOf } from "./links.ts";

const lesson = "03-who-hears-it";

test.each([
  [
    "https://socket.io/docs/v4/",
    { kind: "outside", url: "https://socket.io/docs/v4/" },
  ],
  ["#the-contract", { kind: "heading", id: "the-contract" }],
  ["server.ts", { kind: "file", path: "lessons/03-who-hears-it/server.ts" }],
  [
    "../02-emit-and-listen/README.md",
    { kind: "lesson", name: "02-emit-and-listen" },
  ],
  ["../../solutions/03-who-hears-it/server.ts", { kind: "solution" }],
  [
    "../../solutions/02-emit-and-listen/server.ts",
    { kind: "file", path: "solutions/02-emit-and-listen/server.ts" },
  ],
  ["../../README.md", { kind: "file", path: "README.md" }],
])("%s", (href, link) => {
  expect(linkOf(href, lesson)).toEqual(link);
});
