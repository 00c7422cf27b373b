import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { WireEntry } from "../../protocol.ts";
import type { Lane, Step } from "../diagram/figure.ts";
import { Heads } from "../diagram/heads.tsx";
import { type Geometry, ROW, layRow, placeLanes } from "../diagram/layout.ts";
import { DiagramRow } from "../diagram/row.tsx";
import { measureIn } from "../parts/measure.ts";
import { useSize } from "../parts/use-size.ts";
import { type WireRow, inSight, rowsOf } from "./rows.ts";
import { inOneSentence, stepOf } from "./steps.ts";
import { clock } from "./time.ts";

const measure = measureIn("mono");

interface Props {
  label: string;
  entries: readonly WireEntry[];
  lanes: readonly Lane[];
  /** `seq` of the entry that is chosen. */
  chosen: number | null;
  onChoose: (seq: number | null) => void;
  /** Index of the first entry that is not as it should be. */
  differs?: number;
  /** Entries with a greater `seq` appear as new. */
  freshAfter?: number;
  /** Whether the newest entry is kept in sight. */
  following?: boolean;
  onFollow?: (following: boolean) => void;
  /** What stands above it while there is little to see. */
  children?: ComponentChildren;
}

/**
 * Entries as a sequence diagram. Only what is in sight is drawn, so that thousands stay smooth. It is
 * one stop for the keyboard; arrow keys choose an entry.
 */
export function Sequence(props: Props) {
  const { label, entries, lanes, chosen, onChoose, differs } = props;
  const { freshAfter = Infinity, following = false, onFollow } = props;
  const { ref, width, height } = useSize<HTMLDivElement>();
  const [top, setTop] = useState(0);
  const rows = useMemo(() => rowsOf(entries, differs), [entries, differs]);
  const gutter = width >= 560 ? 76 : 0;
  const places = placeLanes(lanes, width, gutter);
  const geometry: Geometry = {
    width,
    gutter,
    lanes: places,
    measure,
    mostLines: 1,
  };
  const { first, end } = inSight(rows.length, ROW, top, height);
  const newest = entries.at(-1)?.seq;
  const scrolledByUs = useRef(0);
  const uppermost = useRef<{ seq: number; above: number } | null>(null);

  useLayoutEffect(() => {
    const list = ref.current;
    if (list === null || !following) return;
    list.scrollTop = list.scrollHeight;
    scrolledByUs.current = list.scrollTop;
  }, [newest, following, height]);

  // Old entries that are dropped do not move what somebody reads.
  useLayoutEffect(() => {
    const list = ref.current;
    if (list === null || following || uppermost.current === null) return;
    const { seq, above } = uppermost.current;
    const at = rows.findIndex(isEntry(seq));
    if (at >= 0) list.scrollTop = at * ROW + above;
  }, [entries[0]?.seq]);

  useLayoutEffect(() => {
    const at = rows.findIndex(isEntry(chosen));
    if (at >= 0) bringIntoSight(ref.current, at);
  }, [chosen]);

  useLayoutEffect(() => {
    const list = ref.current;
    const at = rows.findIndex(({ kind }) => kind === "differs");
    if (list !== null && at >= 0)
      list.scrollTop = Math.max(0, (at + 1) * ROW - list.clientHeight / 2);
  }, [differs, width > 0]);

  const onScroll = (event: { currentTarget: HTMLElement }) => {
    const list = event.currentTarget;
    setTop(list.scrollTop);
    uppermost.current = uppermostEntry(rows, list.scrollTop);
    const atEnd =
      list.scrollHeight - list.scrollTop - list.clientHeight < ROW / 2;
    if (atEnd) onFollow?.(true);
    else if (list.scrollTop < scrolledByUs.current - 1) onFollow?.(false);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const at = entries.findIndex(({ seq }) => seq === chosen);
    const to = entryAfter(event.key, at, entries.length);
    if (event.key === "Escape" && chosen !== null) {
      event.stopPropagation();
      event.preventDefault();
      onChoose(null);
    }
    if (to === null) return;
    event.preventDefault();
    onFollow?.(false);
    onChoose(entries[to]?.seq ?? null);
  };

  return (
    <div class="sequence">
      <Heads
        lanes={lanes}
        places={places}
        room={(width - gutter) / Math.max(1, lanes.length)}
      />
      <div
        ref={ref}
        class="scroller"
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={
          chosen === null ? undefined : optionId(label, chosen)
        }
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <EmptyLanes lanes={lanes} places={places} />
        <div
          class="paper"
          role="presentation"
          style={{ height: `${rows.length * ROW}px` }}
        >
          {rows.slice(first, end).map((row, index) => (
            <Line
              key={
                row.kind === "entry"
                  ? row.entry.seq
                  : `${row.kind}${first + index}`
              }
              row={row}
              top={(first + index) * ROW}
              {...{ label, lanes, geometry, chosen, freshAfter }}
              count={entries.length}
              onChoose={onChoose}
            />
          ))}
        </div>
      </div>
      {props.children}
    </div>
  );
}

