import { Lexer, Marked, type Token, type Tokens } from "marked";
import { parse } from "sugar-high/core";
import { tokenize as typescript } from "sugar-high/lang/typescript";
import type { Figure } from "../diagram/figure.ts";
import { linkOf } from "./links.ts";
import { NotUnderstood, parseMermaid } from "./mermaid.ts";

/** A README in pieces: text as HTML, and diagrams between. */
export type Piece = { html: string } | { figure: Figure };

/** Languages of code blocks that are coloured; others, such as shell commands, stay plain. */
const coloured = new Set(["ts", "typescript", "js", "javascript", "json"]);

/**
 * Renders a lesson's README.
 *
 * Headings are one level lower than in the file, since the page has a heading of its own. Links get
 * the kind of what they lead to as `data-link`: see links.ts. HTML in the file is shown as text.
 *
 * @param lesson the lesson's folder
 */
export function renderReadme(markdown: string, lesson: string): Piece[] {
  const marked = markedFor(lesson);
  const pieces: Piece[] = [];
  let text: Token[] = [];
  const flush = () => {
    if (text.length > 0) pieces.push({ html: marked.parser(text) });
    text = [];
  };
  for (const token of Lexer.lex(markdown)) {
    const figure = figureOf(token);
    if (figure === null) text.push(token);
    else {
      flush();
      pieces.push({ figure });
    }
  }
  flush();
  return pieces;
}

function figureOf(token: Token): Figure | null {
  if (token.type !== "code" || (token as Tokens.Code).lang !== "mermaid")
    return null;
  try {
    return parseMermaid((token as Tokens.Code).text);
  } catch (error) {
    // A diagram in words is better than no lesson.
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

function markedFor(lesson: string): Marked {
  return new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const level = Math.min(6, depth + 1);
        return `<h${level} id="${escape(slug(text))}">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      link({ href, tokens }) {
        const link = linkOf(href, lesson);
        const inside = this.parser.parseInline(tokens);
        if (link.kind === "outside")
          return `<a href="${escape(link.url)}" target="_blank" rel="noopener">${inside}</a>`;
        return `<a href="${escape(href)}" data-link="${link.kind}">${inside}</a>`;
      },
      code({ text, lang = "" }) {
        return `<pre data-name="${nameOf(lang)}"><code>${highlight(text, lang)}</code></pre>\n`;
      },
      table(token) {
        const cell = ({ tokens }: Tokens.TableCell, tag: string) =>
          `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
        const head = token.header
          .map((one) => cell(one, one.text === "" ? "td" : "th"))
          .join("");
        const body = token.rows
          .map(
            (row) => `<tr>${row.map((one) => cell(one, "td")).join("")}</tr>`,
          )
          .join("");
        return `<div class="table" data-name="Table"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>\n`;
      },
      html: ({ text }) => (text.startsWith("<!--") ? "" : escape(text)),
    },
  });
}

const nameOf = (lang: string) =>
  lang === "sh" ? "Commands" : coloured.has(lang) ? "Code" : "Text";

/** As GitHub makes them from headings. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

/** Code as HTML, each token with its kind as a class. */
export function highlight(code: string, lang = "ts"): string {
  if (!coloured.has(lang)) return escape(code);
  return parse(code, { tokenize: typescript })
    .lines.map(({ tokens }) =>
      tokens
        .map(({ type, value }) =>
          type === "space" || type === "identifier"
            ? escape(value)
            : `<span class="code-${type}">${escape(value)}</span>`,
        )
        .join(""),
    )
    .join("\n");
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
