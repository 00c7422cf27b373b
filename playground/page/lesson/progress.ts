import type {
  CheckState,
  LessonState,
  RequirementState,
} from "../../protocol.ts";

/** How many of these are met. */
export const met = (requirements: readonly RequirementState[]) =>
  requirements.filter(({ status }) => status === "passed").length;

/** The id of the requirement that comes next. */
export const firstFailed = (requirements: readonly RequirementState[]) =>
  requirements.find(({ status }) => status === "failed")?.id;

/** Where the check stands, in one line. */
export function checkInWords(state: CheckState): string {
  const { running, verdict, ms, requirements } = state;
  const base = requirements.filter(({ kind }) => kind === "base");
  const stretch = requirements.filter(({ kind }) => kind === "stretch");
  const time = ms === null ? "" : `, in ${(ms / 1_000).toFixed(1)} s`;
  if (running) return "Checking…";
  switch (verdict) {
    case null:
      return `${base.length} requirements to meet`;
    case "could-not-tell":
      return "The check could not tell: this machine is too busy. It counts neither for nor against you.";
    case "not-yet":
      return `${met(base)} of ${base.length} met${time}`;
    case "passed":
      return `Passed${time}${met(stretch) > 0 ? `, with ${"★".repeat(met(stretch))}` : ""}`;
  }
}

/** What the browser's tab says: how far one is, so that it is seen from the editor. */
export function title(
  lesson: Pick<LessonState, "number" | "title"> | null,
  check: CheckState | null,
): string {
  if (lesson === null) return "Playground";
  const base = (check?.requirements ?? []).filter(
    ({ kind }) => kind === "base",
  );
  const state = check?.verdict == null ? "" : `${met(base)}/${base.length} · `;
  return `${state}${lesson.number} ${lesson.title} · Playground`;
}
