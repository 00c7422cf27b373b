import { useComputed } from "@preact/signals";
import { checkInWords } from "./lesson/progress.ts";
import { connection } from "./state/connection.ts";
import { check, server } from "./state/state.ts";
import { notice } from "./state/view.ts";

/** Says to those who hear the page what others see at a glance: little, and politely. */
export function Announcer() {
  const words = useComputed(() => {
    if (connection.value === "lost") return "The playground does not answer.";
    if (server.value?.status === "crashed")
      return `Your server has stopped: ${server.value.fault?.message ?? ""}`;
    const state = check.value;
    if (state === null || state.running || state.run === 0) return null;
    const failed = state.requirements.find(({ status }) => status === "failed");
    const next = failed === undefined ? "" : `. Not yet: ${failed.title}`;
    return `Check ${state.run}: ${checkInWords(state)}${next}`;
  });
  return (
    <p class="visually-hidden" role="status">
      {words}
    </p>
  );
}

/** The last sentence about what was done, until it is closed or another one comes. */
export function Notice() {
  const current = notice.value;
  return (
    <div class="notice-place" role="status">
      {current !== null && (
        <p class={current.bad ? "notice bad" : "notice"}>
          <span>{current.text}</span>
          <button
            type="button"
            class="icon"
            aria-label="Close the message"
            onClick={() => (notice.value = null)}
          >
            ✕
          </button>
        </p>
      )}
    </div>
  );
}
