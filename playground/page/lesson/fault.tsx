import type { FaultState } from "../../protocol.ts";
import { Prose } from "../parts/prose.tsx";

/** What is wrong with the server as a process: a sentence, where, what to do, its last words. */
export function Fault({ fault }: { fault: FaultState }) {
  return (
    <div class="callout bad fault">
      <p>
        <b>{fault.message}</b>
      </p>
      {fault.where !== null && <p class="mono">{fault.where}</p>}
      {fault.hint !== "" && (
        <p>
          <Prose text={fault.hint} />
        </p>
      )}
      {fault.output.length > 0 && (
        <pre tabIndex={0} role="group" aria-label="Last lines of its console">
          {fault.output.join("\n")}
        </pre>
      )}
    </div>
  );
}
