import { ask } from "./http.ts";
import type { ServerProcess } from "./server-process.ts";
import type { Timeline } from "./timeline.ts";
import { Unmet } from "./unmet.ts";

/** Engine.IO separates the packets of one HTTP answer by this character. */
const SEPARATOR = "\u001e";

/**
 * An Engine.IO client over HTTP long-polling that polls only when it is told to.
 *
 * Between two polls the server has nowhere to send to, so that what it keeps for later and what it
 * throws away (volatile events) can be told apart. Packets are texts as the protocol writes them,
 * such as `42["welcome",{"id":"…"}]` (https://socket.io/docs/v4/engine-io-protocol).
 */
export class RawClient {
  readonly #server: ServerProcess;
  readonly #timeline: Timeline;
  readonly #session: string;
  /** What the server said in the handshake. */
  readonly upgrades: readonly string[];

  /** @throws {Unmet} when the handshake is not answered as the protocol says */
  static async open(
    server: ServerProcess,
    timeline: Timeline,
  ): Promise<RawClient> {
    const answer = await ask(
      server,
      timeline,
      "/socket.io/?EIO=4&transport=polling",
    );
    const handshake = answer.body.startsWith("0")
      ? readHandshake(answer.body.slice(1))
      : undefined;
    if (answer.status !== 200 || handshake === undefined)
      throw new Unmet(
        "the server opens an Engine.IO session on /socket.io/",
        `status ${answer.status}`,
        { status: answer.status },
      );
    return new RawClient(server, timeline, handshake);
  }

  private constructor(
    server: ServerProcess,
    timeline: Timeline,
    { sid, upgrades }: { sid: string; upgrades: string[] },
  ) {
    this.#server = server;
    this.#timeline = timeline;
    this.#session = sid;
    this.upgrades = upgrades;
  }

  /** Sends one packet, such as `40` to enter the main namespace. */
  async send(packet: string): Promise<void> {
    await this.#ask("POST", packet);
  }

  /**
   * Polls once and gives the packets that were waiting.
   *
   * @throws {RequestNeverAnswered} when nothing was waiting and nothing came
   */
  async poll(): Promise<string[]> {
    const { body } = await this.#ask("GET");
    return body.split(SEPARATOR);
  }

  async #ask(method: "GET" | "POST", body?: string) {
    const answer = await ask(
      this.#server,
      this.#timeline,
      `/socket.io/?EIO=4&transport=polling&sid=${this.#session}`,
      { method, quiet: true, ...(body === undefined ? {} : { body }) },
    );
    if (answer.status !== 200)
      throw new Unmet(
        "the Engine.IO session goes on",
        `status ${answer.status}`,
        { status: answer.status },
      );
    return answer;
  }
}

function readHandshake(
  text: string,
): { sid: string; upgrades: string[] } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { sid, upgrades } = value as { sid?: unknown; upgrades?: unknown };
    return typeof sid === "string" && Array.isArray(upgrades)
      ? { sid, upgrades: upgrades.map(String) }
      : undefined;
  } catch {
    return undefined;
  }
}
