import type { Socket } from "socket.io-client";

/** What one side writes in Engine.IO's text form: https://socket.io/docs/v4/engine-io-protocol/ */
interface EnginePacket {
  type: string;
  data?: unknown;
}

const numbers: Readonly<Record<string, string>> = {
  open: "0",
  close: "1",
  ping: "2",
  pong: "3",
  message: "4",
  upgrade: "5",
  noop: "6",
};

/** Of a packet that carries bytes, and of one that is far too long, this is kept. */
const MOST_CHARACTERS = 4_000;

type Manager = Socket["io"];
/** The part of socket.io-client that decodes; it has no public name there. */
interface Decoding {
  decoder: { on(event: "decoded", listener: (packet: object) => void): void };
}

/**
 * Follows the packets of one client as they go over the wire, so that an event can be shown together
 * with the text that carried it.
 */
export class RawPackets {
  /** What came since the last packet of Socket.IO was complete. */
  #arriving: string[] = [];
  #leaving: string[] | undefined;
  readonly #texts = new WeakMap<object, string>();
  #current = "";

  /** Call this before the socket connects for the first time. */
  constructor(manager: Manager) {
    (manager as unknown as Decoding).decoder.on("decoded", (packet) => {
      this.#texts.set(packet, this.#arriving.join("\n"));
      this.#arriving = [];
    });
    // The socket hears the same later, because it subscribes when it connects.
    manager.on("packet", (packet) => {
      this.#current = this.#texts.get(packet) ?? "";
    });
  }

  /** Each connection has an engine of its own. */
  follow(engine: Manager["engine"]): void {
    this.#arriving = [];
    engine.on("packet", (packet) => {
      // A ping between the parts of a packet belongs to nobody.
      if (["open", "message"].includes(packet.type))
        this.#arriving.push(asText(packet));
    });
    engine.on("packetCreate", (packet) => this.#leaving?.push(asText(packet)));
  }

  /** The packet that is being handled now, as it arrived. */
  get arrived(): string {
    return this.#current;
  }

  /** Does something, and gives the packets that it sent. */
  sentBy(act: () => void): string {
    this.#leaving = [];
    try {
      act();
      return this.#leaving.join("\n");
    } finally {
      this.#leaving = undefined;
    }
  }
}

function asText({ type, data }: EnginePacket): string {
  const number = numbers[type] ?? "";
  if (data === undefined || data === null) return number;
  if (typeof data === "string") return number + data.slice(0, MOST_CHARACTERS);
  const { byteLength = 0 } = data as { byteLength?: number };
  return `‹${byteLength} bytes›`;
}
