import { useSignal } from "@preact/signals";
import { server } from "../state/state.ts";

/** The page that the learner's server serves, as its users see it. */
export function Users() {
  const loads = useSignal(0);
  const url = server.value?.url ?? null;
  if (url === null)
    return (
      <div class="empty">
        <p>
          Your server does not run. Its page appears here as soon as it does.
        </p>
      </div>
    );
  return (
    <section class="users" aria-label="Users' view">
      <h2 class="visually-hidden">Users' view</h2>
      <div class="toolbar">
        <code class="address">{url}</code>
        <button
          type="button"
          class="quiet small"
          onClick={() => (loads.value += 1)}
        >
          Reload
        </button>
        <a class="button quiet small" href={url} target="_blank" rel="noopener">
          Open in a tab
        </a>
      </div>
      {url.startsWith("https:") ? (
        <div class="empty">
          <p>
            Your server speaks TLS with a certificate that only this workshop
            trusts. A browser asks you first: open the page in a tab.
          </p>
        </div>
      ) : (
        <iframe
          key={`${url} ${loads.value}`}
          title="The page of your server"
          src={url}
          sandbox="allow-scripts allow-same-origin allow-forms allow-popups"
          referrerpolicy="no-referrer"
        />
      )}
    </section>
  );
}
