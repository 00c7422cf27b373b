import type { Db, Document } from "mongodb";
import {
  type Database,
  type FreshDatabase,
  freshName,
} from "../../checks/kit/database.ts";
import { tappable } from "../../checks/kit/lesson-database.ts";
import type { SecureLine } from "../../checks/kit/secure-line.ts";
import { type Tap, type TappedCommand, openTap } from "../../checks/kit/tap.ts";
import type {
  CollectionState,
  DatabaseState,
  DocumentState,
} from "../protocol.ts";
import { NotPossible, asJson, cutText } from "./texts.ts";
import type { Wire } from "./wire.ts";

/** What is shown at most. */
const MOST_COLLECTIONS = 20;
const MOST_DOCUMENTS = 50;

/** After a command that writes, the documents are read, but not more often than this, in ms. */
const BETWEEN_LOOKS = 250;

/** What nobody wants to see in every command. */
const administration = new Set([
  "lsid",
  "$db",
  "$clusterTime",
  "$readPreference",
  "txnNumber",
]);

const reading = new Set([
  "find",
  "aggregate",
  "count",
  "distinct",
  "getMore",
  "listCollections",
  "listIndexes",
]);

/**
 * The database of the observed server: what the server says to it passes a tap and is told in the
 * timeline, and what it holds is read again after each command that writes.
 *
 * It stays as long as the lesson is open, whatever becomes of the server.
 */
export class ObservedDatabase {
  readonly #database: Database;
  readonly #fresh: FreshDatabase;
  readonly #tap: Tap | null;
  /** Before the tap, where server and database are to speak by TLS. */
  readonly #line: SecureLine | null;
  readonly #wire: Wire;
  readonly #onChange: () => void;
  readonly #known = new Map<string, KnownDocuments>();
  #collections: CollectionState[] = [];
  #trouble: string | null;
  #look: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isCut = false;
  #isEnded = false;

  /** @param tls whether the server reaches it by TLS only */
  static async open(
    opening: Promise<Database>,
    wire: Wire,
    onChange: () => void,
    tls = false,
  ): Promise<ObservedDatabase> {
    const database = await opening;
    let observed: ObservedDatabase | undefined;
    let trouble: string | null = null;
    const tap = await tapOf(database, wire, () => observed?.lookSoon()).catch(
      () => {
        trouble =
          "What your server says to its database cannot be shown: MONGODB_URI names one that cannot be looked into.";
        return null;
      },
    );
    const line = tls && tap !== null ? await openSecureLine(tap) : null;
    observed = new ObservedDatabase(
      database,
      { tap, line },
      trouble,
      wire,
      onChange,
    );
    return observed;
  }

  private constructor(
    database: Database,
    { tap, line }: { tap: Tap | null; line: SecureLine | null },
    trouble: string | null,
    wire: Wire,
    onChange: () => void,
  ) {
    this.#database = database;
    this.#fresh = database.fresh(freshName());
    this.#tap = tap;
    this.#line = line;
    this.#trouble = trouble;
    this.#wire = wire;
    this.#onChange = onChange;
  }

