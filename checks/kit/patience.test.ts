import { expect, test } from "vitest";
import { CouldNotTell } from "./could-not-tell.ts";
import {
  LimitClock,
  pass,
  patiently,
  patientlyTry,
  type Turning,
} from "./patience.ts";
import { Unmet } from "./unmet.ts";

const never = new Promise<never>(() => {});

/** A server whose event loop needs `ms` for each turn. */
function serverThatTurnsIn(ms: number) {
  const server = {
    turns: 0,
    died: never,
    ping: async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      server.turns += 1;
    },
  };
  return server satisfies Turning;
}

test("patience is counted in turns: a slow server has as many as a quick one", async () => {
  const [quick, slow] = [serverThatTurnsIn(0), serverThatTurnsIn(30)];
  await Promise.all([pass(200, quick), pass(200, slow)]);
  expect([quick.turns, slow.turns]).toEqual([10, 10]);
});

test("what comes while patience lasts is given back", async () => {
  const slow = serverThatTurnsIn(50);
  const answer = new Promise<string>((resolve) =>
    setTimeout(() => resolve("late but right"), 300),
  );
  expect(await patiently(slow, answer, () => "too late", 200)).toBe(
    "late but right",
  );
});

test("when patience ends, the other way is taken", async () => {
  expect(
    await patiently(serverThatTurnsIn(0), never, () => "nothing came", 60),
  ).toBe("nothing came");
});

test("a server that dies ends every wait", async () => {
  const server = {
    ...serverThatTurnsIn(0),
    died: Promise.reject(new Error("dead")),
  };
  await expect(patiently(server, never, () => "nothing came")).rejects.toThrow(
    "dead",
  );
});

test("a loop that does not turn any more ends the wait with what is wrong with it", async () => {
  const server = {
    died: never,
    ping: () => Promise.reject(new Error("blocked")),
  };
  await expect(patiently(server, never, () => "nothing came")).rejects.toThrow(
    "blocked",
  );
});

test("a wait that is given up stops asking for turns", async () => {
  const server = serverThatTurnsIn(0);
  await pass(10_000, server, AbortSignal.abort());
  expect(server.turns).toBe(0);
});

test("looks again until it is as it should be, or until it is not worth it", async () => {
  const server = serverThatTurnsIn(0);
  const found = (count: number) =>
    new Unmet("3", String(count), { value: count });
  let looks = 0;
  const look = async () => {
    looks += 1;
    if (looks < 3) throw found(looks);
  };
  await patientlyTry(server, look);
  expect(looks).toBe(3);
  looks = 0;
  const isFirst = ({ facts }: Unmet) => facts.value === 0;
  await expect(patientlyTry(server, look, isFirst)).rejects.toMatchObject({
    received: "1",
  });
  expect(looks).toBe(1);
});

test("on a machine that is far too slow nothing can be told", async () => {
  // A clock that runs a thousand times too fast stands for a machine that is as much too slow.
  const { now } = performance;
  performance.now = () => now.call(performance) * 1_000;
  try {
    await expect(pass(200, serverThatTurnsIn(1))).rejects.toBeInstanceOf(
      CouldNotTell,
    );
  } finally {
    performance.now = now;
  }
});

/** Keeps this process from doing anything, as a busy machine does. */
function stall(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("an answer within the limit is in time", () => {
  const clock = new LimitClock();
  expect(clock.read(1_000).timeliness).toBe("in time");
  clock.stop();
});

test("an answer after the limit is late when this machine was not busy", async () => {
  const clock = new LimitClock();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(clock.read(50).timeliness).toBe("late");
  clock.stop();
});

test("an answer after the limit cannot be judged when this machine lost as much", async () => {
  const clock = new LimitClock();
  stall(300);
  expect(clock.read(50).timeliness).toBe("could not tell");
  clock.stop();
});
