import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Drawing } from "../diagram/drawing.tsx";
import { useReachable } from "../parts/use-reachable.ts";
import { confirmCarry, confirmReset, openLesson } from "../state/actions.ts";
import { lesson, lessons } from "../state/state.ts";
import { dialog, show } from "../state/view.ts";
import { followLink } from "./follow-link.ts";
import { renderReadme } from "./markdown.ts";
import { useKeptPlace } from "./kept-place.ts";

/** The lesson's README. */
export function Reading() {
  const name = lesson.value?.name ?? "";
  const readme = useComputed(() => lesson.value?.readme ?? "").value;
  const pieces = useMemo(() => renderReadme(readme, name), [readme, name]);
  const article = useKeptPlace(name);
  useReachable(article, pieces);
  return (
    <article
      ref={article}
      key={name}
      class="reading"
      onClick={(event) => followLink(event, name)}
      aria-label="Lesson"
    >
      {pieces.map((piece, index) =>
        "html" in piece ? (
          <div key={index} dangerouslySetInnerHTML={{ __html: piece.html }} />
        ) : (
          <Drawing key={index} figure={piece.figure} />
        ),
      )}
      <Ends />
    </article>
  );
}

function Ends() {
  const at = lessons.value.findIndex(({ name }) => name === lesson.value?.name);
  const next = lessons.value[at + 1];
  const from = lesson.value?.carriesFrom ?? null;
  return (
    <footer class="ends">
      <button type="button" class="quiet" onClick={() => show("check")}>
        What the check says
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => (dialog.value = { kind: "solution" })}
      >
        Compare with the solution
      </button>
      {from !== null && (
        <button type="button" class="quiet" onClick={confirmCarry}>
          Go on with your server of {from.number}
        </button>
      )}
      <button type="button" class="quiet" onClick={confirmReset}>
        Back to the starter
      </button>
      {next !== undefined && (
        <button type="button" onClick={() => openLesson(next.name)}>
          Next: {next.number} {next.title}
        </button>
      )}
    </footer>
  );
}
