import type { Socket } from "socket.io-client";

type Engine = Socket["io"]["engine"];

/** The parts of Engine.IO's two transports at which reading can be held. */
interface Transport {
  name: string;
  /** Of websocket: https://github.com/websockets/ws/blob/master/doc/ws.md#websocketpause */
  ws?: { pause(): void; resume(): void };
  /** Of polling: asks the server once for what there is. */
  doPoll?: () => void;
  /** Takes what a poll has brought. */
  onPacket?: (packet: object) => void;
}

/**
 * Holds a connection's reading: what the server sends stays on its way. By polling, what a poll that is
 * out already brings is put aside, and no other follows.
 *
 * @returns goes on reading
 */
export function pauseReading(engine: Engine): () => void {
  const transport = engine.transport as unknown as Transport;
  return transport.name === "websocket"
    ? pauseWebSocket(transport)
    : pausePolling(transport);
}

function pauseWebSocket({ ws }: Transport): () => void {
  ws?.pause();
  return () => ws?.resume();
}

function pausePolling(transport: Transport): () => void {
  const held: object[] = [];
  let isDue = false;
  transport.onPacket = (packet) => held.push(packet);
  transport.doPoll = () => {
    isDue = true;
  };
  return () => {
    // The class's own are back.
    delete transport.onPacket;
    delete transport.doPoll;
    goOn(transport, held, isDue);
  };
}

function goOn(
  transport: Transport,
  held: readonly object[],
  isDue: boolean,
): void {
  for (const packet of held) transport.onPacket?.(packet);
  if (isDue) transport.doPoll?.();
}
