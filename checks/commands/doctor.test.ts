import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "../kit/repository.ts";
import {
  examineCertificateVariables,
  examineClock,
  examineNodeOptions,
} from "./doctor/certificates.ts";
import { examineDisk, examineFolders } from "./doctor/disk.ts";
import { examineBrowser, examinePython } from "./doctor/extras.ts";
import type { Finding } from "./doctor/finding.ts";
import {
  examineLocalhost,
  examineLoopback,
  examinePort,
  examineProxies,
} from "./doctor/network.ts";
import {
  type Locked,
  examineNode,
  examineNpm,
  examinePackages,
} from "./doctor/programs.ts";
import { setVariable, unsetVariables } from "./doctor/shell.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

describe("the command", () => {
  const workshop = new WorkshopCopy();
  afterAll(() => workshop.end());
  const quick = { WORKSHOP_MONGO: "built-in" };

  const schema = JSON.parse(
    readFileSync(join(root, "checks", "doctor.schema.json"), "utf8"),
  ) as object;
  const isDiagnosis = new Ajv2020({ allowUnionTypes: true }).compile<{
    ok: boolean;
    findings: Finding[];
  }>(schema);

  test("what is in the way is named with the command that mends it: 1", async () => {
    workshop.write(
      "package-lock.json",
      lockfile({ "node_modules/nowhere": { version: "1.0.0" } }),
    );
    const { status, stdout } = await workshop.run(["doctor"], quick);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^good {4}Node \d/m);
    expect(stdout).toMatch(/^trouble One package is missing/m);
    expect(stdout).toMatch(/^ +What to do: npm ci$/m);
    expect(stdout).toMatch(/^good {4}Database: the built-in engine/m);
    expect(stdout).toContain("\nOne thing is in the way.");
    expect(stdout).not.toMatch(/[✓✗]/);
    expect(stdout).not.toContain("\u001B");
  });

  test("0 when nothing is in the way; with --json for programs", async () => {
    workshop.write("package-lock.json", lockfile({}));
    const ended = await workshop.run(["doctor", "--json"], quick);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const value: unknown = JSON.parse(ended.stdout);
    expect(isDiagnosis(value) ? [] : isDiagnosis.errors).toEqual([]);
    expect(value).toMatchObject({ version: 1, ok: true });
  });

  test("what cannot be looked at is a note, and the others are told", async () => {
    workshop.remove("package-lock.json");
    const { status, stdout } = await workshop.run(["doctor"], quick);
    expect(stdout).toMatch(/^note {4}packages could not be examined/m);
    expect(stdout).toMatch(/^good {4}Database/m);
    expect(status).toBe(0);
  });

  test("a database that cannot be had is in the way", async () => {
    workshop.write("package-lock.json", lockfile({}));
    const { status, stdout } = await workshop.run(["doctor"], {
      WORKSHOP_MONGO: "of some other kind",
    });
    expect(stdout).toMatch(/^trouble WORKSHOP_MONGO=of some other kind/m);
    expect(status).toBe(1);
  });

  test("Python is looked at where the lesson with Python is", async () => {
    workshop.write("lessons/16-python/README.md", "# 16 Python\n");
    const { stdout } = await workshop.run(["doctor", "--json"], quick);
    workshop.remove("lessons/16-python");
    expect(idsIn(stdout)).toContain("python");
    const without = await workshop.run(["doctor", "--json"], quick);
    expect(idsIn(without.stdout)).not.toContain("python");
  });

  function idsIn(stdout: string): string[] {
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    return findings.map(({ id }) => id);
  }

  function lockfile(packages: Record<string, Locked>): string {
    return JSON.stringify({ packages: { "": {}, ...packages } });
  }
});

