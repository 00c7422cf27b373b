export { tlsOptions } from "../../../../solutions/14-mongodb-over-tls/tls.ts";

/** Mongoose has an error of its own, which holds what is known of each server. */
interface MongooseError extends Error {
  reason?: { servers?: ReadonlyMap<string, { error: Error | null }> };
}

export function tlsCodeOf(error: unknown): string | undefined {
  const { reason } = error as MongooseError;
  const [server] = reason?.servers?.values() ?? [];
  const cause = server?.error?.cause as NodeJS.ErrnoException | undefined;
  return cause?.syscall === undefined ? cause?.code : undefined;
}
