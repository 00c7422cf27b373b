import { execFile } from "node:child_process";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { MongoClient, type MongoClientOptions } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificates } from "../kit/authority.ts";
import { CertificateFiles } from "../kit/certificate-files.ts";
import { type Database, openDatabase } from "../kit/database.ts";
import { type TlsFront, openTlsFront } from "../kit/tls-front.ts";
import { isPlain } from "./outcome.ts";

// The table in the lesson's README, measured: pymongo and Node's driver before the same database, whose
// certificate is from an authority of its own.

const run = promisify(execFile);

/** What came of it. */
interface Try {
  connected: boolean;
  /** What the error says. */
  says: string;
}

const python = await findPython();
const files = new CertificateFiles();
let caFile: string;
let database: Database;
let front: TlsFront;

beforeAll(async () => {
  caFile = await files.file((await certificates.authority()).certificate);
  database = await openDatabase();
  const identity = await certificates.of("right");
  const port = Number(new URL(database.uri).port);
  front = await openTlsFront({ port }, { identity });
});
afterAll(async () => {
  await front.close();
  await database.close();
  files.remove();
});

const address = () =>
  `mongodb://127.0.0.1:${front.port}/?directConnection=true`;

async function byNode(options: MongoClientOptions): Promise<Try> {
  const client = new MongoClient(address(), {
    serverSelectionTimeoutMS: 1_000,
    ...options,
  });
  try {
    await client.db("admin").command({ ping: 1 });
    return { connected: true, says: "" };
  } catch (error) {
    return { connected: false, says: (error as Error).message };
  } finally {
    await client.close();
  }
}

async function byPython(options: object): Promise<Try> {
  const program = join(import.meta.dirname, "connects.py");
  const { stdout } = await run(
    python ?? "",
    ["-B", program, address(), JSON.stringify(options)],
    { windowsHide: true },
  );
  return JSON.parse(stdout) as Try;
}

/** Whether somebody has spoken without TLS to the database. */
const wasPlain = () => front.attempts.some(isPlain);

describe("Node's driver", () => {
  const refused = {
    connected: false,
    says: expect.stringContaining("unable to verify the first certificate"),
  };

  test("refuses, if only TLS is asked for", async () => {
    expect(await byNode({ tls: true })).toEqual(refused);
  });
  test("refuses with Mozilla's roots", async () => {
    const ca = [...rootCertificates];
    expect(await byNode({ tls: true, ca })).toEqual(refused);
  });
  test("connects with the authority", async () => {
    const tried = await byNode({ tls: true, tlsCAFile: caFile });
    expect(tried).toEqual({ connected: true, says: "" });
    expect(wasPlain()).toBe(false);
  });
  test("speaks without TLS, if only the authority is given", async () => {
    const tried = await byNode({ tlsCAFile: caFile });
    expect(tried.connected).toBe(false);
    expect(wasPlain()).toBe(true);
  });
  test("accepts the certificate of another host, once any is allowed", async () => {
    front.present(await certificates.of("wrong-host"));
    const tried = await byNode({
      tls: true,
      tlsCAFile: caFile,
      tlsAllowInvalidCertificates: true,
    });
    front.present(await certificates.of("right"));
    expect(tried.connected).toBe(true);
  });
});

describe.skipIf(python === undefined)(
  "pymongo (for this, python3-pymongo and python3-certifi have to be installed)",
  () => {
    const refused = {
      connected: false,
      says: expect.stringContaining("unable to get local issuer certificate"),
    };

    test("refuses, if only TLS is asked for", async () => {
      expect(await byPython({ tls: true })).toEqual(refused);
    });
    test("refuses with certifi's roots", async () => {
      expect(await byPython({ tlsCAFile: "certifi" })).toEqual(refused);
    });
    test("connects with the authority", async () => {
      const tried = await byPython({ tls: true, tlsCAFile: caFile });
      expect(tried).toEqual({ connected: true, says: "" });
    });
    test("connects by TLS, too, if only the authority is given", async () => {
      expect(await byPython({ tlsCAFile: caFile })).toEqual({
        connected: true,
        says: "",
      });
    });
  },
);

/** A Python with pymongo and certifi, if there is one. */
async function findPython(): Promise<string | undefined> {
  const { PYTHON } = process.env;
  const places = PYTHON ? [PYTHON] : ["/usr/bin/python3", "python3", "python"];
  for (const place of places)
    try {
      await run(place, ["-c", "import pymongo, certifi"], {
        windowsHide: true,
      });
      return place;
    } catch {
      // Not there, or without them.
    }
  return undefined;
}