describe("programs", () => {
  test.each([
    ["20.18.3", "trouble"],
    ["20.19.0", "good"],
    ["22.4.1", "good"],
    ["9.20.0", "trouble"],
  ])("Node %s: %s", (version, state) => {
    expect(examineNode(version, ">=20.19")).toMatchObject({ state });
  });

  test.each([
    ["npm/11.19.1 node/v20.20.2 linux x64", null, "good", "npm 11.19.1"],
    ["yarn/4.0.0 npm/? node/v20.20.2", "10.8.2", "good", "npm 10.8.2"],
    ["", "9.5.0", "note", "npm 9.5.0 is older"],
    ["", null, "note", "not found"],
  ])("npm: %s, %s: %s", async (agent, inPath, state, text) => {
    const finding = await examineNpm(agent, () => Promise.resolve(inPath));
    expect(finding).toMatchObject({
      state,
      text: expect.stringContaining(text) as string,
    });
  });

  describe("packages", () => {
    const mac = { os: ["darwin"], cpu: ["arm64"], optional: true };
    const linux = { os: ["linux"], cpu: ["x64"], optional: true };
    const locked: Record<string, Locked> = {
      "": {},
      "node_modules/one": { version: "1.0.0" },
      "node_modules/one/node_modules/two": { version: "2.0.0" },
      "node_modules/one-mac": { version: "1.0.0", ...mac },
      "node_modules/one-glibc": { version: "1.0.0", ...linux, libc: ["glibc"] },
      "node_modules/one-musl": { version: "1.0.0", ...linux, libc: ["musl"] },
    };
    const system = { os: "linux", cpu: "x64", libc: "glibc" };
    const right: Record<string, string> = {
      "node_modules/one": "1.0.0",
      "node_modules/one/node_modules/two": "2.0.0",
      "node_modules/one-glibc": "1.0.0",
    };

    test.each<
      [what: string, changes: Record<string, string | null>, text: string]
    >([
      ["as locked", {}, "The 2 packages are those"],
      [
        "an optional one is missing",
        { "node_modules/one-glibc": null },
        "The 2 packages are those",
      ],
      [
        "one is missing",
        { "node_modules/one/node_modules/two": null },
        "One package is missing or of another version than package-lock.json says: two.",
      ],
      [
        "two are older",
        {
          "node_modules/one": "0.9.0",
          "node_modules/one/node_modules/two": "1.0.0",
        },
        "2 packages are missing or of another version than package-lock.json says: one is the first.",
      ],
      [
        "copied from a Mac",
        { "node_modules/one-mac": "1.0.0", "node_modules/one-glibc": null },
        "another system: one-mac is not for this one",
      ],
      [
        "copied from a Linux with musl",
        { "node_modules/one-musl": "1.0.0" },
        "another system: one-musl",
      ],
    ])("%s", (_what, changes, text) => {
      const installed: Record<string, string | null> = { ...right, ...changes };
      const finding = examinePackages(
        locked,
        (path) => installed[path] ?? null,
        system,
      );
      expect(finding.text).toContain(text);
      expect(finding.mend).toBe(finding.state === "good" ? null : "npm ci");
    });
  });
});

describe("network", () => {
  test("a port that is taken is a note, with another one", async () => {
    const server = createServer();
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    const { port } = server.address() as AddressInfo;
    expect(await examinePort(port)).toMatchObject({
      state: "note",
      mend: setVariable("PORT", String(port + 1)),
    });
    await new Promise((done) => server.close(done));
    expect(await examinePort(port)).toMatchObject({ state: "good" });
  });

  test("programs on this machine reach each other", async () => {
    expect(await examineLoopback()).toMatchObject({ state: "good" });
  });

  test.each([
    ["127.0.0.1", "good"],
    ["::1", "good"],
    ["10.0.0.7", "note"],
    [null, "note"],
  ])("localhost is %s: %s", async (address, state) => {
    const find = () =>
      address === null
        ? Promise.reject(new Error("ENOTFOUND"))
        : Promise.resolve(address);
    expect(await examineLocalhost(find)).toMatchObject({ state });
  });

  const proxy = "http://user:secret@proxy.example:8080";

  test.each<[NodeJS.ProcessEnv, Finding["state"]]>([
    [{}, "good"],
    [{ HTTPS_PROXY: "" }, "good"],
    [{ https_proxy: proxy, no_proxy: "localhost, 127.0.0.1" }, "good"],
    [{ HTTPS_PROXY: proxy, NO_PROXY: "*" }, "good"],
    [{ HTTPS_PROXY: proxy, NO_PROXY: ".example" }, "note"],
    [{ HTTP_PROXY: proxy, NODE_USE_ENV_PROXY: "1" }, "trouble"],
  ])("%j: %s", (environment, state) => {
    const finding = examineProxies(environment);
    expect(finding).toMatchObject({ state });
    expect(JSON.stringify(finding)).not.toContain("secret");
  });

  test("exceptions that are there stay", () => {
    const { mend } = examineProxies({
      HTTP_PROXY: proxy,
      NO_PROXY: ".example",
    });
    expect(mend).toBe(setVariable("NO_PROXY", ".example,127.0.0.1,localhost"));
  });
});

