import { useComputed, useSignal } from "@preact/signals";
import type { Acknowledged, Preset } from "../../protocol.ts";
import { compactJson } from "../parts/json.ts";
import { emit, nextName, request } from "../state/actions.ts";
import { clients, lesson } from "../state/state.ts";
import { speaker } from "../state/view.ts";
import { inTime } from "../wire/time.ts";
import { argumentsIn } from "./arguments.ts";

/** What is written in the form. */
interface Draft {
  event: string;
  /** JSON texts, one on each line or further lines of the same value. */
  payload: string;
  withAck: boolean;
}

const empty: Draft = { event: "", payload: "", withAck: false };

/** Lets a client say something: what the lesson is about by one press, or anything at all. */
export function Speak() {
  const draft = useSignal<Draft>(empty);
  const answered = useSignal<Acknowledged | "waiting" | null>(null);
  const who = useComputed(() => {
    const names = clients.value.map(({ name }) => name);
    return names.find((name) => name === speaker.value) ?? names[0] ?? null;
  }).value;

  const send = async (from: string, { event, payload, withAck }: Draft) => {
    answered.value = withAck ? "waiting" : null;
    const args = argumentsIn(payload);
    answered.value = await emit({ from, event, args, withAck });
  };
  const press = (preset: Preset) => {
    if (preset.kind === "request") {
      void request(preset.path);
      return;
    }
    const { event, args, withAck } = preset;
    draft.value = { event, payload: args.join("\n"), withAck };
    void send(preset.from ?? who ?? nextName(), draft.value);
  };
  const presets = lesson.value?.presets ?? [];
  return (
    <div class="speak">
      <div class="presets">
        {who !== null && <As who={who} />}
        {presets.map((preset, index) => (
          <PresetButton key={index} preset={preset} onPress={press} />
        ))}
      </div>
      {answered.value !== null && <Answered answered={answered.value} />}
      {who !== null && (
        <details class="own">
          <summary>Say something else</summary>
          <Form
            draft={draft.value}
            onDraft={(value) => (draft.value = value)}
            onSend={() => send(who, draft.value)}
            who={who}
          />
          <Request />
        </details>
      )}
    </div>
  );
}

function As({ who }: { who: string }) {
  return (
    <label class="as">
      As{" "}
      <select
        value={who}
        onChange={({ currentTarget }) => (speaker.value = currentTarget.value)}
      >
        {clients.value.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface PresetProps {
  preset: Preset;
  onPress: (preset: Preset) => void;
}

function PresetButton({ preset, onPress }: PresetProps) {
  const data = preset.kind === "emit" ? preset.args.map(spaced).join(", ") : "";
  return (
    <button
      type="button"
      class="preset"
      title={`${preset.label} ${data}`}
      onClick={() => onPress(preset)}
    >
      <span class="mono">
        <b>{preset.label}</b> {data}
      </span>
    </button>
  );
}

/** JSON as people write it. */
const spaced = (json: string) =>
  compactJson(JSON.stringify(JSON.parse(json), null, 1));

function Answered({ answered }: { answered: Acknowledged | "waiting" }) {
  if (answered === "waiting")
    return <p class="answered soft">Waiting for the answer…</p>;
  return (
    <p class="answered">
      {answered.answer === null ? (
        <>No answer within {inTime(answered.ms)}.</>
      ) : (
        <>
          <span class="soft">Answered after {inTime(answered.ms)}:</span>{" "}
          <code>{compactJson(answered.answer.text)}</code>
        </>
      )}
    </p>
  );
}

interface FormProps {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  onSend: () => void;
  who: string;
}

function Form({ draft, onDraft, onSend, who }: FormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <label class="field">
        Event
        <input
          required
          class="mono"
          placeholder="chat:say"
          autocomplete="off"
          spellcheck={false}
          value={draft.event}
          onInput={({ currentTarget: { value } }) =>
            onDraft({ ...draft, event: value })
          }
        />
      </label>
      <label class="field wide">
        Arguments, as JSON, each on a line of its own
        <textarea
          class="mono"
          rows={2}
          placeholder='{ "text": "Hello" }'
          autocomplete="off"
          spellcheck={false}
          value={draft.payload}
          onInput={({ currentTarget: { value } }) =>
            onDraft({ ...draft, payload: value })
          }
        />
      </label>
      <label class="tick">
        <input
          type="checkbox"
          checked={draft.withAck}
          onChange={({ currentTarget: { checked } }) =>
            onDraft({ ...draft, withAck: checked })
          }
        />
        wait for an acknowledgement
      </label>
      <button type="submit">Send as {who}</button>
    </form>
  );
}

function Request() {
  const path = useSignal("/");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void request(path.value);
      }}
    >
      <label class="field">
        Path to ask for by HTTP
        <input
          required
          class="mono"
          pattern="/.*"
          title="A path begins with /"
          value={path.value}
          onInput={({ currentTarget: { value } }) => (path.value = value)}
        />
      </label>
      <button type="submit" class="quiet">
        GET
      </button>
    </form>
  );
}
