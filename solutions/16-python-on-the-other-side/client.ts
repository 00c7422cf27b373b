import { type Socket, io } from "socket.io-client";

/** What the kitchen said. */
export interface Report {
  /** The acknowledgement of `table:sit`. */
  sat: unknown;
  /** All arguments of the acknowledgement of an order for cake. */
  cake: unknown[];
  /** The payload of the `dish:ordered` that everyone at the table hears. */
  heard: unknown;
  /** The acknowledgement of an order for soup; `null` if none has come after a second. */
  soup: unknown;
}

const TABLE = 7;

/** Sits down at a table of the kitchen at `url`, orders cake and soup, and leaves. */
export async function run(url: string): Promise<Report> {
  const socket = io(url);
  try {
    await connected(socket);
    const sat = await socket.emitWithAck("table:sit", TABLE);
    // Listening begins before the order: the news may come before the answer.
    const heard = once(socket, "dish:ordered");
    const cake = await answerTo(socket, "dish:order", TABLE, "cake");
    return { sat, cake, heard: await heard, soup: await orderSoup(socket) };
  } finally {
    socket.disconnect();
  }
}

/** A handler that fails in Python answers nothing: without a limit we would wait for ever. */
async function orderSoup(socket: Socket): Promise<unknown> {
  try {
    return await socket.timeout(1_000).emitWithAck("dish:order", TABLE, "soup");
  } catch {
    return null;
  }
}

/** `emitWithAck` gives the first argument of an acknowledgement. This gives all of them. */
function answerTo(
  socket: Socket,
  event: string,
  ...args: unknown[]
): Promise<unknown[]> {
  return new Promise((resolve) => {
    socket.emit(event, ...args, (...answer: unknown[]) => resolve(answer));
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
}

function once(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once(event, resolve);
  });
}

// By hand: npx tsx client.ts http://127.0.0.1:3000
if (process.argv[1] === import.meta.filename) {
  console.log(await run(process.argv[2] ?? "http://127.0.0.1:3000"));
}
