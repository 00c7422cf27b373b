import { say } from "../kit/chat.ts";
import { looking } from "../kit/in-step.ts";
import type { World } from "../kit/lesson.ts";
import { PATIENCE } from "../kit/patience.ts";
import { type Shape, describeShape, matches } from "../kit/shape.ts";
import { list } from "../kit/timeline.ts";
import { userOf } from "../kit/tokens.ts";
import { Unmet } from "../kit/unmet.ts";
import type { Reached } from "./mistakes.ts";
import type { Seated } from "./seats.ts";

/** Something that was told, by whom and to whom. */
interface Told {
  event: string;
  shape: Shape;
  from: Seated;
  hearers: readonly Seated[];
}

/**
 * Looks whom events reach, and how often, in whichever worker they are.
 *
 * That something does not come a second time is proved by what is told later on the same ways: see
 * {@link assertOnce}.
 */
export class Reach {
  readonly #world: World;
  readonly #seats: readonly Seated[];
  readonly #told: Told[] = [];

  /** @param seats everybody who might hear something */
  constructor(world: World, seats: readonly Seated[]) {
    this.#world = world;
    this.#seats = seats;
  }

  /**
   * Does something, and waits until all who should hear of it have heard it.
   *
   * @throws {Unmet} with a {@link Reached} when somebody does not
   */
  async expect(
    event: string,
    shape: Shape,
    from: Seated,
    hearers: readonly Seated[],
    act: () => unknown,
  ): Promise<void> {
    const told = { event, shape, from, hearers };
    this.#told.push(told);
    await act();
    const isHeard = () => hearers.every((seat) => times(seat, told) > 0);
    await looking([this.#world], isHeard, PATIENCE);
    if (!isHeard()) throw this.#unmet(told);
  }

  /** Somebody says something in a room, and these hear it. */
  async says(
    from: Seated,
    room: string,
    text: string,
    hearers: readonly Seated[],
  ): Promise<void> {
    const message = { room, user: userOf(from.client.name), text };
    await this.expect("message:new", message, from, hearers, () =>
      say(from.client, room, text),
    );
  }

  /**
   * Proves that everything was heard once, and by nobody else.
   *
   * Two of different workers, who are in the room still, say one more thing. What one worker has told
   * another before has arrived when that does: processes talk to each other in order.
   *
   * @param others who are in the room still, too
   * @throws {Unmet} with a {@link Reached}
   */
  async assertOnce(
    room: string,
    two: readonly [Seated, Seated],
    others: readonly Seated[] = [],
  ): Promise<void> {
    for (const from of two)
      await this.says(from, room, `the last of ${from.client.name}`, [
        ...two,
        ...others,
      ]);
    await this.#world.settle();
    for (const told of this.#told)
      if (this.#seats.some((seat) => times(seat, told) !== due(seat, told)))
        throw this.#unmet(told);
  }

  #unmet(told: Told): Unmet {
    const { event, shape, from, hearers } = told;
    const names = list(hearers.map(({ client }) => client.name));
    const heard = this.#seats.filter((seat) => times(seat, told) > 0);
    const inWords = heard.map((seat) => {
      const count = times(seat, told);
      return count === 1
        ? seat.client.name
        : `${seat.client.name} (${count} times)`;
    });
    const reached = this.#reached(told);
    const where =
      reached === "own worker only" && heard.length > 0
        ? `, in ${from.client.name}'s own worker, and by nobody in another`
        : "";
    return new Unmet(
      `${event} ${describeShape(shape)} reaches ${names}, once${hearers.length > 1 ? " each" : ""}, and nobody else`,
      heard.length === 0
        ? "nobody heard it"
        : `heard by ${list(inWords)}${where}`,
      {
        heardBy: heard.map(({ client }) => client.name),
        times: Math.max(0, ...this.#seats.map((seat) => times(seat, told))),
        value: { event, reached, othersGotAcross: this.#somethingElseCame() },
      },
    );
  }

  #reached(told: Told): Reached["reached"] {
    const { from, hearers } = told;
    const counts = this.#seats.map((seat) => ({
      ...seat,
      excess: times(seat, told) - due(seat, told),
      isMeant: hearers.includes(seat),
    }));
    if (counts.some(({ isMeant, excess }) => !isMeant && excess > 0))
      return "others too";
    if (counts.some(({ excess }) => excess > 0)) return "more than once";
    const missing = counts.filter(({ excess }) => excess < 0);
    const isElsewhere = ({ worker }: Seated) => worker !== from.worker;
    const elsewhere = hearers.filter(isElsewhere);
    if (missing.length > 0 && missing.length === elsewhere.length)
      if (missing.every(isElsewhere)) return "own worker only";
    const isNear = (seat: Seated) => !isElsewhere(seat);
    if (missing.every(isNear)) return "other workers only";
    return "some";
  }

  /** Whether anything at all has come from one worker to another, such as that somebody joined. */
  #somethingElseCame(): boolean {
    const events = ["room:joined", "room:left", "message:new", "typing"];
    return this.#seats.some(({ client, worker }) =>
      this.#seats.some(
        (from) =>
          from.worker !== worker &&
          events.some((event) =>
            client
              .heard(event)
              .some(({ args: [payload] }) =>
                matches({ user: userOf(from.client.name) }, payload),
              ),
          ),
      ),
    );
  }
}

/** How often somebody has heard it. */
function times({ client }: Seated, { event, shape }: Told): number {
  return client.heard(event).filter(({ args: [it] }) => matches(shape, it))
    .length;
}

function due(seat: Seated, { hearers }: Told): 0 | 1 {
  return hearers.includes(seat) ? 1 : 0;
}
