import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { MongoClient, type Collection } from "mongodb";

/** One measured number. */
export interface BenchRow {
  name: string;
  value: number;
  unit: "ms" | "/s" | "MiB";
  /** What the design asks for: at most so many ms or MiB, at least so many a second. */
  floor?: number;
}

/** What the bench is handed, so that it depends on nothing but the driver. */
export interface BenchSubject {
  /** Opens a database server, as the front door does. */
  open(): Promise<{ uri: string; close(): Promise<void> }>;
  /** The compiled engine, `mongod/main.js`. */
  engine: string;
}

/** Measures the built-in engine; takes about half a minute. Prints nothing. */
export async function benchEngine({
  open,
  engine,
}: BenchSubject): Promise<BenchRow[]> {
  const startsAndStops = await measureStarts(open);
  const { child, uri } = await startEngine(engine);
  const client = new MongoClient(uri, { maxPoolSize: 50, minPoolSize: 50 });
  try {
    await client.connect();
    const idle = await memoryOf(child.pid);
    const speeds = await measureSpeeds(client);
    const full = await measureFull(client, child.pid);
    return [
      ...startsAndStops,
      ...speeds,
      ...(idle === undefined
        ? []
        : [
            {
              name: "memory idle",
              value: idle,
              unit: "MiB",
              floor: 100,
            } as const,
          ]),
      ...full,
    ];
  } finally {
    await client.close();
    child.kill();
    await once(child, "exit");
  }
}

async function measureStarts(open: BenchSubject["open"]): Promise<BenchRow[]> {
  const starts: number[] = [];
  const stops: number[] = [];
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    const server = await open();
    const client = new MongoClient(server.uri);
    await client.db("bench").collection("first").insertOne({});
    starts.push(performance.now() - begin);
    await client.close();
    const end = performance.now();
    await server.close();
    stops.push(performance.now() - end);
  }
  return [
    {
      name: "open to the first insert, median of 7",
      value: median(starts),
      unit: "ms",
      floor: 800,
    },
    { name: "stop, median of 7", value: median(stops), unit: "ms", floor: 200 },
  ];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function startEngine(engine: string) {
  const child = spawn(
    process.execPath,
    [engine, "--port", "0", "--exitWithParent"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, attr } = JSON.parse(line) as {
      msg: string;
      attr: { port: number };
    };
    if (msg === "Waiting for connections")
      return { child, uri: `mongodb://127.0.0.1:${attr.port}/` };
  }
  throw new Error("the engine did not start");
}

async function measureSpeeds(client: MongoClient): Promise<BenchRow[]> {
  const collection = client
    .db("bench")
    .collection<{ _id: number; text: string }>("speed");
  let next = 0;
  const insert = () =>
    collection.insertOne({
      _id: next++,
      text: "a message of the usual length",
    });
  const find = () =>
    collection.findOne({ _id: Math.floor(Math.random() * next) });
  await perSecond(insert, 1, 300);
  return [
    {
      name: "insertOne on one connection",
      value: await perSecond(insert, 1),
      unit: "/s",
      floor: 800,
    },
    {
      name: "insertOne on fifty",
      value: await perSecond(insert, 50),
      unit: "/s",
      floor: 1500,
    },
    {
      name: "findOne by _id on one connection",
      value: await perSecond(find, 1),
      unit: "/s",
      floor: 1500,
    },
    {
      name: "findOne by _id on fifty",
      value: await perSecond(find, 50),
      unit: "/s",
      floor: 2000,
    },
  ];
}

/** How often a second an operation is done by so many workers at once. */
async function perSecond(
  operation: () => Promise<unknown>,
  workers: number,
  forMS = 2000,
): Promise<number> {
  const begin = performance.now();
  let done = 0;
  const work = async () => {
    for (; performance.now() - begin < forMS; done++) await operation();
  };
  await Promise.all(Array.from({ length: workers }, work));
  return done / ((performance.now() - begin) / 1000);
}

async function measureFull(
  client: MongoClient,
  pid: number | undefined,
): Promise<BenchRow[]> {
  const collection = client
    .db("bench")
    .collection<{ _id: number; room: string; seq: number }>("full");
  const documents = Array.from({ length: 10_000 }, (_, _id) => ({
    _id,
    room: `room-${_id % 10}`,
    seq: _id,
  }));
  await collection.insertMany(documents);
  const scan = await scanTime(collection);
  for (let i = 1; i < 10; i++)
    await collection.insertMany(
      documents.map(({ _id, ...rest }) => ({ _id: _id + i * 10_000, ...rest })),
    );
  const memory = await memoryOf(pid);
  return [
    {
      name: "scan of 10,000 documents, median of 7",
      value: scan,
      unit: "ms",
      floor: 20,
    },
    ...(memory === undefined
      ? []
      : [
          {
            name: "memory with 100,000 small documents",
            value: memory,
            unit: "MiB",
            floor: 250,
          } as const,
        ]),
  ];
}

async function scanTime(
  collection: Collection<{ _id: number; room: string; seq: number }>,
) {
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    await collection.find({ seq: -1 }).toArray();
    times.push(performance.now() - begin);
  }
  return median(times);
}

/** Resident memory of a process in MiB; undefined where `ps` does not tell. */
function memoryOf(pid: number | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, output) =>
      resolve(error ? undefined : Number(output) / 1024),
    );
  });
}
