import type { Needs } from "./lesson.ts";

/** The page that may talk to the server: its address without a path, as browsers send it. */
export const ORIGIN = "http://app.example:5173";

/** A token that is digits only: a client may send the same as a number, which is no token. */
export const PIN = "4711";

const users = ["alice", "bob", "carol", "dave", "zoe", "guest", "admin"];

/** Whose token is which, as the server finds it in TOKENS. */
export const TOKENS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(users.map((user) => [`secret-of-${user}`, user])),
  [PIN]: "guest",
};

/** The user that a client of this name connects as: `alice` for Alice and for "Alice in tab 2". */
export function userOf(name: string): string {
  const first = name.split(" ")[0]?.toLowerCase() ?? "";
  return users.includes(first) ? first : "guest";
}

export function tokenOf(name: string): string {
  return `secret-of-${userOf(name)}`;
}

/** What a server with gatekeepers finds in its environment, and what its clients bring. */
export const gatekeepers: Needs = {
  env: { TOKENS: JSON.stringify(TOKENS), CORS_ORIGIN: ORIGIN },
  auth: (name) => ({ token: tokenOf(name) }),
};
