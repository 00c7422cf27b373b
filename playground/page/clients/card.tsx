import type { ComponentChildren } from "preact";
import type { ClientState } from "../../protocol.ts";
import { onClient, pauseClient } from "../state/actions.ts";
import { dialog, filter, show } from "../state/view.ts";
import { toneOf } from "../wire/steps.ts";

/** How a client's line stands. */
const states = {
  connecting: "connecting…",
  connected: "connected",
  disconnected: "disconnected",
  cut: "line cut",
  refused: "refused",
} as const satisfies Record<ClientState["status"], string>;

/** One client: how it is, and what can be done to its line. */
export function Card({ client }: { client: ClientState }) {
  const { name, status, refusal, heard } = client;
  return (
    <article class={`card ${status} tone-${toneOf(name)}`} aria-label={name}>
      <header>
        <h3>{name}</h3>
        {heard > 0 && (
          <button
            type="button"
            class="link small"
            title={`Show on the wire what concerns ${name}`}
            onClick={() => {
              filter.value = { ...filter.value, text: name };
              show("wire");
            }}
          >
            heard {heard}
          </button>
        )}
        <button
          type="button"
          class="icon"
          aria-label={`Options of ${name}`}
          title="Transport, namespace, token, …"
          onClick={() => (dialog.value = { kind: "client", name })}
        >
          ⋯
        </button>
      </header>
      <p class="status">{inWords(client)}</p>
      <Facts client={client} />
      {refusal !== null && status !== "connected" && (
        <p class="refusal">{refusal}</p>
      )}
      <div class="buttons">
        <LineButtons client={client} />
      </div>
    </article>
  );
}

function inWords({ status, via, paused, recovered }: ClientState): string {
  if (status !== "connected") return states[status];
  return [
    `connected by ${via ?? "…"}`,
    ...(recovered ? ["session recovered"] : []),
    ...(paused ? ["not reading"] : []),
  ].join(", ");
}

/** What is not as usual with it. */
function Facts({ client }: { client: ClientState }) {
  const { namespace, auth, offsets, sendOffsets } = client;
  const seen = Object.entries(offsets);
  const facts = [
    ...(namespace === "/" ? [] : [`namespace ${namespace}`]),
    ...(auth === "" ? [] : [`brings ${auth}`]),
    ...(sendOffsets && seen.length > 0
      ? [`last heard ${seen.map(([room, seq]) => `${room} ${seq}`).join(", ")}`]
      : []),
  ].join(" · ");
  if (facts === "") return null;
  return (
    <p class="facts mono" title={facts}>
      {facts}
    </p>
  );
}

function LineButtons({ client }: { client: ClientState }) {
  const { name, status, paused } = client;
  if (status === "cut")
    return (
      <Small onClick={() => onClient("client:mend", name)} name={name}>
        Mend the line
      </Small>
    );
  if (status !== "connected")
    return (
      <>
        <Small onClick={() => onClient("client:connect", name)} name={name}>
          Connect
        </Small>
        <Small onClick={() => onClient("client:remove", name)} name={name}>
          Remove
        </Small>
      </>
    );
  return (
    <>
      <Small onClick={() => onClient("client:disconnect", name)} name={name}>
        Disconnect
      </Small>
      <Small onClick={() => onClient("client:cut", name)} name={name}>
        Cut
      </Small>
      <Small onClick={() => pauseClient(name, !paused)} name={name}>
        {paused ? "Read on" : "Pause"}
      </Small>
    </>
  );
}

interface SmallProps {
  name: string;
  onClick: () => void;
  children: ComponentChildren;
}

/** For those who hear the page, each button says whose it is. */
function Small({ name, onClick, children }: SmallProps) {
  return (
    <button type="button" class="quiet small" onClick={onClick}>
      {children}
      <span class="visually-hidden"> {name}</span>
    </button>
  );
}
