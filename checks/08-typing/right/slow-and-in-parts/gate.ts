import { setTimeout as wait } from "node:timers/promises";
import type { DefaultEventsMap, Socket } from "socket.io";
import type {
  ClientToServerEvents,
  ServerToClientEvents,
  SocketData,
} from "./protocol.ts";

export type Member = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>;

const tokens = new Map<unknown, string>(
  Object.entries(JSON.parse(process.env.TOKENS ?? "{}") as object),
);

export function gate(...only: string[]) {
  return async ({ handshake, data }: Member, next: (no?: Error) => void) => {
    await wait(15);
    const user = tokens.get(handshake.auth.token);
    if (user === undefined || (only.length > 0 && !only.includes(user))) {
      const refusal = new Error("unauthorized");
      next(Object.assign(refusal, { data: { code: "UNAUTHORIZED" } }));
    } else {
      data.user = user;
      data.lastTyping = Number.NEGATIVE_INFINITY;
      next();
    }
  };
}
