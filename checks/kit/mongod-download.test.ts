import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { probes } from "./database-probes.ts";
import { download, outcomeIn, progressLine } from "./mongod-download.ts";

let server: Server;
let answer: (response: ServerResponse) => void;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "workshop-download-"));
  server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("MONGOMS_DOWNLOAD_MIRROR", `http://127.0.0.1:${port}`);
  vi.stubEnv("MONGOMS_USE_HTTP", "true");
  vi.stubEnv("MONGOMS_MAX_RETRIES", "0");
  vi.stubEnv("MONGOMS_DOWNLOAD_DIR", folder);
  vi.stubEnv("MONGOMS_SYSTEM_BINARY", undefined);
  for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a proxy answers that wants to be logged in to. */
const page = (response: ServerResponse) =>
  response
    .writeHead(200, { "content-type": "text/html" })
    .end("<html>Please log in</html>");

describe("a download", () => {
  test("answered with a page ends with a fault", async () => {
    answer = page;
    expect(await download(() => {})).toEqual({ fault: expect.any(String) });
  });

  test("that breaks off ends with a fault", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-length": 1_000_000 });
      response.write("x".repeat(1000), () => response.destroy());
    };
    expect(await download(() => {})).toEqual({ fault: expect.any(String) });
  });

  test("that is refused ends with a fault", async () => {
    answer = (response) => response.writeHead(403).end();
    expect(await download(() => {})).toEqual({
      fault: expect.any(String),
    });
  });

  test("tells how far it is and how it ended", () => {
    expect(
      progressLine('Downloading MongoDB "8.2.6": 25% (20mb / 80mb)\r', 10_000),
    ).toBe(
      "Downloading MongoDB 8.2.6, once: 25 % of 80 MB, about 30 s left (Ctrl-C: go on with the built-in engine)",
    );
    expect(progressLine("else", 1)).toBeUndefined();
    expect(outcomeIn('noise\n{"path":"/x"}\n')).toEqual({ path: "/x" });
    expect(
      outcomeIn('{"fault":"Download failed, Details:\\nStatus Code is 403"}'),
    ).toEqual({
      fault: "Status Code is 403",
    });
    expect(outcomeIn("")).toEqual({
      fault: "the download ended without a result",
    });
  });
});

describe("the download host", () => {
  test("answers", async () => {
    answer = (response) => response.writeHead(404).end();
    expect(await probes.downloadHostAnswers()).toBe(true);
  });

  test("is not a proxy's page", async () => {
    answer = page;
    expect(await probes.downloadHostAnswers()).toBe(false);
  });

  test("is not asked for longer than two seconds", async () => {
    answer = () => {};
    expect(await probes.downloadHostAnswers()).toBe(false);
  });
});
