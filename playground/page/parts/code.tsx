import type { CutText } from "../../protocol.ts";
import { highlight } from "../lesson/markdown.ts";

/** JSON or code in colours; what was cut off is said. */
export function Code({ text, cut }: CutText) {
  const html = { __html: highlight(text) };
  return (
    <>
      <pre class="code" tabIndex={0} role="group" aria-label="Content">
        <code dangerouslySetInnerHTML={html} />
      </pre>
      {cut > 0 && (
        <p class="soft small">
          {cut.toLocaleString("en")} more characters are not kept here.
        </p>
      )}
    </>
  );
}
