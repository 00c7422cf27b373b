import { useRef } from "preact/hooks";
import type { LessonInList } from "../../protocol.ts";
import { openLesson } from "../state/actions.ts";
import { lesson, lessons } from "../state/state.ts";

/** Every state of a lesson, in a word and in a sign. */
const progress = {
  new: { word: "not begun", sign: "○" },
  started: { word: "begun", sign: "◐" },
  passed: { word: "passed", sign: "●" },
} as const satisfies Record<LessonInList["progress"], object>;

/** Which lesson is open, and a way to the others. */
export function Switcher() {
  const list = useRef<HTMLElement>(null);
  const current = lesson.value;
  if (current === null) return null;
  const open = (name: string) => {
    list.current?.hidePopover();
    void openLesson(name);
  };
  return (
    <>
      <button
        id="switcher"
        type="button"
        class="quiet switcher"
        popovertarget="lessons"
      >
        <span class="mono">{current.number}</span>
        <span class="title">{current.title}</span>
        <span aria-hidden="true">▾</span>
        <span class="visually-hidden">, choose a lesson</span>
      </button>
      <nav
        ref={list}
        id="lessons"
        popover="auto"
        class="menu lessons"
        aria-label="Lessons"
      >
        <ol>
          {lessons.value.map(({ name, number, title, progress: state }) => (
            <li key={name}>
              <button
                type="button"
                class={`choice ${state}`}
                aria-current={name === current.name ? "page" : undefined}
                onClick={() => open(name)}
              >
                <span class="sign" aria-hidden="true">
                  {progress[state].sign}
                </span>
                <span class="mono">{number}</span>
                <span class="title">{title}</span>
                <span class="soft small">{progress[state].word}</span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
    </>
  );
}
