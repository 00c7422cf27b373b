/** A piece of a raw packet, and what it means. */
export interface Piece {
  text: string;
  means: string;
}

/** https://socket.io/docs/v4/engine-io-protocol/ */
const engineTypes: Readonly<Record<string, string>> = {
  "0": "Engine.IO: open, with the session's id and the heartbeat",
  "1": "Engine.IO: close",
  "2": "Engine.IO: ping, are you there?",
  "3": "Engine.IO: pong, yes",
  "4": "Engine.IO: a message",
  "5": "Engine.IO: from now on over this transport",
  "6": "Engine.IO: nothing, it only ends a waiting request",
  b: "Engine.IO: bytes, as base64",
};

/** https://socket.io/docs/v4/socket-io-protocol/ */
const socketTypes: Readonly<Record<string, string>> = {
  "0": "Socket.IO: connect to a namespace",
  "1": "Socket.IO: disconnect from a namespace",
  "2": "Socket.IO: an event",
  "3": "Socket.IO: an acknowledgement",
  "4": "Socket.IO: the connection is refused",
  "5": "Socket.IO: an event with bytes",
  "6": "Socket.IO: an acknowledgement with bytes",
};

const carries: Readonly<Record<string, string>> = {
  "0": "what it brings along, or the socket's id",
  "2": "the event's name and its arguments",
  "3": "the answer's arguments",
  "4": "why",
  "5": "the event's name and its arguments, with places for the bytes",
  "6": "the answer's arguments, with places for the bytes",
};

/**
 * Takes a packet of Engine.IO and Socket.IO apart, such as `42/chat,7["chat:say",{"text":"Hello"}]`.
 *
 * @returns its pieces in order, which together are the packet; none if it is not such a packet
 */
export function explainPacket(raw: string): Piece[] {
  const engine = engineTypes[raw.charAt(0)];
  if (engine === undefined) return [];
  const pieces: Piece[] = [{ text: raw.charAt(0), means: engine }];
  const rest = raw.slice(1);
  if (raw.startsWith("4")) pieces.push(...explainMessage(rest));
  else if (rest !== "") pieces.push({ text: rest, means: "what it carries" });
  return pieces;
}

function explainMessage(message: string): Piece[] {
  const [, type, attachments, namespace, id, data] =
    /^([0-6])(\d+-)?(\/[^,]*,?)?(\d+)?([^]*)$/.exec(message) ?? [];
  if (type === undefined) return [{ text: message, means: "what it carries" }];
  const all: [string | undefined, string][] = [
    [type, socketTypes[type] ?? ""],
    [attachments, "how many packets of bytes follow"],
    [namespace, "the namespace"],
    [id, "its number: the acknowledgement has the same"],
    [data, carries[type] ?? "what it carries"],
  ];
  return all.flatMap(([text, means]) => (text ? [{ text, means }] : []));
}