const isEntry = (seq: number | null) => (row: WireRow) =>
  row.kind === "entry" && row.entry.seq === seq;

const optionId = (label: string, seq: number) =>
  `${label.toLowerCase().replaceAll(/\W+/g, "-")}-${seq}`;

function entryAfter(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case "ArrowDown":
      return Math.min(count - 1, at + 1);
    case "ArrowUp":
      return at < 0 ? count - 1 : Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The uppermost entry that is in sight, and how far it has gone out at the top. */
function uppermostEntry(rows: readonly WireRow[], top: number) {
  const at = Math.floor(top / ROW);
  for (const [index, row] of rows.slice(at, at + 3).entries())
    if (row.kind === "entry")
      return { seq: row.entry.seq, above: top - (at + index) * ROW };
  return null;
}

function bringIntoSight(list: HTMLElement | null, row: number): void {
  if (list === null) return;
  const [above, below] = [row * ROW, (row + 1) * ROW];
  if (above < list.scrollTop) list.scrollTop = above;
  else if (below > list.scrollTop + list.clientHeight)
    list.scrollTop = below - list.clientHeight;
}

interface LineProps {
  row: WireRow;
  top: number;
  label: string;
  lanes: readonly Lane[];
  geometry: Geometry;
  chosen: number | null;
  freshAfter: number;
  count: number;
  onChoose: (seq: number | null) => void;
}

function Line(props: LineProps) {
  const { row, top, lanes, geometry } = props;
  if (row.kind !== "entry")
    return (
      <div
        class={`wire-line ${row.kind}`}
        style={{ top: `${top}px` }}
        aria-hidden="true"
      >
        <span>{row.text}</span>
      </div>
    );
  const { entry } = row;
  const step: Step = stepOf(entry);
  const isChosen = entry.seq === props.chosen;
  const classes = [
    "wire-line entry",
    isChosen ? "chosen" : "",
    row.differs ? "different" : "",
    entry.seq > props.freshAfter ? "fresh" : "",
  ];
  return (
    <div
      role="option"
      id={optionId(props.label, entry.seq)}
      aria-selected={isChosen}
      class={classes.join(" ")}
      style={{ top: `${top}px` }}
      onClick={() => props.onChoose(isChosen ? null : entry.seq)}
    >
      <span class="visually-hidden">
        {row.differs && "Here it differs. "}
        {inOneSentence(entry)}
      </span>
      {geometry.gutter > 0 && <time aria-hidden="true">{clock(entry.at)}</time>}
      <DiagramRow
        step={step}
        row={layRow(step, geometry)}
        lanes={lanes}
        geometry={geometry}
        connected={row.connected}
      />
    </div>
  );
}

/** The lanes' lines go on below the last entry: there is more to come. */
function EmptyLanes({
  lanes,
  places,
}: {
  lanes: readonly Lane[];
  places: ReadonlyMap<string, number>;
}) {
  return (
    <svg class="rest" aria-hidden="true">
      {lanes.map(({ id, tone }) => (
        <line
          key={id}
          class={`lifeline down tone-${tone}`}
          x1={places.get(id) ?? 0}
          x2={places.get(id) ?? 0}
          y1="0"
          y2="100%"
        />
      ))}
    </svg>
  );
}
