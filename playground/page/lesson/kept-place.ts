import { useLayoutEffect, useRef } from "preact/hooks";
import { columns } from "../state/view.ts";

/** How far each lesson was read, in pixels. */
const places = new Map<string, number>();

/** Brings a reader who comes back to where the reading stopped. */
export function useKeptPlace(lesson: string) {
  const ref = useRef<HTMLElement>(null);
  const count = columns.value;
  useLayoutEffect(() => {
    const scroller =
      ref.current?.closest(count === 3 ? ".column" : ".tabpanel") ?? null;
    const page = document.scrollingElement;
    const scrolled = count === 1 ? page : scroller;
    if (scrolled === null) return;
    const place = places.get(lesson) ?? 0;
    const restore = () => {
      scrolled.scrollTop = place;
    };
    restore();
    // Diagrams have their height only when they know their width.
    const frame = requestAnimationFrame(restore);
    const keep = () => places.set(lesson, scrolled.scrollTop);
    const heard = scrolled === page ? document : scrolled;
    heard.addEventListener("scroll", keep, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      heard.removeEventListener("scroll", keep);
    };
  }, [lesson, count]);
  return ref;
}
