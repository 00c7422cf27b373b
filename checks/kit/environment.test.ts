import { expect, test } from "vitest";
import { serverEnvironment } from "./environment.ts";

test("what changes Node, TLS or the lesson is removed, the rest stays", () => {
  const environment = serverEnvironment(
    { PORT: "4711" },
    {
      PATH: "/somewhere",
      Path: "C:\\somewhere",
      NODE_OPTIONS: "--inspect",
      NODE_EXTRA_CA_CERTS: "/ca.pem",
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      SSL_CERT_FILE: "/ca.pem",
      REQUESTS_CA_BUNDLE: "/ca.pem",
      npm_config_json: "true",
      VITEST_WORKER_ID: "1",
      PORT: "3000",
      MONGODB_URI: "mongodb://elsewhere",
      node_env: "production",
    },
  );
  expect(environment).toEqual({
    PATH: "/somewhere",
    Path: "C:\\somewhere",
    HOST: "127.0.0.1",
    NO_COLOR: "1",
    PORT: "4711",
  });
});
