import { decode, encode, limits } from "../bson/encoding.ts";
import { isDocument, type Document } from "../bson/values.ts";

/**
 * MongoDB's wire protocol, as far as today's drivers speak it: OP_MSG for everything and OP_QUERY
 * for the first hello of a connection. No compression is ever agreed on.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
const opcode = { reply: 1, query: 2004, message: 2013 } as const;
const headerBytes = 16;

const flag = {
  checksumPresent: 1 << 0,
  moreToCome: 1 << 1,
  /** The lower half of the flags must be understood by the receiver. */
  required: 0xffff,
} as const;

/** Bytes that are no message of the protocol. The connection they came on has to be closed. */
export class WireError extends Error {
  override name = "WireError";
}

/** A command as it came over the wire. */
export interface Request {
  id: number;
  command: Document;
  /** The client waits for no answer. */
  unacknowledged: boolean;
  /** Which message the answer has to be. */
  answerAs: "message" | "reply";
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /**
   * @returns the messages that are complete by now, in order
   * @throws WireError for a length that no message can have
   */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: Buffer[] = [];
    for (let frame = this.#next(); frame; frame = this.#next())
      frames.push(frame);
    return frames;
  }

  #next(): Buffer | undefined {
    if (this.#length < headerBytes) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < headerBytes) this.#join();
    const size = this.#chunks[0]?.readInt32LE(0) ?? 0;
    if (size < headerBytes || size > limits.messageBytes)
      throw new WireError(`a message cannot have ${size} bytes`);
    if (this.#length < size) return undefined;
    const all = this.#join();
    const rest = all.subarray(size);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    return all.subarray(0, size);
  }

  #join(): Buffer {
    const [first] = this.#chunks;
    const all =
      this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

/**
 * Reads one whole message.
 *
 * @throws WireError for what is no message, BSONError for documents that are none
 */
export function parseRequest(frame: Buffer): Request {
  const id = frame.readInt32LE(4);
  switch (frame.readInt32LE(12)) {
    case opcode.message:
      return parseMessage(id, frame);
    case opcode.query:
      return parseQuery(id, frame);
    default:
      throw new WireError(`opcode ${frame.readInt32LE(12)} is not supported`);
  }
}

function parseMessage(id: number, frame: Buffer): Request {
  if (frame.length < headerBytes + 4 + 1 + 5)
    throw new WireError("the message is too short");
  const flags = frame.readUInt32LE(headerBytes);
  const understood = flag.checksumPresent | flag.moreToCome;
  if (flags & flag.required & ~understood)
    throw new WireError("a required flag is unknown");
  const end = flags & flag.checksumPresent ? frame.length - 4 : frame.length;
  let position = headerBytes + 4;
  let body: Document | undefined;
  const sequences: [string, Document[]][] = [];
  while (position < end) {
    const kind = frame[position];
    const start = position + 1;
    const size = sizeAt(frame, start, end);
    const section = frame.subarray(start, start + size);
    if (kind === 0) {
      if (body) throw new WireError("a message has one body");
      body = decode(section);
    } else if (kind === 1) sequences.push(parseSequence(section));
    else throw new WireError(`section kind ${kind} is not supported`);
    position = start + size;
  }
  if (!body) throw new WireError("the message has no body");
  for (const [field, documents] of sequences) {
    if (Object.hasOwn(body, field))
      throw new WireError(`'${field}' is there twice`);
    body[field] = documents;
  }
  return {
    id,
    command: body,
    unacknowledged: (flags & flag.moreToCome) !== 0,
    answerAs: "message",
  };
}

/** The size that a document or section begins with, checked against what is there. */
function sizeAt(bytes: Buffer, start: number, end: number): number {
  if (start + 4 > end) throw new WireError("a section is cut short");
  const size = bytes.readInt32LE(start);
  if (size < 5 || start + size > end)
    throw new WireError("a section's size does not fit");
  return size;
}

/** A list of documents under one field name, such as the `documents` of an insert. */
function parseSequence(section: Buffer): [string, Document[]] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new WireError("a document sequence has no name");
  const documents: Document[] = [];
  let position = nameEnd + 1;
  while (position < section.length) {
    const size = sizeAt(section, position, section.length);
    documents.push(decode(section.subarray(position, position + size)));
    position += size;
  }
  return [section.toString("utf8", 4, nameEnd), documents];
}

function parseQuery(id: number, frame: Buffer): Request {
  const nameEnd = frame.indexOf(0, headerBytes + 4);
  if (nameEnd < 0) throw new WireError("a query has no namespace");
  const namespace = frame.toString("utf8", headerBytes + 4, nameEnd);
  if (!namespace.endsWith(".$cmd"))
    throw new WireError("queries other than commands are not supported");
  const start = nameEnd + 1 + 8;
  const size = sizeAt(frame, start, frame.length);
  const query = decode(frame.subarray(start, start + size));
  const command = isDocument(query.$query) ? query.$query : query;
  command.$db = namespace.slice(0, -".$cmd".length);
  return { id, command, unacknowledged: false, answerAs: "reply" };
}

/**
 * The message that answers a request.
 *
 * @param id a number for the answer itself
 * @throws BSONError where the document cannot be written, for instance because it is too large
 */
export function encodeAnswer(
  request: Request,
  id: number,
  document: Document,
): Buffer {
  const body = encode(document);
  const asMessage = request.answerAs === "message";
  const head = Buffer.alloc(headerBytes + (asMessage ? 5 : 20));
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(request.id, 8);
  head.writeInt32LE(asMessage ? opcode.message : opcode.reply, 12);
  if (!asMessage) {
    const awaitCapable = 8;
    head.writeInt32LE(awaitCapable, headerBytes);
    head.writeInt32LE(1, headerBytes + 16);
  }
  return Buffer.concat([head, body]);
}
