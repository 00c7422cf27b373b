import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import { Terminal } from "./terminal.ts";

/** What stands behind a word begins here. */
const INDENT = 17;

/** Says how a command is typed, and what it does. */
export function tellHelp(
  command: messages.CommandName,
  terminal = new Terminal({ plain: false }),
): void {
  const { does, words = [] } = messages.help[command];
  const lines = words.flatMap(([word, text]) =>
    wrap(text, terminal.width - INDENT).map(
      (line, index) =>
        `${index === 0 ? `  ${word}`.padEnd(INDENT) : " ".repeat(INDENT)}${line}`,
    ),
  );
  terminal.writeLines([
    ...wrap(does, terminal.width),
    "",
    ...wrap(messages.typeThis(messages.usage[command]), terminal.width),
    ...(lines.length > 0 ? ["", ...lines] : []),
  ]);
}
