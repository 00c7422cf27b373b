import { type Key, emitKeypressEvents } from "node:readline";
import type { ReadStream } from "node:tty";

/**
 * The keyboard of a terminal, read key by key: nobody types Enter. What ends or stops a command in
 * every terminal does so here too, although the terminal itself does not look at the keys any more.
 *
 * However this process ends, Node gives the terminal back as it was.
 */
export class Keyboard {
  readonly #input: ReadStream;
  readonly #onKeypress: (text: string | undefined, key: Key) => void;
  readonly #readKeys = () => this.#input.setRawMode(true);

  /**
   * @param onKey called with the name of each key, such as `h` or `return`
   * @returns `null` where there is no keyboard
   */
  static open(
    onKey: (name: string) => void,
    input: ReadStream = process.stdin,
  ): Keyboard | null {
    return input.isTTY ? new Keyboard(onKey, input) : null;
  }

  private constructor(onKey: (name: string) => void, input: ReadStream) {
    this.#input = input;
    this.#onKeypress = (_text, { name, ctrl, meta }) => {
      if (ctrl) this.#control(name);
      else if (name !== undefined && !meta) onKey(name);
    };
    emitKeypressEvents(input);
    input.on("keypress", this.#onKeypress);
    process.on("SIGCONT", this.#readKeys);
    this.#readKeys();
    input.resume();
  }

  close(): void {
    process.off("SIGCONT", this.#readKeys);
    this.#input.off("keypress", this.#onKeypress);
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  #control(name: string | undefined): void {
    if (name === "c") process.emit("SIGINT");
    if (name === "z" && process.platform !== "win32") {
      this.#input.setRawMode(false);
      // npm, which started us, is in the same group and stops as well.
      process.kill(0, "SIGTSTP");
    }
  }
}
