import { lookup } from "node:dns/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { doctor as messages } from "../messages.ts";
import { type Finding, good, note, trouble } from "./finding.ts";
import { setVariable } from "./shell.ts";

/** Where a server listens when nobody says otherwise. */
const USUAL_PORT = 3000;
const HERE = "127.0.0.1";
/** In milliseconds: nothing on one's own machine takes so long. */
const LONGEST = 5_000;

/** Whether a server that is started by hand finds its port free. */
export async function examinePort(port = USUAL_PORT): Promise<Finding> {
  const code = await tryToListen(port);
  return code === null
    ? good("port", messages.portFree(port))
    : note(
        "port",
        messages.portTaken(port, code),
        `${setVariable("PORT", String(port + 1))}`,
      );
}

function tryToListen(port: number): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? error.message),
    );
    server.listen(port, HERE, () => server.close(() => resolve(null)));
  });
}

/** Whether a server of this machine can be reached from this machine, which every check does. */
export async function examineLoopback(): Promise<Finding> {
  const server = createServer((_request, response) => response.end("here"));
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, HERE, () =>
        resolve((server.address() as AddressInfo).port),
      );
    });
    await ask(port);
    return good("loopback", messages.loopback);
  } catch (error) {
    return trouble(
      "loopback",
      messages.loopbackBlocked((error as Error).message),
      messages.allowLoopback,
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function ask(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    request(
      { host: HERE, port, signal: AbortSignal.timeout(LONGEST) },
      (response) => {
        response.resume().once("end", () => resolve());
      },
    )
      .once("error", reject)
      .end();
  });
}

/** Whether `localhost` is this machine. The lessons on TLS use that name. */
export async function examineLocalhost(
  find = async () => (await lookup("localhost")).address,
): Promise<Finding> {
  const address = await find().catch(() => null);
  return address === HERE || address === "::1"
    ? good("localhost", messages.localhost(address))
    : note(
        "localhost",
        messages.localhostElsewhere(address),
        messages.mendLocalhost,
      );
}

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/** Proxies matter for downloads. For this machine itself they must not be asked. */
export function examineProxies(
  environment: NodeJS.ProcessEnv = process.env,
): Finding {
  const names = Object.keys(environment).filter(
    (name) => proxyNames.includes(name.toUpperCase()) && environment[name],
  );
  if (names.length === 0) return good("proxy", messages.noProxy);
  const { NO_PROXY, no_proxy, NODE_USE_ENV_PROXY } = environment;
  const exceptions = (NO_PROXY ?? no_proxy ?? "").split(/[\s,]+/);
  if (exceptions.includes("*") || exceptions.includes(HERE))
    return good("proxy", messages.proxyWithException(names));
  const mend = setVariable(
    "NO_PROXY",
    [...exceptions.filter(Boolean), HERE, "localhost"].join(","),
  );
  // With this, newer versions of Node send every request through the proxy.
  return NODE_USE_ENV_PROXY === "1"
    ? trouble("proxy", messages.proxyForEverything(names), mend)
    : note("proxy", messages.proxyWithoutException(names), mend);
}
