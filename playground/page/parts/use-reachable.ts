import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** What can be wider than its place. Its name is in `data-name`. */
const WIDE = "[data-name]";

/** Makes what has to be scrolled a stop for the keyboard, and nothing else. */
export function useReachable(
  ref: RefObject<HTMLElement | null>,
  content: unknown,
) {
  useLayoutEffect(() => {
    const place = ref.current;
    if (place === null) return;
    const look = () => {
      for (const wide of place.querySelectorAll<HTMLElement>(WIDE))
        makeReachable(wide, wide.scrollWidth > wide.clientWidth);
    };
    const observer = new ResizeObserver(look);
    observer.observe(place);
    return () => observer.disconnect();
  }, [content]);
}

function makeReachable(element: HTMLElement, reachable: boolean): void {
  const attributes = {
    tabindex: "0",
    role: "group",
    "aria-label": element.dataset.name ?? "",
  };
  for (const [name, value] of Object.entries(attributes))
    if (reachable) element.setAttribute(name, value);
    else element.removeAttribute(name);
}
