import type { Socket } from "socket.io";
import {
  Kind,
  type Matching,
  type Shape,
  describeShape,
  matches,
} from "../../checks/kit/shape.ts";
import type {
  Answer,
  ClientToServerEvents,
  NewClient,
  ServerToClientEvents,
} from "../protocol.ts";
import type { Playground } from "./playground.ts";
import { NotPossible } from "./texts.ts";
import type { Visitor } from "./visitor.ts";

export type PageSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

const NEEDS_CONFIRMATION = "Say that you want it.";

const text = new Kind<string>("a text", (value) => typeof value === "string");
const yesOrNo = new Kind<boolean>(
  "true or false",
  (value) => typeof value === "boolean",
);
const texts = new Kind<string[]>(
  "a list of texts",
  (value) =>
    Array.isArray(value) &&
    value.length <= 20 &&
    value.every((item) => typeof item === "string"),
);

/** What one page asks for, and the answers. What it sends is looked at first: anything can arrive. */
export function converse(socket: PageSocket, playground: Playground): void {
  const bench = () => playground.workbench;

  socket.on("state:get", (answer) => {
    if (typeof answer === "function")
      void playground.opened().then(() => answer(playground.state));
  });

  on("lesson:open", { name: text }, ({ name }) => playground.choose(name));
  on("hint:next", { requirement: text }, ({ requirement }) =>
    playground.nextHint(requirement),
  );
  on("solution:get", { confirmed: yesOrNo }, ({ confirmed }) => {
    const solution = playground.solution(confirmed);
    if (solution === null)
      throw new Unconfirmed(
        "You have not tried this lesson yet, and this shows the solution.",
      );
    return solution;
  });
  on("lesson:reset", { confirmed: yesOrNo }, ({ confirmed }) => {
    if (!confirmed) throw new Unconfirmed(NEEDS_CONFIRMATION);
    return { kept: listOf(bench().desk.reset().kept) };
  });
  on("lesson:carry", { confirmed: yesOrNo }, ({ confirmed }) => {
    if (!confirmed) throw new Unconfirmed(NEEDS_CONFIRMATION);
    return { kept: listOf(bench().desk.carry().kept) };
  });

  on("check:run", null, () => bench().checks.again());
  on("picture:get", { requirement: text }, ({ requirement }) => {
    const picture = bench().checks.picture(requirement);
    if (picture === undefined)
      throw new NotPossible("There is no picture of it in the last check.");
    return { picture };
  });
  on("server:restart", null, () => bench().server.restart());
  on("server:request", { path: text }, ({ path }) => bench().request(path));

  on("client:add", newClient(), (client) => bench().visitors.add(client));
  on("client:change", newClient(), (client) => bench().visitors.change(client));
  on("client:remove", { name: text }, ({ name }) =>
    bench().visitors.remove(name),
  );
  onClient("client:connect", (client) => client.connect());
  onClient("client:disconnect", (client) => client.disconnect());
  onClient("client:cut", (client) => client.cut());
  onClient("client:mend", (client) => client.mend());
  on("client:pause", { name: text, paused: yesOrNo }, ({ name, paused }) =>
    bench().visitors.get(name).pause(paused),
  );
  on(
    "client:emit",
    { from: text, event: text, args: texts, withAck: yesOrNo },
    async (emission) => ({
      acknowledged: await bench().visitors.get(emission.from).emit(emission),
    }),
  );
  on("database:cut", { cut: yesOrNo }, ({ cut }) => bench().cutDatabase(cut));
  on("wire:clear", null, () => playground.clearWire());

  function onClient(
    event: keyof ClientToServerEvents,
    act: (client: Visitor) => void | Promise<void>,
  ): void {
    on(event, { name: text }, ({ name }) => act(bench().visitors.get(name)));
  }

  /** @param shape of the payload; `null` where there is none */
  function on<S extends Shape>(
    event: keyof ClientToServerEvents,
    shape: S,
    act: (payload: Matching<S>) => unknown,
  ): void {
    const handle = async (...args: unknown[]) => {
      const answer = args.at(-1);
      const reply = await answerTo(shape, args, act);
      // Whoever reads the answer knows already what has changed.
      playground.tellNow();
      if (typeof answer === "function") answer(reply);
    };
    // The types of the events are those of a well-behaved page.
    (socket as Socket).on(event, (...args: unknown[]) => void handle(...args));
  }
}

/** What is answered: what `act` gives, or in a sentence why it is not possible. */
async function answerTo<S extends Shape>(
  shape: S,
  args: readonly unknown[],
  act: (payload: Matching<S>) => unknown,
): Promise<Answer> {
  const payload = shape === null ? null : args[0];
  try {
    if (!matches(shape, payload))
      throw new NotPossible(`This needs ${describeShape(shape)}.`);
    const result = await act(payload);
    return typeof result === "object" && result !== null
      ? { ok: true, ...result }
      : { ok: true };
  } catch (error) {
    const { message } = error as Error;
    return error instanceof Unconfirmed
      ? { ok: false, message, needs: "confirmation" }
      : { ok: false, message };
  }
}

/** What a person has to confirm first. */
class Unconfirmed extends Error {
  override name = "Unconfirmed";
}

function newClient(): Kind<NewClient> {
  const optional: Readonly<Record<string, (value: unknown) => boolean>> = {
    transport: (value) =>
      ["default", "websocket", "polling"].includes(value as string),
    namespace: (value) =>
      typeof value === "string" && /^\/[\w/-]{0,40}$/.test(value),
    auth: (value) => typeof value === "string",
    sendOffsets: (value) => typeof value === "boolean",
    answer: (value) => value === null || typeof value === "string",
  };
  return new Kind(
    "a name, and options that fit",
    (value) =>
      matches({ name: text }, value) &&
      Object.entries(value).every(
        ([key, option]) =>
          key === "name" ||
          (Object.hasOwn(optional, key) && optional[key]?.(option)),
      ),
  );
}

function listOf(kept: string | null): string[] {
  return kept === null ? [] : [kept];
}
