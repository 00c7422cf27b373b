import { openLesson } from "../state/actions.ts";
import { dialog, say } from "../state/view.ts";
import { linkOf } from "./links.ts";

/** Links to other parts of the workshop lead there within this page. */
export function followLink(event: MouseEvent, lesson: string): void {
  const anchor = (event.target as Element).closest("a[data-link]");
  if (anchor === null) return;
  event.preventDefault();
  const link = linkOf(anchor.getAttribute("href") ?? "", lesson);
  if (link.kind === "solution") dialog.value = { kind: "solution" };
  if (link.kind === "lesson") void openLesson(link.name);
  if (link.kind === "file") say(`Open ${link.path} in your editor.`);
  if (link.kind === "heading") {
    const heading = document.getElementById(link.id);
    heading?.scrollIntoView();
  }
}
