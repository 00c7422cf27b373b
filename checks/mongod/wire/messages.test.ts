import { connect, type Socket } from "node:net";
import { serialize } from "bson";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../engine.ts";
import { FrameReader, parseRequest, WireError } from "./messages.ts";
import { listen, type Listener } from "./server.ts";

/** A message of the protocol, by hand. */
function frame(opcode: number, body: Buffer, size = 16 + body.length): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(size, 0);
  head.writeInt32LE(7, 4);
  head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, body]);
}

function flags(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const ping = Buffer.from(serialize({ ping: 1, $db: "admin" }));
const section = (kind: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([kind]), bytes]);
const message = (...sections: Buffer[]) =>
  frame(2013, Buffer.concat([flags(0), ...sections]));

function sequence(name: string, documents: object[]): Buffer {
  const body = Buffer.concat([
    Buffer.from(`${name}\0`),
    ...documents.map((d) => serialize(d)),
  ]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(body.length + 4);
  return section(1, Buffer.concat([size, body]));
}

describe("reading frames", () => {
  test("gives messages however the bytes are cut", () => {
    const bytes = Buffer.concat([
      message(section(0, ping)),
      message(section(0, ping)),
    ]);
    for (let size = 1; size < bytes.length; size += 3) {
      const reader = new FrameReader();
      const frames: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...reader.push(bytes.subarray(at, at + size)));
      expect(frames.map((one) => parseRequest(one).command)).toEqual(
        Array(2).fill({ ping: 1, $db: "admin" }),
      );
    }
  });

  test.each([-1, 0, 15, 48_000_001])("refuses a length of %i", (size) => {
    expect(() =>
      new FrameReader().push(frame(2013, Buffer.alloc(4), size)),
    ).toThrow(WireError);
  });
});

describe("reading a message", () => {
  test("puts document sequences into the command", () => {
    const bytes = message(
      section(0, Buffer.from(serialize({ insert: "x", $db: "y" }))),
      sequence("documents", [{ a: 1 }, { a: 2 }]),
    );
    expect(parseRequest(bytes).command).toEqual({
      insert: "x",
      $db: "y",
      documents: [{ a: 1 }, { a: 2 }],
    });
  });

  test("knows an unacknowledged one", () => {
    const bytes = frame(2013, Buffer.concat([flags(2), section(0, ping)]));
    expect(parseRequest(bytes)).toMatchObject({ id: 7, unacknowledged: true });
  });

  const malformed: [string, Buffer][] = [
    [
      "an unknown opcode",
      frame(2012, Buffer.concat([flags(0), section(0, ping)])),
    ],
    ["no body", message(sequence("documents", [{}]))],
    ["two bodies", message(section(0, ping), section(0, ping))],
    ["an unknown section", message(section(2, ping))],
    [
      "a required flag that is unknown",
      frame(2013, Buffer.concat([flags(4), section(0, ping)])),
    ],
    [
      "a document longer than the message",
      message(section(0, Buffer.concat([flags(1000), ping]))),
    ],
    ["the same field twice", message(section(0, ping), sequence("ping", [{}]))],
    [
      "a sequence without a name",
      message(
        section(0, ping),
        section(1, Buffer.from([9, 0, 0, 0, 65, 65, 65, 65, 65])),
      ),
    ],
    [
      "a query that is no command",
      frame(
        2004,
        Buffer.concat([flags(0), Buffer.from("a.b\0"), Buffer.alloc(8), ping]),
      ),
    ],
  ];
  test.each(malformed)("refuses %s", (_title, bytes) => {
    expect(() => parseRequest(bytes)).toThrow();
  });
});

describe("a server", () => {
  let listener: Listener;
  let client: MongoClient;
  beforeAll(async () => {
    const engine = new Engine({
      host: "127.0.0.1",
      port: 0,
      log() {},
      shutdown() {},
    });
    listener = await listen(engine, "127.0.0.1", 0);
    client = await new MongoClient(
      `mongodb://127.0.0.1:${listener.port}`,
    ).connect();
  });
  afterAll(async () => {
    await client.close();
    await listener.close();
  });

  /** Numbers that look random and are the same in every run. */
  function noise(seed: number) {
    let state = seed;
    return (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
  }

  function sent(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const socket: Socket = connect(listener.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      // Whatever is answered: the frame after it is none, and ends the connection.
      socket.end(
        Buffer.concat([
          bytes,
          Buffer.from("ffffff7f", "hex"),
          Buffer.alloc(12),
        ]),
      );
      socket.resume();
    });
  }

  test(
    "outlives 10,000 random and malformed frames, and so do its other connections",
    { timeout: 60_000 },
    async () => {
      const random = noise(1);
      const commands = [
        { ping: 1, $db: "admin" },
        { insert: "x", documents: [{ a: 1 }], $db: "fuzz" },
        { find: "x", filter: { a: { $gt: 1 } }, $db: "fuzz" },
        { aggregate: "x", pipeline: [{ $match: {} }], cursor: {}, $db: "fuzz" },
      ];
      const frames = Array.from({ length: 10_000 }, (_, i) => {
        const body = Buffer.from(
          serialize(commands[i % commands.length] as object),
        );
        const bytes = Buffer.from(message(section(0, body)));
        // The length stays, so that the damage is found further in; every tenth is damaged there too.
        for (let n = random(8); n >= 0; n--)
          bytes[(i % 10 === 0 ? 0 : 4) + random(bytes.length - 4)] =
            random(256);
        return bytes;
      });
      const perConnection = 5;
      for (let at = 0; at < frames.length; at += perConnection * 50) {
        const connections = Array.from({ length: 50 }, (_, c) =>
          sent(
            Buffer.concat(
              frames.slice(
                at + c * perConnection,
                at + (c + 1) * perConnection,
              ),
            ),
          ),
        );
        await Promise.all([
          ...connections,
          client.db("admin").command({ ping: 1 }),
        ]);
      }
      await client.db("calm").collection("x").insertOne({ a: 1 });
      expect(await client.db("calm").collection("x").countDocuments()).toBe(1);
    },
  );

  test("answers the first hello of old manners", async () => {
    const query = frame(
      2004,
      Buffer.concat([
        flags(0),
        Buffer.from("admin.$cmd\0"),
        Buffer.alloc(8),
        Buffer.from(serialize({ isMaster: 1 })),
      ]),
    );
    const socket = connect(listener.port, "127.0.0.1");
    socket.write(query);
    const reply = await new Promise<Buffer>((resolve) =>
      socket.once("data", resolve),
    );
    expect(reply.readInt32LE(12)).toBe(1);
    expect(parseReply(reply.subarray(36))).toMatchObject({
      ismaster: true,
      ok: 1,
    });
    socket.destroy();
  });

  function parseReply(bytes: Buffer) {
    return parseRequest(message(section(0, bytes))).command;
  }
});
