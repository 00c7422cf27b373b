import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ComparedFile } from "../../protocol.ts";
import { Drawing } from "../diagram/drawing.tsx";
import { Modal } from "../parts/modal.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { useReachable } from "../parts/use-reachable.ts";
import { ask } from "../state/connection.ts";
import { lesson } from "../state/state.ts";
import { closeDialog, say } from "../state/view.ts";
import { Difference } from "./difference.tsx";
import { followLink } from "./follow-link.ts";
import { renderReadme } from "./markdown.ts";

interface Compared {
  files: ComparedFile[];
  notes: string;
}

/** One's own server beside the solution. Before a try it is asked for once more. */
export function Solution() {
  const [compared, setCompared] = useState<Compared | "too early" | null>(null);
  const get = async (confirmed: boolean) => {
    const answer = await ask("solution:get", { confirmed });
    if (answer.ok) setCompared(answer);
    else if (answer.needs === "confirmation") setCompared("too early");
    else {
      say(answer.message, { bad: true });
      closeDialog();
    }
  };
  useEffect(() => void get(false), []);
  return (
    <Modal title="Your server and the solution" wide onClose={closeDialog}>
      {compared === null && <p>One moment…</p>}
      {compared === "too early" && <TooEarly onYes={() => get(true)} />}
      {compared !== null && compared !== "too early" && <Files {...compared} />}
    </Modal>
  );
}

function TooEarly({ onYes }: { onYes: () => void }) {
  return (
    <div class="early">
      <p>
        You have not tried this lesson yet. A solution that you read is soon
        forgotten; one that you look for stays. There are also hints that do not
        tell all.
      </p>
      <div class="buttons">
        <button type="button" onClick={closeDialog}>
          I try first
        </button>
        <button type="button" class="quiet" onClick={onYes}>
          Show it to me
        </button>
      </div>
    </div>
  );
}

const NOTES = "Notes";

function Files({ files, notes }: Compared) {
  const [selected, select] = useState(files[0]?.name ?? NOTES);
  const tabs = files.map(({ name }) => ({ id: name, label: name }));
  if (notes !== "") tabs.push({ id: NOTES, label: NOTES });
  const file = files.find(({ name }) => name === selected);
  return (
    <>
      <p class="soft">
        The solution is one right server. Yours may be as right, and different.
      </p>
      <Tabs
        label="Files of the solution"
        tabs={tabs}
        selected={selected}
        onSelect={select}
      >
        {file === undefined ? (
          <Notes notes={notes} />
        ) : (
          <Difference {...file} />
        )}
      </Tabs>
    </>
  );
}

function Notes({ notes }: { notes: string }) {
  const name = lesson.value?.name ?? "";
  const ref = useRef<HTMLDivElement>(null);
  const pieces = useMemo(() => renderReadme(notes, name), [notes, name]);
  useReachable(ref, pieces);
  return (
    <div ref={ref} class="reading" onClick={(event) => followLink(event, name)}>
      {pieces.map((piece, index) =>
        "html" in piece ? (
          <div key={index} dangerouslySetInnerHTML={{ __html: piece.html }} />
        ) : (
          <Drawing key={index} figure={piece.figure} />
        ),
      )}
    </div>
  );
}
