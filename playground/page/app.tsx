import { Announcer, Notice } from "./announcer.tsx";
import { Clients } from "./clients/clients.tsx";
import { Options } from "./clients/options.tsx";
import { Confirm } from "./confirm.tsx";
import { Database } from "./database/database.tsx";
import { Check } from "./lesson/check.tsx";
import { Fault } from "./lesson/fault.tsx";
import { met } from "./lesson/progress.ts";
import { Reading } from "./lesson/reading.tsx";
import { Solution } from "./lesson/solution.tsx";
import { Switcher } from "./lesson/switcher.tsx";
import { type Tab, Tabs } from "./parts/tabs.tsx";
import { ServerStatus } from "./server-status.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { connection } from "./state/connection.ts";
import { check, clients, database, lesson, server } from "./state/state.ts";
import { type View, columns, dialog, show, shown } from "./state/view.ts";
import { Users } from "./users/users.tsx";
import { Picture } from "./wire/picture.tsx";
import { Wire } from "./wire/wire.tsx";

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        To the lesson
      </a>
      <Top />
      <Connection />
      {lesson.value === null ? <Waiting /> : <Workplace />}
      <CurrentDialog />
      <Notice />
      <Announcer />
    </>
  );
}

function Top() {
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M6 6v12M18 6v12M6 9h11M18 15H7" />
        </svg>
        <span>Playground</span>
      </h1>
      <Switcher />
      <ServerStatus />
      <button
        type="button"
        class="icon"
        aria-label="Keys"
        title="Keys"
        onClick={() => (dialog.value = { kind: "shortcuts" })}
      >
        ?
      </button>
    </header>
  );
}

/** Said where everybody sees it, and calmly: nothing is lost by it. */
function Connection() {
  if (connection.value === "lost")
    return (
      <aside class="connection" aria-label="Connection">
        The playground does not answer. If you have ended it, start it again
        with <code>npm run playground</code>; this page goes on by itself when
        it is back.
      </aside>
    );
  if (connection.value === "refused")
    return (
      <aside class="connection" aria-label="Connection">
        The playground was started anew, and this page belongs to the start
        before. Open the address that your terminal shows.
      </aside>
    );
  return null;
}

function Waiting() {
  return (
    <main id="main" class="moment">
      {connection.value !== "refused" && <p>One moment…</p>}
    </main>
  );
}

function Workplace() {
  return (
    <main id="main" tabIndex={-1} class={`columns-${columns.value}`}>
      {columns.value === 1 ? <OneColumn /> : <SeveralColumns />}
    </main>
  );
}

function OneColumn() {
  const views: View[] = [
    "lesson",
    "check",
    "clients",
    "wire",
    "database",
    "users",
  ];
  const { one } = shown.value;
  return (
    <Tabs
      label="Parts of the playground"
      tabs={views.map(tabOf)}
      selected={one}
      onSelect={show}
    >
      {one !== "check" && <ServerFault />}
      <Content view={one} />
    </Tabs>
  );
}

function SeveralColumns() {
  const { left, right } = shown.value;
  return (
    <>
      {columns.value === 3 ? (
        <>
          <div class="column">
            <Reading />
          </div>
          <div class="column">
            <Check />
          </div>
        </>
      ) : (
        <div class="column">
          <Tabs
            label="Lesson"
            tabs={(["lesson", "check"] as const).map(tabOf)}
            selected={left}
            onSelect={show}
          >
            <Content view={left} />
          </Tabs>
        </div>
      )}
      <div class="column workbench">
        <ServerFault />
        <Clients />
        <Tabs
          label="Workbench"
          tabs={(["wire", "database", "users"] as const).map(tabOf)}
          selected={right}
          onSelect={show}
        >
          <Content view={right} />
        </Tabs>
      </div>
    </>
  );
}

function Content({ view }: { view: View }) {
  switch (view) {
    case "lesson":
      return <Reading />;
    case "check":
      return <Check />;
    case "clients":
      return <Clients />;
    case "wire":
      return <Wire />;
    case "database":
      return <Database />;
    case "users":
      return <Users />;
  }
}

function tabOf(id: View): Tab<View> {
  switch (id) {
    case "lesson":
      return { id, label: "Lesson" };
    case "check":
      return { id, label: "Check", badge: checkBadge() };
    case "clients":
      return { id, label: "Clients", badge: `${clients.value.length}` };
    case "wire":
      return { id, label: "Wire" };
    case "database":
      return {
        id,
        label: "Database",
        ...(database.value === null ? {} : { badge: `${documentsStored()}` }),
      };
    case "users":
      return { id, label: "Users' view" };
  }
}

function checkBadge(): string {
  const base = (check.value?.requirements ?? []).filter(
    ({ kind }) => kind === "base",
  );
  return `${met(base)}/${base.length}`;
}

const documentsStored = () =>
  (database.value?.collections ?? []).reduce(
    (sum, { count }) => sum + count,
    0,
  );

function ServerFault() {
  const state = server.value;
  if (state?.fault == null || state.status === "running") return null;
  return <Fault fault={state.fault} />;
}

function CurrentDialog() {
  const open = dialog.value;
  switch (open?.kind) {
    case "solution":
      return <Solution />;
    case "shortcuts":
      return <Shortcuts />;
    case "picture":
      return <Picture picture={open.picture} />;
    case "client":
      return <Options name={open.name} />;
    case "confirm":
      return <Confirm {...open} />;
    case undefined:
      return null;
  }
}
