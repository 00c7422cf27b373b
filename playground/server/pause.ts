import type { Socket } from "socket.io-client";

type Engine = Socket["io"]["engine"];

/** The parts of Engine.IO's two transports at which reading can be held. */
interface Transport {
  name: string;
  /** Of websocket: https://github.com/websockets/ws/blob/master/doc/ws.md#websocketpause */
  ws?: { pause(): void; resume(): void };
  /** Of polling: asks the server once for what there is. */
  doPoll?: () => void;
}

/**
 * Holds a connection's reading: what the server sends stays on its way.
 *
 * By polling, a poll that is out already still brings one answer.
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
  const doPoll = transport.doPoll?.bind(transport);
  let isDue = false;
  transport.doPoll = () => {
    isDue = true;
  };
  return () => {
    delete transport.doPoll; // the class's own is back
    if (isDue) doPoll?.();
  };
}
