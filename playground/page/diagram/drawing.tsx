import { measureIn } from "../parts/measure.ts";
import { useSize } from "../parts/use-size.ts";
import type { Figure, Step } from "./figure.ts";
import { Heads } from "./heads.tsx";
import { type Geometry, layRow, placeLanes } from "./layout.ts";
import { DiagramRow } from "./row.tsx";

const measure = measureIn("text");

/** A whole sequence diagram, as in the lessons. */
export function Drawing({ figure }: { figure: Figure }) {
  const { ref, width } = useSize<HTMLDivElement>();
  const { lanes, steps } = figure;
  const places = placeLanes(lanes, width, 0);
  const geometry: Geometry = {
    width,
    gutter: 0,
    lanes: places,
    measure,
    mostLines: 6,
  };
  const depths = depthsOf(steps);
  return (
    <figure class="drawing">
      <div ref={ref}>
        {width > 0 && (
          <>
            <Heads lanes={lanes} places={places} room={width / lanes.length} />
            {steps.map((step, index) => (
              <DiagramRow
                key={index}
                step={step}
                row={layRow(step, geometry)}
                lanes={lanes}
                geometry={geometry}
                depth={depths[index] ?? 0}
              />
            ))}
          </>
        )}
      </div>
      <figcaption class="visually-hidden">
        A sequence diagram:
        <ol>
          {steps.map((step, index) => (
            <li key={index}>{inWords(step, figure)}</li>
          ))}
        </ol>
      </figcaption>
    </figure>
  );
}

/** How many frames are open around each step, its own beginning and end included. */
function depthsOf(steps: readonly Step[]): number[] {
  let open = 0;
  return steps.map(({ kind }) => {
    if (kind === "begin") open += 1;
    const depth = open;
    if (kind === "end") open -= 1;
    return depth;
  });
}

function inWords(step: Step, { lanes }: Figure): string {
  const name = (id: string) =>
    lanes.find((lane) => lane.id === id)?.label ?? id;
  switch (step.kind) {
    case "message":
      return `${name(step.from)} to ${name(step.to)}${step.lost ? ", lost on the way" : ""}: ${step.text}`;
    case "note":
      return `${step.over.map(name).join(" to ")}: ${step.text}`;
    case "begin":
      return `${step.word} ${step.text}`;
    case "branch":
      return `and ${step.text}`;
    case "rule":
      return step.text;
    case "end":
      return "end";
  }
}
