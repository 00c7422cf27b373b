import { expect, test } from "vitest";
import { Guard } from "./guard.ts";

const guard = new Guard(4_100);
const own = { host: "127.0.0.1:4100" };
const navigation = {
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};

test.each([
  ["a program", own],
  ["by the other name", { host: "localhost:4100" }],
  ["its own page", { ...own, origin: "http://127.0.0.1:4100" }],
  ["an address that was typed", { ...own, "sec-fetch-site": "none" }],
  ["its own script", { ...own, "sec-fetch-site": "same-origin" }],
  [
    "a link that was followed",
    { ...own, ...navigation, "sec-fetch-site": "cross-site" },
  ],
])("admits %s", (_who, headers) => {
  expect(guard.admits(headers)).toBe(true);
});

test.each([
  ["a request without Host", {}],
  ["a foreign name for this machine", { host: "evil.example:4100" }],
  ["another port", { host: "127.0.0.1:4101" }],
  ["a name that only begins well", { host: "127.0.0.1:4100.evil.example" }],
  ["a foreign page", { ...own, origin: "http://evil.example" }],
  ["a page of another port", { ...own, origin: "http://127.0.0.1:3000" }],
  ["the same over https", { ...own, origin: "https://127.0.0.1:4100" }],
  ["a page without an origin", { ...own, origin: "null" }],
  ["a foreign page's script tag", { ...own, "sec-fetch-site": "cross-site" }],
  [
    "the learner's page in the frame",
    { ...own, "sec-fetch-site": "same-site" },
  ],
  [
    "a foreign page that frames it",
    {
      ...own,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "iframe",
    },
  ],
])("refuses %s", (_who, headers) => {
  expect(guard.admits(headers)).toBe(false);
});

test("knows its own token and nothing else", () => {
  expect(guard.knows(guard.token)).toBe(true);
  const { token } = new Guard(4_100);
  for (const other of [
    token,
    "",
    `${guard.token} `,
    undefined,
    null,
    7,
    [guard.token],
  ])
    expect(guard.knows(other), String(other)).toBe(false);
});
