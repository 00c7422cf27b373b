import { addClient, nextHint, runCheck } from "./state/actions.ts";
import { check } from "./state/state.ts";
import {
  type View,
  closeDialog,
  dialog,
  dialogIsOpen,
  following,
  setShortcuts,
  shortcutsOn,
  show,
} from "./state/view.ts";
import { followOrNot } from "./wire/wire.tsx";
import { Modal } from "./parts/modal.tsx";
import { firstFailed } from "./lesson/progress.ts";

interface Shortcut {
  key: string;
  does: string;
  run: () => void;
}

const goTo = (key: string, view: View, name: string): Shortcut => ({
  key,
  does: `Go to ${name}`,
  run: () => show(view),
});

/** Every key, in the order in which the dialog lists them. */
const shortcuts: readonly Shortcut[] = [
  goTo("1", "lesson", "the lesson"),
  goTo("2", "check", "the check"),
  goTo("3", "clients", "the clients"),
  goTo("4", "wire", "the wire"),
  goTo("5", "database", "the database"),
  goTo("6", "users", "the users' view"),
  { key: "c", does: "Check now", run: () => void runCheck() },
  { key: "h", does: "The next hint", run: help },
  { key: "a", does: "Add the next client", run: () => void addClient() },
  { key: "/", does: "Filter the wire", run: focusFilter },
  {
    key: "f",
    does: "Follow the wire, or stop following",
    run: () => followOrNot(!following.value),
  },
  {
    key: "l",
    does: "Choose a lesson",
    run: () => document.getElementById("switcher")?.click(),
  },
  {
    key: "?",
    does: "Show these keys",
    run: () => (dialog.value = { kind: "shortcuts" }),
  },
];

function help(): void {
  const requirement = firstFailed(check.value?.requirements ?? []);
  if (requirement === undefined) return;
  show("check");
  void nextHint(requirement);
}

function focusFilter(): void {
  show("wire");
  // It may appear only now.
  requestAnimationFrame(() => document.getElementById("wire-filter")?.focus());
}

/** Listens to the keys of the whole page. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, altKey, metaKey, target } = event;
    if (!shortcutsOn.value || dialogIsOpen.value) return;
    if (ctrlKey || altKey || metaKey || isTyping(target)) return;
    const shortcut = shortcuts.find((one) => one.key === key);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run();
  });
}

const isTyping = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest("input, textarea, select, [contenteditable]") !== null;

/** What the keys do, and a switch for those in whose way they are. */
export function Shortcuts() {
  return (
    <Modal title="Keys" onClose={closeDialog}>
      <dl class="keys">
        {shortcuts.map(({ key, does }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>↑</kbd> <kbd>↓</kbd>
          </dt>
          <dd>On the wire: the entry before, the next one</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close what is open</dd>
        </div>
      </dl>
      <label class="tick">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={({ currentTarget }) => setShortcuts(currentTarget.checked)}
        />
        Single keys do something
      </label>
    </Modal>
  );
}
