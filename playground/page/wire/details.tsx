import type { WireEntry } from "../../protocol.ts";
import { Code } from "../parts/code.tsx";
import { explainPacket } from "./packet.ts";
import { kindInWords, laneName } from "./steps.ts";
import { clock, inTime } from "./time.ts";

interface Props {
  entry: WireEntry;
  onClose: () => void;
  /** Opens another entry. */
  onOpen: (seq: number) => void;
}

/** One entry of the wire, with all that is known of it. */
export function Details({ entry, onClose, onOpen }: Props) {
  const { from, to, answers, event, ms, payload, raw } = entry;
  const way =
    to === null ? laneName(from) : `${laneName(from)} → ${laneName(to)}`;
  return (
    <section class="details" aria-label="The entry that you chose">
      <header>
        <h3>
          {way}: {kindInWords[entry.kind]}
          {event !== undefined && <b class="mono"> {event}</b>}
        </h3>
        <p class="soft small">
          at {clock(entry.at)}
          {ms !== undefined && <> · took {inTime(ms)}</>}
          {entry.wantsAck === true && <> · wants an acknowledgement</>}
        </p>
        {answers !== undefined && (
          <button type="button" class="link" onClick={() => onOpen(answers)}>
            What it answers
          </button>
        )}
        <button
          type="button"
          class="icon"
          aria-label="Close the entry"
          onClick={onClose}
        >
          ✕
        </button>
      </header>
      {event === undefined && <p class="mono">{entry.text}</p>}
      <div class="halves">
        {payload !== undefined && (
          <div>
            <h4>
              {from === "database" || to === "database" ? "Content" : "Payload"}
            </h4>
            <Code {...payload} />
          </div>
        )}
        {raw !== undefined && raw.text !== "" && (
          <div>
            <h4>As it went over the wire</h4>
            {raw.text.split("\n").map((packet, index) => (
              <Packet key={index} raw={packet} />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

/** A raw packet, with what each of its pieces means. */
function Packet({ raw }: { raw: string }) {
  const pieces = explainPacket(raw);
  return (
    <>
      <pre
        class="code packet"
        tabIndex={0}
        role="group"
        aria-label="Raw packet"
      >
        <code>
          {pieces.length === 0
            ? raw
            : pieces.map(({ text }, index) => (
                <span key={index} class={`piece-${index % 4}`}>
                  {text}
                </span>
              ))}
        </code>
      </pre>
      {pieces.length > 0 && (
        <dl class="pieces">
          {pieces.map(({ text, means }, index) => (
            <div key={index}>
              <dt class={`mono piece-${index % 4}`}>
                {text.length > 12 ? `${text.slice(0, 11)}…` : text}
              </dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
