import { restartServer } from "./state/actions.ts";
import { server } from "./state/state.ts";

const states = {
  compiling: "is compiled",
  starting: "starts",
  running: "runs",
  crashed: "has stopped with a fault",
  stopped: "is stopped",
} as const;

/** How the learner's server is, wherever one is on the page. */
export function ServerStatus() {
  const state = server.value;
  if (state === null) return null;
  const { status, url } = state;
  return (
    <div class={`server-status ${status}`}>
      <p>
        <span class="dot" aria-hidden="true" /> Your server {states[status]}
        {url !== null && (
          <>
            {" "}
            on{" "}
            <a href={url} target="_blank" rel="noopener">
              {url.replace(/^https?:\/\/(127\.0\.0\.1)?|\/$/g, "")}
              <span class="visually-hidden">, opens in a tab</span>
            </a>
          </>
        )}
      </p>
      <button type="button" class="quiet small" onClick={restartServer}>
        {status === "running" ? "Restart" : "Start"}
      </button>
    </div>
  );
}
