import type { CollectionState, DocumentState } from "../../protocol.ts";
import { compactJson } from "../parts/json.ts";
import { Code } from "../parts/code.tsx";
import { cutDatabase } from "../state/actions.ts";
import { database } from "../state/state.ts";

const engines = {
  mongod: "mongod",
  "built-in": "the built-in engine",
  external: "your own MongoDB",
} as const;

/** What the learner's server has stored, as it changes. */
export function Database() {
  const state = database.value;
  if (state === null)
    return (
      <div class="empty">
        <p>
          This lesson needs no database. What your server knows, it keeps in its
          memory, and forgets when it ends.
        </p>
      </div>
    );
  return (
    <section class="database" aria-label="Database">
      <h2 class="visually-hidden">Database</h2>
      <p class="soft small">
        {state.engine === null
          ? "The database is being started…"
          : `${engines[state.engine]} ${state.version ?? ""}`.trim()}
        {state.name !== null && (
          <>
            , database <code>{state.name}</code>
          </>
        )}
      </p>
      {state.cut !== null && <Line cut={state.cut} />}
      {state.trouble !== null && <p class="callout bad">{state.trouble}</p>}
      {state.collections.length === 0 && state.trouble === null && (
        <div class="empty">
          <p>
            No collection yet. It appears with the first document that your
            server stores.
          </p>
        </div>
      )}
      {state.collections.map((collection) => (
        <Collection key={collection.name} collection={collection} />
      ))}
    </section>
  );
}

/** What a server does while its database is away is seen best by taking it away. */
function Line({ cut }: { cut: boolean }) {
  return (
    <p class="toolbar">
      <button
        type="button"
        class="quiet small"
        onClick={() => void cutDatabase(!cut)}
      >
        {cut ? "Mend the line to it" : "Cut the line to it"}
      </button>
      {cut && (
        <span class="soft small">
          Your server cannot reach its database now.
        </span>
      )}
    </p>
  );
}

function Collection({ collection }: { collection: CollectionState }) {
  const { name, count, documents } = collection;
  return (
    <section class="collection" aria-label={`Collection ${name}`}>
      <h3>
        <code>{name}</code>{" "}
        <span class="soft small">
          {count === 1
            ? "1 document"
            : `${count.toLocaleString("en")} documents`}
        </span>
      </h3>
      <ol>
        {documents.map((document) => (
          <li key={document.id}>
            <Document document={document} />
          </li>
        ))}
      </ol>
      {documents.length < count && (
        <p class="soft small">The newest {documents.length} are shown.</p>
      )}
    </section>
  );
}

function Document({ document }: { document: DocumentState }) {
  const { change, json } = document;
  return (
    <div key={document.since} class={`document ${change ?? ""}`}>
      {change !== null && <span class="mark">{change}</span>}
      <Code text={compactJson(json.text)} cut={json.cut} />
    </div>
  );
}
