import { expect, test } from "vitest";
import { highlight, renderReadme } from "./markdown.ts";

const htmlOf = (markdown: string) =>
  renderReadme(markdown, "03-who-hears-it")
    .map((piece) => ("html" in piece ? piece.html : "‹figure›"))
    .join("");

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

test("headings are one level lower, and links find them", () => {
  expect(htmlOf("## The contract, again")).toContain(
    '<h3 id="the-contract-again">The contract, again</h3>',
  );
});

test("a diagram stands between what is before and behind it", () => {
  const diagram = "```mermaid\nsequenceDiagram\n  A->>B: hello\n```";
  expect(htmlOf(`before\n\n${diagram}\n\nbehind`)).toMatch(
    /before[^]*‹figure›[^]*behind/,
  );
});

test("a diagram that is not understood is shown as text", () => {
  expect(htmlOf("```mermaid\npie\n```")).toContain("pie");
});

test("links say what they lead to", () => {
  expect(htmlOf("[x](https://socket.io)")).toContain('target="_blank"');
  expect(htmlOf("[x](../02-emit/README.md)")).toContain('data-link="lesson"');
});

test("HTML is shown and never run; comments are not shown", () => {
  const html = htmlOf("a <img src=x onerror=alert(1)> b\n\n<!-- hidden -->");
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;img");
  expect(html).not.toContain("hidden");
});

test("highlighted code is the same code", () => {
  const code =
    'const a = "<b>" && `x${1}`; // what?\n\nio.on("connection", () => {});';
  expect(textOf(highlight(code))).toBe(code);
  expect(highlight(code)).toContain('class="code-keyword"');
  expect(highlight("npm run check # now", "sh")).toBe("npm run check # now");
});
