import type { Manager } from "socket.io-client";
import { loadSocketIo } from "../kit/client.ts";
import type { World } from "../kit/lesson.ts";
import { patiently } from "../kit/patience.ts";
import { show } from "../kit/show.ts";

/** What a visitor brings to the door. */
export interface Brings {
  /** What the handshake carries; nothing at all unless given. */
  auth?: Record<string, unknown>;
  /** `/` unless given. */
  namespace?: string;
  /** HTTP headers of the handshake, such as Origin. */
  headers?: Record<string, string>;
  /** What stands in the address, behind the question mark. */
  query?: Record<string, string>;
}

/** What came of it. */
export type Outcome =
  | { was: "let in"; thenThrownOut: boolean }
  | { was: "refused"; message: unknown; data: unknown; thenLetIn: boolean }
  /** There is no session: the handshake itself was refused. */
  | { was: "turned away" }
  /** The connection was closed without a word. */
  | { was: "hung up on" };

/** The packets of Socket.IO that answer a CONNECT (https://socket.io/docs/v4/socket-io-protocol). */
const CONNECT = 0;
const DISCONNECT = 1;
const CONNECT_ERROR = 4;

interface Packet {
  type: number;
  nsp: string;
  data?: unknown;
}

/** The contract's limit for a refusal, in milliseconds. */
const ANSWER_LIMIT = 2_000;

/**
 * Knocks at a namespace, looks what comes of it, and goes away.
 *
 * A client of Socket.IO stops listening after its first answer. A visitor stays a moment longer: some
 * servers let in whom they have just refused, and some throw out whom they have just let in.
 *
 * @throws {Unmet} when there is no answer within the contract's 2 s
 */
export async function knock(
  world: World,
  name: string,
  brings: Brings = {},
): Promise<Outcome> {
  const { server, timeline, within } = world;
  const { namespace = "/", auth, headers, query } = brings;
  const { Manager } = await loadSocketIo();
  const manager = new Manager(server.url, {
    transports: ["websocket"],
    reconnection: false,
    autoConnect: false,
    ...(headers ? { extraHeaders: headers } : {}),
    ...(query ? { query } : {}),
  });
  const packets: Packet[] = [];
  manager.on("packet", (packet) => packets.push(packet));
  const told = () => packets.filter(({ nsp }) => nsp === namespace);
  timeline.add({
    lane: name,
    kind: "emit",
    text: `knocked at ${namespace} with ${broughtInWords(brings)}`,
  });
  try {
    const first = await within(
      ANSWER_LIMIT,
      `${name} is let in or refused`,
      firstAnswer(manager, told, () => say(manager, namespace, auth)),
    );
    if (first === "no session") return { was: "turned away" };
    if (first === "closed") return { was: "hung up on" };
    await settled(world, manager, packets);
    return outcomeOf(told());
  } finally {
    manager.engine.close();
  }
}

/** @param ask called once the session is open */
async function firstAnswer(
  manager: Manager,
  told: () => readonly Packet[],
  ask: () => void,
): Promise<Packet | "closed" | "no session"> {
  if (!(await opened(manager))) return "no session";
  const answer = next(manager, told);
  ask();
  return (await answer) ?? "closed";
}

function opened(manager: Manager): Promise<boolean> {
  return new Promise((resolve) => {
    manager.open((error) => resolve(error === undefined));
  });
}

function say(manager: Manager, namespace: string, auth?: object): void {
  const place = namespace === "/" ? "" : `${namespace},`;
  manager.engine.write(`${CONNECT}${place}${auth ? JSON.stringify(auth) : ""}`);
}

/** The first packet that `told` gives, or `undefined` if the connection ends before. */
function next(
  manager: Manager,
  told: () => readonly Packet[],
): Promise<Packet | undefined> {
  return new Promise((resolve) => {
    manager.on("packet", () => {
      if (told().length > 0) resolve(told()[0]);
    });
    manager.on("close", () => resolve(told()[0]));
  });
}

/** Waits for a later answer on the same connection; see `Client.settled`. */
async function settled(
  { server }: World,
  manager: Manager,
  packets: readonly Packet[],
): Promise<void> {
  for (const marker of ["/settled-1", "/settled-2"]) {
    if (manager.engine.readyState !== "open") return;
    say(manager, marker);
    const answer = next(manager, () =>
      packets.filter(({ nsp }) => nsp === marker),
    );
    await patiently(server, answer, () => undefined);
  }
}

function outcomeOf(packets: readonly Packet[]): Outcome {
  const [first] = packets;
  const came = (type: number) => packets.some((packet) => packet.type === type);
  if (first?.type !== CONNECT_ERROR)
    return { was: "let in", thenThrownOut: came(DISCONNECT) };
  const { message, data } = (first.data ?? {}) as Record<string, unknown>;
  return { was: "refused", message, data, thenLetIn: came(CONNECT) };
}

/** Such as `{ token: 'abc' } and Origin: http://a.example`. */
export function broughtInWords({ auth, headers, query }: Brings): string {
  const parts = [
    auth === undefined ? "nothing" : show(auth),
    ...Object.entries(headers ?? {}).map((header) => header.join(": ")),
    ...(query ? [`?${new URLSearchParams(query)}`] : []),
  ];
  return parts.join(" and ");
}
