// Loads a learner's module in a process of its own, and calls what it exports when the check asks for
// it over IPC. What was called with may be an address, a path or any other JSON; see program.ts.
import { pathToFileURL } from "node:url";

const [, , file = ""] = process.argv;

/** What calls have given so far: a socket stays here, and the check speaks through it. */
const results = [];

process.on("message", (message) => {
  if (message?.type === "call") void answer(message, call);
  if (message?.type === "emit") void answer(message, emit);
  if (message?.type === "disconnect") results[message.result]?.disconnect?.();
  // Then nothing of ours keeps the process alive, and it ends unless something else does.
  if (message?.type === "let-go") process.channel?.unref();
});
// The preload has let go already, so that a server may end by itself; this one waits to be called.
process.channel?.ref();

const learners = await import(pathToFileURL(file).href);
tell({ type: "loaded", names: Object.keys(learners) });

async function answer(message, work) {
  try {
    tell({ type: "returned", id: message.id, value: await work(message) });
  } catch (error) {
    tell({ type: "threw", id: message.id, error: describeError(error) });
  }
}

async function call({ name, args }) {
  let returned;
  try {
    returned = learners[name](...args);
  } catch (error) {
    // To throw at once is something else than to give a promise that rejects.
    return { how: "threw", error: describeError(error) };
  }
  const isPromise = typeof returned?.then === "function";
  try {
    const value = await returned;
    const result = results.push(value) - 1;
    return {
      how: isPromise ? "resolved" : "returned",
      result,
      ...describe(value),
    };
  } catch (error) {
    return { how: "rejected", error: describeError(error) };
  }
}

/** Emits through a socket that a call has given, and waits for the acknowledgement. */
async function emit({ result, event, args }) {
  return results[result].emitWithAck(event, ...args);
}

function describe(value) {
  const isSocket =
    typeof value?.emit === "function" && typeof value.connected === "boolean";
  return isSocket
    ? { socket: { id: value.id ?? null, connected: value.connected } }
    : { value: asJson(value) };
}

function asJson(value) {
  try {
    return JSON.parse(JSON.stringify(value) ?? "null");
  } catch {
    return null;
  }
}

function describeError(error) {
  return error instanceof Error
    ? { isError: true, message: error.message, code: error.code ?? null }
    : { isError: false, message: String(error), code: null };
}

function tell(message) {
  if (process.connected) process.send(message, () => {});
}
