import { Modal } from "./parts/modal.tsx";
import { type OpenDialog, closeDialog } from "./state/view.ts";

type Props = Extract<OpenDialog, { kind: "confirm" }>;

/** Asks before something that changes files. */
export function Confirm({ title, text, yes, run }: Props) {
  return (
    <Modal title={title} onClose={closeDialog}>
      <p>{text}</p>
      <div class="buttons">
        <button type="button" onClick={run}>
          {yes}
        </button>
        <button type="button" class="quiet" onClick={closeDialog}>
          Leave it as it is
        </button>
      </div>
    </Modal>
  );
}
