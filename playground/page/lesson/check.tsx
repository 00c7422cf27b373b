import type { CheckState, RequirementState } from "../../protocol.ts";
import { Prose } from "../parts/prose.tsx";
import { nextHint, openPicture, runCheck } from "../state/actions.ts";
import { check, lesson, lessons } from "../state/state.ts";
import { dialog } from "../state/view.ts";
import { openLesson } from "../state/actions.ts";
import { Fault } from "./fault.tsx";
import { checkInWords, firstFailed, met } from "./progress.ts";

/** How a requirement stands, in a word and in a sign. */
const states = {
  waiting: { word: "to do", sign: "" },
  running: { word: "being tried", sign: "…" },
  passed: { word: "passed", sign: "✓" },
  failed: { word: "not yet", sign: "✗" },
  skipped: { word: "not reached", sign: "" },
  "could-not-tell": { word: "could not tell", sign: "?" },
} as const satisfies Record<RequirementState["status"], object>;

/** The requirements of the lesson and what the last check found. */
export function Check() {
  const state = check.value;
  if (state === null) return null;
  const failed = firstFailed(state.requirements);
  return (
    <section class="check" aria-label="Check">
      <h2 class="visually-hidden">Check</h2>
      <Summary state={state} />
      {state.fault !== null && failed === undefined && (
        <Fault fault={state.fault} />
      )}
      {state.notices.map((notice) => (
        <p key={notice} class="callout">
          <Prose text={notice} />
        </p>
      ))}
      {state.trouble !== null && <p class="callout">{state.trouble}</p>}
      {(["base", "stretch"] as const).map((kind) => (
        <Requirements
          key={kind}
          kind={kind}
          requirements={state.requirements.filter((one) => one.kind === kind)}
          open={failed}
        />
      ))}
    </section>
  );
}

function Summary({ state }: { state: CheckState }) {
  const base = state.requirements.filter(({ kind }) => kind === "base");
  return (
    <header class="summary">
      <div class="grow">
        <p class="verdict">{checkInWords(state)}</p>
        <p class="soft small">
          {state.run === 0
            ? "Save server.ts, and it is checked."
            : "It is checked again at every save."}
        </p>
      </div>
      <button
        type="button"
        class="quiet"
        aria-disabled={state.running}
        onClick={() => state.running || runCheck()}
      >
        Check now
      </button>
      <meter
        min={0}
        max={Math.max(1, base.length)}
        value={met(base)}
        aria-label="Requirements met"
      />
      {state.verdict === "passed" && !state.running && <Onward />}
    </header>
  );
}

function Onward() {
  const at = lessons.value.findIndex(({ name }) => name === lesson.value?.name);
  const next = lessons.value[at + 1];
  if (next === undefined) return null;
  return (
    <button type="button" class="onward" onClick={() => openLesson(next.name)}>
      Next: {next.number} {next.title}
    </button>
  );
}

interface ListProps {
  kind: RequirementState["kind"];
  requirements: readonly RequirementState[];
  /** The id of the one that is opened by itself. */
  open: string | undefined;
}

function Requirements({ kind, requirements, open }: ListProps) {
  if (requirements.length === 0) return null;
  return (
    <>
      {kind === "stretch" && <h3 class="deeper">★ Going deeper</h3>}
      <ol class="requirements">
        {requirements.map((one) => (
          <li key={one.id} class={one.status}>
            <Requirement one={one} open={one.id === open} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Requirement({ one, open }: { one: RequirementState; open: boolean }) {
  const { word, sign } = states[one.status];
  const line = (
    <>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <span class="title">
        <Prose text={one.title} />
      </span>
      <span class="word">{word}</span>
    </>
  );
  if (one.status !== "failed" && one.status !== "could-not-tell")
    return <p class="line">{line}</p>;
  return (
    <details open={open}>
      <summary class="line">{line}</summary>
      <Findings one={one} />
    </details>
  );
}

function Findings({ one }: { one: RequirementState }) {
  const rows = [
    ["Done", one.did],
    ["Expected", one.expected],
    ["Received", one.received],
  ] as const;
  return (
    <div class="findings">
      <dl class="report">
        {rows.map(
          ([term, text]) =>
            text !== null && (
              <div key={term} class={term.toLowerCase()}>
                <dt>{term}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
      {one.hint !== null && !one.hints.includes(one.hint) && (
        <p class="callout hint">
          <b>Hint</b> <Prose text={one.hint} />
        </p>
      )}
      {one.hints.map((hint, index) => (
        <p key={index} class="callout hint">
          <b>Hint {index + 1} of 3</b> <Prose text={hint} />
        </p>
      ))}
      {one.output.length > 0 && (
        <figure class="console">
          <figcaption>Your console, meanwhile</figcaption>
          <pre tabIndex={0} role="group" aria-label="Console">
            {one.output.join("\n")}
          </pre>
        </figure>
      )}
      <div class="buttons">
        {one.hasPicture && (
          <button type="button" onClick={() => openPicture(one.id)}>
            See what happened
          </button>
        )}
        {one.hints.length < 3 && (
          <button type="button" class="quiet" onClick={() => nextHint(one.id)}>
            {one.hints.length === 0 ? "Help me" : "More help"}
            <span class="soft"> {one.hints.length + 1} of 3</span>
          </button>
        )}
        {one.hints.length === 3 && (
          <button
            type="button"
            class="quiet"
            onClick={() => (dialog.value = { kind: "solution" })}
          >
            Compare with the solution
          </button>
        )}
      </div>
    </div>
  );
}