  /** What the server finds in its environment. */
  get env(): Record<string, string> {
    const uri = this.#tap?.uri ?? this.#database.uri;
    const plain = { MONGODB_URI: uri, MONGODB_DB: this.#fresh.name };
    if (this.#line === null || this.#tap === null) return plain;
    const { front, caFile } = this.#line;
    return {
      ...plain,
      MONGODB_URI: uri.replace(`:${this.#tap.port}/`, `:${front.port}/`),
      TLS_CA_FILE: caFile,
    };
  }

  get state(): DatabaseState {
    const { engine, version } = this.#database;
    return {
      engine,
      version,
      name: this.#fresh.name,
      trouble: this.#trouble,
      cut: this.#tap === null ? null : this.#isCut,
      collections: this.#collections,
    };
  }

  /** @throws {NotPossible} where nothing stands between the server and its database */
  cutLine(cut: boolean): void {
    if (this.#tap === null)
      throw new NotPossible(
        "The line to this database cannot be cut: it does not pass here.",
      );
    if (cut === this.#isCut) return;
    this.#isCut = cut;
    if (cut) this.#tap.cut();
    else this.#tap.heal();
    this.#wire.add("database", () => ({
      kind: cut ? "cut" : "mended",
      from: "database",
      to: null,
      text: cut ? "the line to it is cut" : "the line to it is mended",
    }));
    this.#onChange();
  }

  /** Reads the documents, unless that happens soon anyway. */
  lookSoon(): void {
    if (this.#isEnded) return;
    this.#look ??= setTimeout(() => void this.#lookNow(), BETWEEN_LOOKS);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#look);
    await this.#line?.close();
    await this.#tap?.close();
    await this.#fresh.drop().catch(() => {}); // The engine may have gone before.
  }

  async #lookNow(): Promise<void> {
    this.#look = undefined;
    if (this.#isLooking) return this.lookSoon();
    this.#isLooking = true;
    try {
      this.#collections = await this.#read(this.#fresh.db);
    } catch (error) {
      this.#trouble = `The database cannot be read: ${(error as Error).message}.`;
    } finally {
      this.#isLooking = false;
    }
    if (!this.#isEnded) this.#onChange();
  }

  async #read(db: Db): Promise<CollectionState[]> {
    const infos = await db.listCollections({}, { nameOnly: true }).toArray();
    const names = infos
      .map(({ name }) => name)
      .sort()
      .slice(0, MOST_COLLECTIONS);
    return Promise.all(names.map((name) => this.#readCollection(db, name)));
  }

  async #readCollection(db: Db, name: string): Promise<CollectionState> {
    const collection = db.collection(name);
    const [count, documents] = await Promise.all([
      collection.estimatedDocumentCount(),
      collection.find().sort({ $natural: -1 }).limit(MOST_DOCUMENTS).toArray(),
    ]);
    const known = this.#known.get(name) ?? new KnownDocuments();
    this.#known.set(name, known);
    return {
      name,
      count,
      documents: known.compare(documents, this.#wire.last),
    };
  }
}

/** Most lessons need no certificates, and what makes them takes long to load. */
async function openSecureLine(tap: Tap): Promise<SecureLine> {
  const { SecureLine } = await import("../../checks/kit/secure-line.ts");
  return SecureLine.open(tap);
}

/** @throws {CouldNotTell} for an address that a tap cannot read */
function tapOf(
  { uri, engine }: Database,
  wire: Wire,
  onWrite: () => void,
): Promise<Tap> {
  const sent = new WeakMap<TappedCommand, number>();
  return openTap(engine === "external" ? tappable(uri) : uri, {
    keeps: false,
    onCommand(command) {
      const entry = wire.add("database", () => ({
        kind: "command",
        from: "server",
        to: "database",
        text: inWords(command),
        event: command.name,
        payload: cutText(asJson(essence(command))),
      }));
      if (entry !== undefined) sent.set(command, entry.seq);
    },
    onReply(command, milliseconds) {
      const answers = sent.get(command);
      sent.delete(command);
      if (answers !== undefined)
        wire.add("database", () => ({
          kind: "reply",
          from: "database",
          to: "server",
          text: inWords(command),
          event: command.name,
          ms: Math.round(milliseconds * 10) / 10,
          answers,
        }));
      if (!reading.has(command.name)) onWrite();
    },
  });
}

/** Such as `insert messages`. */
function inWords({ name, command }: TappedCommand): string {
  const collection: unknown = command[name];
  return typeof collection === "string" ? `${name} ${collection}` : name;
}

function essence({ command }: TappedCommand): Document {
  return Object.fromEntries(
    Object.entries(command).filter(([key]) => !administration.has(key)),
  );
}

/** What was shown of a collection, to see what is new. */
class KnownDocuments {
  #shown: ReadonlyMap<string, DocumentState> | undefined;

  /** @param now `seq` of the newest entry of the timeline */
  compare(documents: readonly Document[], now: number): DocumentState[] {
    const before = this.#shown;
    const states = documents.map((document) => {
      const id = asJson(document._id);
      const json = cutText(asJson(document));
      const known = before?.get(id);
      if (known?.json.text === json.text) return known;
      return {
        id,
        json,
        since: now,
        change: known === undefined ? ("new" as const) : ("changed" as const),
      };
    });
    this.#shown = new Map(states.map((state) => [state.id, state]));
    return states;
  }
}
