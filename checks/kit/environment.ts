/**
 * What a server under test finds in its environment: this machine's, without what would change how
 * Node or TLS behave, without what npm and vitest add, and with the lesson's own variables.
 */

/** Set on many real machines, and each of them changes what a server does. */
const removed = [
  "NODE_OPTIONS",
  "NODE_ENV",
  "NODE_DEBUG",
  "NODE_V8_COVERAGE",
  "NODE_CHANNEL_FD",
  "NODE_UNIQUE_ID",
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_USE_SYSTEM_CA",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "DEBUG",
  "FORCE_COLOR",
  "TEST",
  "DEV",
  "PROD",
  "MODE",
  "BASE_URL",
  // Lessons set these; whatever the learner's shell holds must not leak in.
  "PORT",
  "HOST",
  "PUBLIC_DIR",
  "MONGODB_URI",
  "MONGODB_DB",
  "CORS_ORIGIN",
  "TOKENS",
  "TLS_CERT_FILE",
  "TLS_KEY_FILE",
  "TLS_CA_FILE",
  "TLS_CLIENT_FILE",
  "WORKERS",
];

/** Prefixes of variables that npm and vitest add to whatever they start. */
const removedPrefixes = /^(npm_|VITEST)/i;

/**
 * @param additions the lesson's variables; these win
 * @param inherited the environment to begin with
 */
export function serverEnvironment(
  additions: Readonly<Record<string, string | undefined>>,
  inherited: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(
    ([name]) =>
      !removed.includes(name.toUpperCase()) && !removedPrefixes.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOST: "127.0.0.1",
    // A report shows what the server printed; colours would only be noise in it.
    NO_COLOR: "1",
    ...additions,
  };
}
