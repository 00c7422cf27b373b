import { type Socket, io } from "socket.io-client";

export interface Report {
  sat: unknown;
  cake: unknown[];
  heard: unknown;
  soup: unknown;
}

const TABLE = 7;

export async function run(url: string): Promise<Report> {
  const socket = io(url);
  try {
    await connected(socket);
    const sat = await socket.emitWithAck("table:sit", TABLE);
    const heard = once(socket, "dish:ordered");
    const cake = await answerTo(socket, "dish:order", TABLE, "cake");
    return { sat, cake, heard: await heard, soup: null };
  } finally {
    socket.disconnect();
  }
}

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
