import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  /** A few signs behind the label, such as how many there are. */
  badge?: string;
}

interface Props<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  selected: Id;
  onSelect: (id: Id) => void;
  /** The panel of the selected tab. */
  children: ComponentChildren;
}

/** Tabs as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ describes them: arrow keys go along. */
export function Tabs<Id extends string>(props: Props<Id>) {
  const { label, tabs, selected, onSelect, children } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current
      ?.querySelector("[aria-selected=true]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const to = next(event.key, at, tabs.length);
    const tab = to === null ? undefined : tabs[to];
    if (tab === undefined) return;
    event.preventDefault();
    onSelect(tab.id);
    list.current
      ?.querySelector<HTMLElement>(`#${CSS.escape(tabId(label, tab.id))}`)
      ?.focus();
  };
  return (
    <div class="tabs">
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        class="tablist"
        onKeyDown={onKeyDown}
      >
        {tabs.map(({ id, label: name, badge }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={tabId(label, id)}
            aria-selected={id === selected}
            aria-controls={`${tabId(label, id)}-panel`}
            tabIndex={id === selected ? 0 : -1}
            onClick={() => onSelect(id)}
          >
            {name}
            {badge !== undefined && <span class="badge">{badge}</span>}
          </button>
        ))}
      </div>
      <div
        key={selected}
        role="tabpanel"
        id={`${tabId(label, selected)}-panel`}
        aria-labelledby={tabId(label, selected)}
        class="tabpanel"
      >
        {children}
      </div>
    </div>
  );
}

const tabId = (label: string, id: string) =>
  `${label.toLowerCase().replaceAll(" ", "-")}-${id}`;

function next(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (at + 1) % count;
    case "ArrowLeft":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
