/**
 * The end that the learner gives a command, by Ctrl-C or by closing the terminal.
 *
 * Windows knows Ctrl-C and the closing of its console; the other signals never come there.
 */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The exit status of a program that Ctrl-C has ended. */
export const INTERRUPTED = 130;

const controller = new AbortController();

/** Aborts when the command is to end. Whatever then goes on must not write anything any more. */
export const interrupted: AbortSignal = controller.signal;

/** Listens for the signals. A second one ends the process at once. */
export function listenForInterruption(): void {
  for (const signal of signals)
    process.on(signal, () => {
      // Somebody else listens for Ctrl-C just now, such as a download: then it is meant for that.
      if (process.listenerCount(signal) > 1) return;
      if (interrupted.aborted) process.exit(INTERRUPTED);
      controller.abort();
    });
}

/** Resolves when the command is to end. */
export const interruption = new Promise<void>((resolve) => {
  interrupted.addEventListener("abort", () => resolve(), { once: true });
});
