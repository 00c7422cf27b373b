import { useComputed } from "@preact/signals";
import { addClient, clearWire, nextName } from "../state/actions.ts";
import { clients, database, freshAfter, server, wire } from "../state/state.ts";
import {
  columns,
  filter,
  follow,
  following,
  leftAt,
  opened,
} from "../state/view.ts";
import { Details } from "./details.tsx";
import { type Group, everything, filtered, groupNames } from "./filter.ts";
import { Sequence } from "./sequence.tsx";
import { lanesOf } from "./steps.ts";

/** Everything that goes over the wire, as it happens. */
export function Wire() {
  const entries = useComputed(() =>
    filtered(wire.value.entries, filter.value),
  ).value;
  const names = clients.value.map(({ name }) => name);
  const lanes = lanesOf(wire.value.entries, names, {
    database: database.value !== null,
  });
  const entry = entries.find(({ seq }) => seq === opened.value);
  return (
    <section class="wire" aria-label="Wire">
      <h2 class="visually-hidden">Wire</h2>
      <Toolbar shown={entries.length} />
      <Sequence
        label="What goes over the wire"
        entries={entries}
        lanes={lanes}
        chosen={entry?.seq ?? null}
        onChoose={(seq) => (opened.value = seq)}
        freshAfter={freshAfter.value}
        following={following.value}
        onFollow={followOrNot}
      >
        <Advice shown={entries.length} />
      </Sequence>
      {entry !== undefined && (
        <Details
          entry={entry}
          onClose={() => (opened.value = null)}
          onOpen={(seq) => (opened.value = seq)}
        />
      )}
    </section>
  );
}

/** Keeps the newest entry in sight, or no longer. */
export const followOrNot = (on: boolean) =>
  follow(on, wire.value.entries.at(-1)?.seq ?? 0);

function Toolbar({ shown }: { shown: number }) {
  const { entries, dropped } = wire.value;
  const { text, hidden } = filter.value;
  const news = following.value
    ? 0
    : entries.filter(({ seq }) => seq > leftAt.value).length;
  const hiddenByFilter = entries.length - shown;
  return (
    <div class="toolbar">
      <input
        id="wire-filter"
        type="search"
        placeholder="Filter"
        aria-label="Show only what contains"
        value={text}
        onInput={({ currentTarget }) =>
          (filter.value = { ...filter.value, text: currentTarget.value })
        }
      />
      <button type="button" class="quiet small" popovertarget="wire-kinds">
        Kinds
        {hidden.size > 0
          ? ` (${groupNames.length - hidden.size} of ${groupNames.length})`
          : ""}
      </button>
      <div id="wire-kinds" popover="auto" class="menu">
        <fieldset>
          <legend>Show</legend>
          {groupNames.map((group) => (
            <label key={group} class="tick">
              <input
                type="checkbox"
                checked={!hidden.has(group)}
                onChange={() => toggle(group)}
              />
              {group}
            </label>
          ))}
        </fieldset>
      </div>
      {hiddenByFilter > 0 ? (
        <p class="soft small grow">
          {hiddenByFilter} hidden{" "}
          <button
            type="button"
            class="link"
            onClick={() => (filter.value = everything)}
          >
            Show all
          </button>
        </p>
      ) : (
        <p class="soft small grow count">
          {entries.length > 0 &&
            `${entries.length.toLocaleString("en")} entries`}
          {dropped > 0 && `, ${dropped.toLocaleString("en")} older ones gone`}
        </p>
      )}
      <button
        type="button"
        class="quiet small"
        aria-pressed={following.value}
        onClick={() => followOrNot(!following.value)}
      >
        {following.value ? "Following" : "Follow"}
        {news > 0 && `: ${news.toLocaleString("en")} new`}
      </button>
      <button
        type="button"
        class="quiet small"
        aria-disabled={entries.length === 0}
        onClick={() => entries.length === 0 || clearWire()}
      >
        Clear
      </button>
    </div>
  );
}

function toggle(group: Group): void {
  const { hidden, text } = filter.value;
  const next = new Set(hidden);
  if (!next.delete(group)) next.add(group);
  filter.value = { text, hidden: next };
}

/** While there is little to see: what to do. */
function Advice({ shown }: { shown: number }) {
  const total = wire.value.entries.length;
  if (shown === 0 && total > 0)
    return <p class="empty">Nothing here contains that.</p>;
  const status = server.value?.status;
  if (total === 0 && status !== "running")
    return (
      <p class="empty">
        As soon as your server runs, you see here what it says and hears.
      </p>
    );
  if (clients.value.length === 0 && total < FEW)
    return (
      <div class="empty">
        <p>
          No client yet. Add {nextName()} to see her connect: every step appears
          here, from top to bottom.
        </p>
        {columns.value === 1 && (
          <button type="button" onClick={() => addClient()}>
            Add {nextName()}
          </button>
        )}
      </div>
    );
  if (total === 0)
    return (
      <p class="empty">Let somebody say something, and see who hears it.</p>
    );
  return null;
}

/** Entries that leave room below for a word. */
const FEW = 6;