describe("certificates", () => {
  test.each<[NodeJS.ProcessEnv, Finding["state"], string]>([
    [{}, "good", "No variable"],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "1" }, "good", "No variable"],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "trouble", "every certificate"],
    [{ SSL_CERT_FILE: "there.pem" }, "note", "SSL_CERT_FILE: it changes"],
    [
      { SSL_CERT_DIR: "there.d", NODE_USE_SYSTEM_CA: "1" },
      "note",
      "NODE_USE_SYSTEM_CA, SSL_CERT_DIR: they change",
    ],
    [{ NODE_EXTRA_CA_CERTS: "gone.pem" }, "note", "does not exist"],
  ])("%j: %s", (environment, state, text) => {
    const finding = examineCertificateVariables(environment, (path) =>
      String(path).startsWith("there"),
    );
    expect(finding.state).toBe(state);
    expect(finding.text).toContain(text);
    expect(finding.mend === null).toBe(state === "good");
  });

  test("NODE_OPTIONS is a note", () => {
    expect(examineNodeOptions({}).state).toBe("good");
    expect(examineNodeOptions({ NODE_OPTIONS: "--inspect" }).text).toContain(
      "--inspect",
    );
  });

  const now = Date.UTC(2026, 10, 23);
  const day = 86_400_000;

  test.each<[what: string, Parameters<typeof examineClock>[0], state: string]>([
    ["agrees", { now, newestFile: now - day, fileSystem: now }, "good"],
    [
      "is before the files",
      { now, newestFile: now + 2 * day, fileSystem: now },
      "trouble",
    ],
    [
      "is far ahead",
      { now, newestFile: now - 4_000 * day, fileSystem: now },
      "trouble",
    ],
    [
      "is not that of the disk",
      { now, newestFile: now - day, fileSystem: now - 60_000 },
      "note",
    ],
  ])("a clock that %s: %s", (_what, clocks, state) => {
    expect(examineClock(clocks, "linux")).toMatchObject({ state });
  });

  test.each<[NodeJS.Platform, string]>([
    ["linux", "timedatectl"],
    ["darwin", "sntp"],
    ["win32", "w32tm"],
    ["freebsd", "set the clock"],
  ])("on %s: %s", (platform, word) => {
    const clocks = { now, newestFile: now + 2 * day, fileSystem: now };
    expect(examineClock(clocks, platform).mend).toContain(word);
  });

  test("the real clocks agree", () => {
    expect(examineClock()).toMatchObject({ state: "good" });
  });
});

describe("disk", () => {
  test.each([
    [50e9, "good"],
    [1e9, "note"],
    [0.1e9, "trouble"],
  ])("%i bytes free: %s", (free, state) => {
    expect(examineDisk(() => free)).toMatchObject({ state });
  });

  test("the fuller of two disks counts", () => {
    const frees = [50e9, 0];
    expect(examineDisk(() => frees.pop() ?? 0).state).toBe("trouble");
  });

  test("a folder that cannot be written to is named", () => {
    const finding = examineFolders((folder) => !folder.endsWith("lessons"));
    expect(finding.state).toBe("trouble");
    expect(finding.text).toContain("lessons");
    expect(examineFolders().state).toBe("good");
  });
});

describe("extras are never in the way", () => {
  test("a browser", async () => {
    const there = await examineBrowser(() => Promise.resolve("/opt/chromium"));
    expect(there.text).toContain("/opt/chromium");
    const none = await examineBrowser(() => Promise.resolve(undefined));
    expect(none).toMatchObject({ state: "note" });
    expect(none.mend).toContain("install chromium");
  });

  const said = { version: "3.12.1", hasFlaskSocketIO: true };

  test.each<
    [
      platform: NodeJS.Platform,
      pythons: Record<string, typeof said>,
      state: string,
      mend: string | null,
    ]
  >([
    ["linux", { python3: said }, "good", null],
    ["linux", { python: said }, "good", null],
    ["win32", { py: said }, "good", null],
    [
      "win32",
      { py: { ...said, hasFlaskSocketIO: false } },
      "note",
      "py -m pip install flask-socketio",
    ],
    ["linux", {}, "note", "install Python 3 from https://www.python.org"],
  ])("Python on %s, %j", async (platform, pythons, state, mend) => {
    const finding = await examinePython(
      (name) => Promise.resolve(pythons[name] ?? null),
      platform,
    );
    expect(finding).toMatchObject({ state, mend });
  });
});

test("variables in the shell of each system", () => {
  expect(setVariable("A", "b", "linux")).toBe("export A='b'");
  expect(setVariable("A", "b", "win32")).toBe("$env:A='b'");
  expect(unsetVariables(["A", "B"], "darwin")).toBe("unset A B");
  expect(unsetVariables(["A", "B"], "win32")).toBe("Remove-Item Env:A, Env:B");
});
