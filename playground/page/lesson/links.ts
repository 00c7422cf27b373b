/** Where a link of a lesson leads to. */
export type Link =
  | { kind: "outside"; url: string }
  | { kind: "lesson"; name: string }
  | { kind: "solution" }
  /** A heading of the same page. */
  | { kind: "heading"; id: string }
  /** From the repository's root. */
  | { kind: "file"; path: string };

/**
 * @param href as it stands in `lessons/NAME/README.md`
 * @param lesson that NAME
 */
export function linkOf(href: string, lesson: string): Link {
  if (/^[a-z]+:/i.test(href)) return { kind: "outside", url: href };
  if (href.startsWith("#")) return { kind: "heading", id: href.slice(1) };
  const base = `http://repository/lessons/${lesson}/`;
  const path = new URL(href, base).pathname.slice(1);
  const [folder, name = ""] = path.split("/");
  if (folder === "solutions" && name === lesson) return { kind: "solution" };
  if (/^lessons\/[^/]+\/(README\.md)?$/.test(path) && name !== lesson)
    return { kind: "lesson", name };
  return { kind: "file", path };
}
