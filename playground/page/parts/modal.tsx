import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props {
  title: string;
  wide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

/** A dialog above everything. Escape closes it, and the focus goes back to where it was. */
export function Modal({ title, wide = false, onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? "modal wide" : "modal"}
      aria-labelledby={id}
      onClose={onClose}
    >
      <div class="modal-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="icon"
          aria-label="Close"
          onClick={() => ref.current?.close()}
        >
          ✕
        </button>
      </div>
      {children}
    </dialog>
  );
}
