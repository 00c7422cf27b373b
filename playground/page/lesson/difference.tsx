import { useState } from "preact/hooks";
import type { ComparedFile } from "../../protocol.ts";
import { useSize } from "../parts/use-size.ts";
import {
  type DiffRow,
  type Gap,
  type NumberedLine,
  diffRows,
  withGaps,
} from "./diff-rows.ts";
import { highlight } from "./markdown.ts";

/** Below this width two columns of code cannot be read, in pixels. */
const WIDE = 760;

/** Two files: side by side where there is room, below each other where there is none. */
export function Difference({ own, solution }: ComparedFile) {
  const { ref, width } = useSize<HTMLDivElement>();
  const rows = withGaps(diffRows(own ?? "", solution ?? ""));
  const beside = width >= WIDE;
  return (
    <div
      ref={ref}
      class="difference"
      tabIndex={0}
      role="group"
      aria-label="Differences"
    >
      {own === null && <p>You have no such file.</p>}
      {solution === null && <p>The solution has no such file.</p>}
      {own === solution && <p>They are the same, to the letter.</p>}
      <table class={beside ? "beside" : "below"}>
        <colgroup>
          <col class="numbers" />
          <col />
          {beside && <col class="numbers" />}
          {beside && <col />}
        </colgroup>
        <thead class={beside ? "" : "visually-hidden"}>
          <tr>
            <th colSpan={2}>Yours</th>
            {beside && <th colSpan={2}>The solution</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Part key={index} row={row} beside={beside} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PartProps {
  row: DiffRow | Gap;
  beside: boolean;
}

function Part({ row, beside }: PartProps) {
  const [open, setOpen] = useState(false);
  if (row.kind !== "gap")
    return beside ? <Beside row={row} /> : <Below row={row} />;
  if (open)
    return row.rows.map((one, index) => (
      <Part key={index} row={one} beside={beside} />
    ));
  return (
    <tr class="gap">
      <td colSpan={beside ? 4 : 2}>
        <button type="button" class="link" onClick={() => setOpen(true)}>
          {row.rows.length} lines are the same
        </button>
      </td>
    </tr>
  );
}

function Beside({ row }: { row: DiffRow }) {
  const changed = row.kind === "changed";
  return (
    <tr>
      <Line line={row.own} look={changed ? "own" : "same"} />
      <Line line={row.solution} look={changed ? "solution" : "same"} />
    </tr>
  );
}

function Below({ row }: { row: DiffRow }) {
  if (row.kind === "same")
    return (
      <tr>
        <Line line={row.own} look="same" />
      </tr>
    );
  return (
    <>
      {row.own !== null && (
        <tr>
          <Line line={row.own} look="own" />
        </tr>
      )}
      {row.solution !== null && (
        <tr>
          <Line line={row.solution} look="solution" />
        </tr>
      )}
    </>
  );
}

const marks = {
  same: { sign: " ", word: "" },
  own: { sign: "−", word: "yours: " },
  solution: { sign: "+", word: "solution: " },
} as const;

interface LineProps {
  line: NumberedLine | null;
  look: keyof typeof marks;
}

function Line({ line, look }: LineProps) {
  if (line === null) return <td class="none" colSpan={2} />;
  const { sign, word } = marks[look];
  return (
    <>
      <td class={`number ${look}`}>{line.number}</td>
      <td class={look}>
        <span aria-hidden="true" class="sign">
          {sign}
        </span>
        <span class="visually-hidden">{word}</span>
        <code dangerouslySetInnerHTML={{ __html: highlight(line.text) }} />
      </td>
    </>
  );
}
