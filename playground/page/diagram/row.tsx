import type { Lane, Message, Step, Tone } from "./figure.ts";
import type { Arrow, Geometry, Row } from "./layout.ts";

interface Props {
  step: Step;
  row: Row;
  lanes: readonly Lane[];
  geometry: Geometry;
  /** Lanes whose line is drawn through; the others' is dotted. All, unless given. */
  connected?: ReadonlySet<string>;
  /** How many frames are open around the row. */
  depth?: number;
}

/** One row of a sequence diagram: the lanes' lines, and what happens between them. */
export function DiagramRow(props: Props) {
  const { step, row, lanes, geometry, connected, depth = 0 } = props;
  const { width } = geometry;
  return (
    <svg
      class={`row ${step.kind} tone-${toneOf(step, lanes)} ${moodOf(step)}`}
      width={width}
      height={row.height}
      aria-hidden="true"
    >
      {lanes.map(({ id, tone }) => (
        <line
          key={id}
          class={`lifeline tone-${tone} ${isUp(id, tone, connected) ? "" : "down"}`}
          x1={geometry.lanes.get(id) ?? 0}
          x2={geometry.lanes.get(id) ?? 0}
          y1={0}
          y2={row.height}
        />
      ))}
      <Frames depth={depth} step={step} width={width} height={row.height} />
      {step.kind === "rule" && (
        <line
          class="across"
          x1={geometry.gutter + 4}
          x2={width - 4}
          y1={19}
          y2={19}
        />
      )}
      {row.box !== null && (
        <rect
          class={step.kind === "note" ? `box ${step.look}` : "box"}
          {...row.box}
          rx={step.kind === "note" && step.look === "state" ? 12 : 4}
        />
      )}
      {row.arrow !== null && (
        <ArrowLine {...row.arrow} message={step as Message} />
      )}
      {row.label?.lines.map((line, index) => (
        <text
          key={index}
          x={row.label?.x}
          y={(row.label?.y ?? 0) + index * 17}
          text-anchor="middle"
        >
          <Words line={line} first={firstWords(step)} />
        </text>
      ))}
    </svg>
  );
}

/** The beginning of a label is loud, what comes after it is not. */
function Words({ line, first }: { line: string; first: string }) {
  const cut = line.replace(/…$/, "");
  const loud = line.startsWith(first)
    ? first
    : first.startsWith(cut)
      ? line
      : "";
  return (
    <>
      <tspan class="loud">{loud}</tspan>
      <tspan>{line.slice(loud.length)}</tspan>
    </>
  );
}

const firstWords = (step: Step) =>
  step.kind === "message" ? step.text : step.kind === "begin" ? step.word : "";

const moodOf = (step: Step) => ("mood" in step ? step.mood : "calm");

/** Only the line of a client can be down. */
const isUp = (id: string, tone: Tone, connected?: ReadonlySet<string>) =>
  connected === undefined || !tone.startsWith("client") || connected.has(id);

/** A message has the colour of the end that is not the server. */
function toneOf(step: Step, lanes: readonly Lane[]): Tone {
  const tone = (id: string) =>
    lanes.find((lane) => lane.id === id)?.tone ?? "plain";
  if (step.kind === "note") return tone(step.over[0] ?? "");
  if (step.kind !== "message") return "plain";
  const from = tone(step.from);
  return from === "server" ? tone(step.to) : from;
}

function ArrowLine({ from, to, y, message }: Arrow & { message: Message }) {
  const style = message.answer ? "arrow answer" : "arrow";
  if (from === to)
    return (
      <g class={style}>
        <path d={`M${from} ${y - 6} h22 v10 h-16`} />
        <Head x={from} y={y + 4} direction={-1} />
      </g>
    );
  const direction = to > from ? 1 : -1;
  if (message.lost) {
    const end = from + (to - from) * 0.7;
    return (
      <g class={style}>
        <line x1={from} x2={end} y1={y} y2={y} />
        <circle cx={from} cy={y} r={2.5} />
        <path d={`M${end - 5} ${y - 5} l10 10 m0 -10 l-10 10`} />
      </g>
    );
  }
  return (
    <g class={style}>
      <line x1={from} x2={to - direction * 6} y1={y} y2={y} />
      <circle cx={from} cy={y} r={2.5} />
      <Head x={to} y={y} direction={direction} />
    </g>
  );
}

function Head({
  x,
  y,
  direction,
}: {
  x: number;
  y: number;
  direction: 1 | -1;
}) {
  return <path class="tip" d={`M${x} ${y} l${-8 * direction} -4.5 v9 z`} />;
}

interface FrameProps {
  depth: number;
  step: Step;
  width: number;
  height: number;
}

/** The sides of the frames around the row, and the upper or lower end of one. */
function Frames({ depth, step, width, height }: FrameProps) {
  const ends: Readonly<Partial<Record<Step["kind"], number>>> = {
    begin: 8,
    branch: 6,
    end: height - 4,
  };
  const y = ends[step.kind];
  const inset = (level: number) => level * 6 - 4;
  return (
    <g class="frame">
      {Array.from({ length: depth }, (_, index) => index + 1).map((level) => {
        const own = level === depth;
        const top = own && step.kind === "begin" ? 8 : 0;
        const bottom = own && step.kind === "end" ? height - 4 : height;
        return [inset(level), width - inset(level)].map((x) => (
          <line key={x} x1={x} x2={x} y1={top} y2={bottom} />
        ));
      })}
      {y !== undefined && (
        <line
          class={step.kind}
          x1={inset(depth)}
          x2={width - inset(depth)}
          y1={y}
          y2={y}
        />
      )}
    </g>
  );
}
