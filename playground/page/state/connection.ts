import { signal } from "@preact/signals";
import { type Socket, io } from "socket.io-client";
import type {
  Answer,
  ClientToServerEvents,
  ServerToClientEvents,
} from "../../protocol.ts";
import { take, takeChanged, takeWire } from "./state.ts";

/** `refused`: the playground was started anew, and this page is of the start before. */
export const connection = signal<
  "connecting" | "connected" | "lost" | "refused"
>("connecting");

/** How long the playground may take for an answer, in milliseconds. */
const PATIENCE = 15_000;

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
  transports: ["websocket"],
  reconnectionDelay: 200,
  reconnectionDelayMax: 1_000,
  auth: { token: readToken() },
  autoConnect: false,
});

export function connect(): void {
  socket.on("connect", () => {
    connection.value = "connected";
  });
  socket.on("disconnect", () => {
    connection.value = "lost";
  });
  socket.on("connect_error", (error) => {
    if (error.message === "unauthorized") connection.value = "refused";
    else if (connection.value === "connected") connection.value = "lost";
  });
  socket.on("state", take);
  socket.on("changed", (changed) => {
    if (!takeChanged(changed)) askForAll();
  });
  socket.on("wire", (added) => {
    if (!takeWire(added)) askForAll();
  });
  socket.connect();
}

function askForAll(): void {
  socket.emit("state:get", take);
}

/**
 * The token of this start of the playground. It comes behind the `#`, which no request carries, and
 * is kept for this tab alone, so that a reload works and the address can be shown to others.
 */
function readToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token") ?? "";
}

type Events = ClientToServerEvents;
type Payload<Name extends keyof Events> =
  Parameters<Events[Name]> extends [infer P, unknown] ? [P] : [];
type Answered<Name extends keyof Events> =
  Parameters<Events[Name]> extends [...unknown[], (answer: infer A) => void]
    ? A
    : never;
type Command = Exclude<keyof Events, "state:get">;

/** Asks the playground for something. It always answers: if it cannot be reached, in its place. */
export async function ask<Name extends Command>(
  command: Name,
  ...payload: Payload<Name>
): Promise<Answered<Name>> {
  const unreachable = {
    ok: false,
    message: "The playground does not answer. Is it still running?",
  } satisfies Answer as Answered<Name>;
  if (!socket.connected) return unreachable;
  try {
    // The types above say what socket.io-client cannot infer for a name that varies.
    const asked = socket.timeout(PATIENCE) as unknown as {
      emitWithAck(...args: unknown[]): Promise<Answered<Name>>;
    };
    return await asked.emitWithAck(command, ...payload);
  } catch {
    return unreachable;
  }
}
