import { useSignal } from "@preact/signals";
import type { ClientOptions, ClientState } from "../../protocol.ts";
import { Modal } from "../parts/modal.tsx";
import { changeClient, onClient } from "../state/actions.ts";
import { clients } from "../state/state.ts";
import { closeDialog } from "../state/view.ts";

/** How a client connects, and what it brings along. */
export function Options({ name }: { name: string }) {
  const client = clients.value.find((one) => one.name === name);
  if (client === undefined) return null;
  return (
    <Modal title={`How ${name} connects`} onClose={closeDialog}>
      <Form client={client} />
    </Modal>
  );
}

function Form({ client }: { client: ClientState }) {
  const { transport, namespace, auth, sendOffsets, answer, name } = client;
  const options = useSignal<ClientOptions>({
    transport,
    namespace,
    auth,
    sendOffsets,
    answer,
  });
  const set = (change: Partial<ClientOptions>) => {
    options.value = { ...options.value, ...change };
  };
  const save = async (event: Event) => {
    event.preventDefault();
    if (await changeClient({ name, ...options.value })) closeDialog();
  };
  const { value } = options;
  return (
    <form class="options" onSubmit={save}>
      {client.id !== null && (
        <p class="grow soft small">
          Its socket id is <code>{client.id}</code>
        </p>
      )}
      <label class="field wide">
        Transport
        <select
          value={value.transport}
          onChange={({ currentTarget }) =>
            set({
              transport: currentTarget.value as ClientOptions["transport"],
            })
          }
        >
          <option value="default">polling, then upgraded to websocket</option>
          <option value="websocket">websocket only</option>
          <option value="polling">polling only</option>
        </select>
      </label>
      <label class="field wide">
        Namespace
        <input
          class="mono"
          required
          pattern="/.*"
          title="A namespace begins with /"
          value={value.namespace}
          onInput={({ currentTarget }) =>
            set({ namespace: currentTarget.value })
          }
        />
      </label>
      <label class="field wide">
        What the handshake brings along (auth), as JSON
        <textarea
          class="mono"
          rows={3}
          spellcheck={false}
          placeholder='{ "token": "…" }'
          value={value.auth}
          onInput={({ currentTarget }) => set({ auth: currentTarget.value })}
        />
      </label>
      <label class="field wide">
        What {name} answers when the server asks, as JSON
        <input
          class="mono"
          placeholder="nothing: the server waits"
          value={value.answer ?? ""}
          onInput={({ currentTarget }) =>
            set({
              answer: currentTarget.value === "" ? null : currentTarget.value,
            })
          }
        />
      </label>
      <label class="tick">
        <input
          type="checkbox"
          checked={value.sendOffsets}
          onChange={({ currentTarget }) =>
            set({ sendOffsets: currentTarget.checked })
          }
        />
        bring along the number of the last message heard in each room
      </label>
      <div class="buttons">
        <button type="submit">
          {client.status === "connected" ? "Connect anew so" : "Keep"}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            closeDialog();
            void onClient("client:remove", name);
          }}
        >
          Remove {name}
        </button>
      </div>
    </form>
  );
}
