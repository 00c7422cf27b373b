import type { World } from "../kit/lesson.ts";
import { PATIENCE } from "../kit/patience.ts";
import type { RawClient } from "../kit/raw-client.ts";
import { aNumber, aString, matches } from "../kit/shape.ts";
import { Unmet } from "../kit/unmet.ts";

/** Packets as Socket.IO writes them: https://socket.io/docs/v4/socket-io-protocol */
const CONNECT = "40";
const EVENT = "42";
const ACK = "43";
const MARKER = "/marker,";

/**
 * A member of a room whose line is not there at the moment: a client over polling that does not poll.
 *
 * The server keeps for it what it must not miss, and throws away what is volatile.
 */
export class AbsentMember {
  readonly name: string;
  readonly #client: RawClient;
  readonly #timeline: World["timeline"];

  /** @throws {Unmet} when it is not let in, or not into the room */
  static async of(
    world: World,
    name: string,
    auth: object,
    room: string,
  ): Promise<AbsentMember> {
    const { timeline } = world;
    const client = await world.rawClient();
    const member = new AbsentMember(name, client, timeline);
    timeline.add({ lane: name, kind: "connect", text: "connects" });
    await client.send(CONNECT + JSON.stringify(auth));
    await member.#pollUntil(CONNECT);
    await client.send(`${EVENT}0${JSON.stringify(["room:join", { room }])}`);
    const answer = await member.#pollUntil(`${ACK}0`);
    const [joined] = JSON.parse(answer.slice(3)) as unknown[];
    const expected = { ok: true, members: aNumber };
    if (!matches(expected, joined))
      throw new Unmet(`${name} joins the room`, answer.slice(3));
    timeline.add({
      lane: name,
      kind: "emit",
      text: `joined ${room}, and does not listen for a moment`,
    });
    return member;
  }

  private constructor(
    name: string,
    client: RawClient,
    timeline: World["timeline"],
  ) {
    this.name = name;
    this.#client = client;
    this.#timeline = timeline;
  }

  /** Listens again, and gives the events that were kept meanwhile. */
  async returns(): Promise<{ event: string; payload: unknown }[]> {
    this.#timeline.add({
      lane: this.name,
      kind: "emit",
      text: "listens again",
    });
    // What the server sends for this comes last of all.
    await this.#client.send(`${CONNECT}${MARKER}`);
    const kept: string[] = [];
    await this.#pollUntil(`44${MARKER}`, kept);
    return kept.flatMap((packet) => {
      const list = /^42\d*(\[.*)$/s.exec(packet)?.[1];
      if (list === undefined) return [];
      const [event, payload] = JSON.parse(list) as unknown[];
      return matches(aString, event) ? [{ event, payload }] : [];
    });
  }

  /** @param others takes what came before */
  async #pollUntil(start: string, others: string[] = []): Promise<string> {
    for (let polls = 0; polls < MOST_POLLS; polls++) {
      const packets = await this.#client.poll();
      const found = packets.find((packet) => packet.startsWith(start));
      others.push(...packets);
      if (found !== undefined) return found;
    }
    throw new Unmet(
      `${this.name} is answered with a packet ${start}`,
      others.join(" "),
    );
  }
}

/** Each poll brings at least one packet, or ends by itself after the patience for one. */
const MOST_POLLS = PATIENCE / 40;
