import { useState } from "preact/hooks";
import type { Picture as State } from "../../protocol.ts";
import { Modal } from "../parts/modal.tsx";
import { closeDialog } from "../state/view.ts";
import { Details } from "./details.tsx";
import { Sequence } from "./sequence.tsx";
import { lanesOf } from "./steps.ts";

/** A failed requirement as the same kind of picture, with the first step that differs marked. */
export function Picture({ picture }: { picture: State }) {
  const [chosen, choose] = useState<number | null>(null);
  const { entries, lanes, omitted } = picture;
  const people = lanes.filter((lane) => !notClients.has(lane));
  const entry = entries.find(({ seq }) => seq === chosen);
  return (
    <Modal title={picture.title} wide onClose={closeDialog}>
      <dl class="report">
        <dt>Expected</dt>
        <dd>{picture.expected}</dd>
        <dt>Received</dt>
        <dd>{picture.received}</dd>
      </dl>
      {omitted > 0 && (
        <p class="soft small">The {omitted} steps before these are left out.</p>
      )}
      <Sequence
        label="What happened in the check"
        entries={entries}
        lanes={lanesOf(entries, people, { console: false })}
        chosen={chosen}
        onChoose={choose}
        differs={picture.differs}
      />
      {entry !== undefined && (
        <Details entry={entry} onClose={() => choose(null)} onOpen={choose} />
      )}
    </Modal>
  );
}

const notClients = new Set(["http", "server", "database", "check"]);
