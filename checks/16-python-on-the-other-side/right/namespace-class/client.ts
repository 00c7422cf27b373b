import { setTimeout as sleep } from "node:timers/promises";
import { Manager } from "socket.io-client";

export function run(url: string) {
  const socket = new Manager(url, { reconnection: false }).socket("/");
  const heard: unknown[] = [];
  socket.onAny((event, payload) => {
    if (event === "dish:ordered") heard.push(payload);
  });
  const ask = (...words: [string, ...unknown[]]) =>
    Promise.race([
      new Promise<unknown[]>((resolve) => {
        socket.emit(...words, (...all: unknown[]) => resolve(all));
      }),
      sleep(900, [null]),
    ]);
  return ask("table:sit", 7)
    .then(async ([sat]) => ({
      sat,
      cake: await ask("dish:order", 7, "cake"),
      soup: (await ask("dish:order", 7, "soup"))[0],
      heard: heard[0],
    }))
    .finally(() => socket.io._close());
}
