import { type LessonName, type Lessons } from "../lessons.ts";
import {
  type FailedAt,
  type LessonProgress,
  type Progress,
  hintsTold,
  isPassed,
} from "../progress.ts";
import type { Learner } from "./collect.ts";

/** Where one learner is. Times are in milliseconds, moments in ISO 8601. */
export interface Row {
  name: string;
  state: "not-begun" | "under-way" | "all-passed";
  /** How many lessons are passed. */
  passed: number;
  /** The folder of the lesson that they are at; `null` when all are passed. */
  lesson: string | null;
  /** In this lesson. */
  tries: number;
  hints: number;
  spent: number;
  /** In all lessons together. */
  total: { tries: number; hints: number; spent: number };
  /** When anything was checked last. */
  last: string | null;
  /** Where this lesson's last check ended; `null` when it has not been checked. */
  failedAt: FailedAt | null;
}

/** A requirement, and who is stopped by it. */
export interface Stop {
  lesson: string;
  requirement: string;
  learners: string[];
}

/** How far a class is in one lesson. */
export interface LessonCount {
  lesson: string;
  passed: number;
  /** How many are at it now. */
  here: number;
}

export interface Overview {
  learners: Row[];
  lessons: LessonCount[];
  /** The requirement that stops most people comes first. */
  stops: Stop[];
  /** Names of those who have failed at one requirement repeatedly; who has spent most time on it comes first. */
  stuck: string[];
}

export function overviewOf(
  learners: readonly Learner[],
  lessons: Lessons,
): Overview {
  const rows = learners.map((learner) => rowOf(learner, lessons));
  return {
    learners: rows,
    lessons: lessons.map(({ name }) => ({
      lesson: name,
      passed: learners.filter(({ progress }) => isPassed(progress, { name }))
        .length,
      here: rows.filter(({ lesson }) => lesson === name).length,
    })),
    stops: stopsOf(rows),
    stuck: rows
      .filter(({ failedAt }) => failedAt !== null && failedAt.times > 1)
      .toSorted((a, b) => timeAt(b) - timeAt(a))
      .map(({ name }) => name),
  };
}

function timeAt({ failedAt }: Row): number {
  return failedAt?.spent ?? 0;
}

function rowOf({ name, progress }: Learner, lessons: Lessons): Row {
  const all = Object.values(progress.lessons);
  const here = whereIs(progress, lessons);
  const kept = here === null ? undefined : progress.lessons[here.name];
  return {
    name,
    state:
      here === null
        ? "all-passed"
        : all.length === 0
          ? "not-begun"
          : "under-way",
    passed: lessons.filter((lesson) => isPassed(progress, lesson)).length,
    lesson: here?.name ?? null,
    ...sumOf(kept === undefined ? [] : [kept]),
    total: sumOf(all),
    last: latest(all)?.last ?? null,
    failedAt: kept?.failedAt ?? null,
  };
}

function sumOf(lessons: readonly LessonProgress[]): Row["total"] {
  const sum = (figure: (lesson: LessonProgress) => number) =>
    lessons.reduce((total, lesson) => total + figure(lesson), 0);
  return {
    tries: sum(({ tries }) => tries),
    hints: sum(hintsTold),
    spent: sum(({ spent }) => spent),
  };
}

/**
 * The lesson that somebody is at: the one they checked last if it is not passed; else the next one
 * that is not passed, or the first.
 */
function whereIs(progress: Progress, lessons: Lessons): LessonName | null {
  const open = lessons.filter((lesson) => !isPassed(progress, lesson));
  const known = lessons.flatMap(({ name }) => {
    const kept = progress.lessons[name];
    return kept === undefined ? [] : [{ name, last: kept.last }];
  });
  const last = latest(known)?.name ?? "";
  return open.find(({ name }) => name >= last) ?? open[0] ?? null;
}

function latest<T extends { last: string }>(all: readonly T[]): T | undefined {
  return all.toSorted((a, b) => momentOf(a) - momentOf(b)).at(-1);
}

function momentOf({ last }: { last: string }): number {
  return Date.parse(last) || 0;
}

function stopsOf(rows: readonly Row[]): Stop[] {
  const stops = new Map<string, Stop>();
  for (const { name, lesson, failedAt } of rows) {
    if (lesson === null || failedAt === null) continue;
    const { requirement } = failedAt;
    const key = JSON.stringify([lesson, requirement]);
    const stop = stops.get(key) ?? { lesson, requirement, learners: [] };
    stops.set(key, stop);
    stop.learners.push(name);
  }
  return [...stops.values()].toSorted(
    (a, b) => b.learners.length - a.learners.length,
  );
}
