import { certificates } from "../kit/authority.ts";
import { CertificateFiles } from "../kit/certificate-files.ts";
import { showAnswer } from "../kit/http.ts";
import type { World } from "../kit/lesson.ts";
import { openTlsFront } from "../kit/tls-front.ts";
import { Unmet } from "../kit/unmet.ts";
import { assertStores } from "./chatting.ts";
import { NOT_SHOWN } from "./mistakes.ts";
import { lookUntil } from "./outcome.ts";

const CLIENT = "workshop-client";

const EXPECTED = `the database sees a certificate of ${CLIENT}`;

/** @throws {Unmet} when a database that lets in only whom it knows does not know the server */
export async function assertKnown(world: World): Promise<void> {
  const files = new CertificateFiles();
  const database = await world.emptyDatabase();
  const { certificate: clientCa } = await certificates.authority();
  const front = await openTlsFront(
    { port: database.tap.port },
    { identity: await certificates.of("right"), clientCa },
  );
  try {
    const { key, certificate } = await certificates.of("client");
    const env = {
      MONGODB_URI: database.uriAt(front.port),
      TLS_CLIENT_FILE: await files.file(key + certificate),
    };
    world.timeline.add({
      lane: "server",
      kind: "hinder",
      text: "the server was started with TLS_CLIENT_FILE, before a database that asks who comes",
    });
    const other = await world.another({ env }, database);
    const health = await lookUntil(
      other,
      ({ status }) =>
        status === 200 || front.attempts.some(({ code }) => code !== null),
    );
    if (front.attempts.some(({ code }) => code?.includes("PEER_DID_NOT")))
      throw new Unmet(EXPECTED, NOT_SHOWN);
    if (health.status !== 200)
      throw new Unmet(
        "the database lets the server in, and /health answers 200",
        showAnswer(health),
      );
    await assertStores(other);
    if (!front.attempts.some(({ clientName }) => clientName === CLIENT))
      throw new Unmet(EXPECTED, "it saw none of that name");
  } finally {
    await front.close();
    files.remove();
  }
}
