import type { Lane } from "./figure.ts";

interface Props {
  lanes: readonly Lane[];
  places: ReadonlyMap<string, number>;
  /** How wide one lane is. */
  room: number;
}

/** The names above the lanes. */
export function Heads({ lanes, places, room }: Props) {
  return (
    <div class="heads" aria-hidden="true">
      {lanes.map(({ id, label, tone }) => (
        <span
          key={id}
          class={`head tone-${tone}`}
          style={{
            left: `${places.get(id) ?? 0}px`,
            maxWidth: `${room - 4}px`,
          }}
        >
          {label}
        </span>
      ))}
    </div>
  );
}
