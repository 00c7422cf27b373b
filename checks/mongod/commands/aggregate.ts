import { Binary, Long, UUID } from "bson";
import { checkPipeline, runPipeline } from "../aggregate/aggregate.ts";
import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { ListCursor } from "../cursors.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { checkHint, contextOf, select, variablesOf } from "../query/select.ts";
import { openChangeStream } from "../replication/streams.ts";
import { documentsOf } from "../store/store.ts";
import type { Fields } from "./fields.ts";
import { output } from "./output.ts";
import { withWriteConcern } from "./write-concern.ts";

export const aggregateFields: Fields = {
  aggregate: "any!",
  pipeline: "array!",
  cursor: "document",
  explain: "bool",
  allowDiskUse: "bool",
  bypassDocumentValidation: "bool",
  collation: "document",
  hint: "hint",
  let: "document",
  fromMongos: "bool",
};

/** @see https://www.mongodb.com/docs/manual/reference/command/aggregate/ */
function aggregate(invocation: Invocation): Document {
  const { engine, database, command } = invocation;
  const target =
    typeof command.aggregate === "string" ? command.aggregate : undefined;
  checkPipeline(command.pipeline);
  if (command.explain)
    throw new CommandError(
      "CommandNotSupported",
      "aggregate with explain is not supported by the built-in engine: use the command explain",
    );
  if (command.cursor === undefined)
    throw new CommandError(
      "FailedToParse",
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  const [first] = command.pipeline;
  if (first && "$changeStream" in first)
    return engine.cursors.firstReply(
      openChangeStream(invocation, target),
      command,
    );
  const documents = results(invocation, command.pipeline, target);
  const namespace = `${database}.${target ?? "$cmd.aggregate"}`;
  return withWriteConcern(
    invocation,
    engine.cursors.firstReply(new ListCursor(namespace, documents), command),
  );
}

function results(
  invocation: Invocation,
  pipeline: Document[],
  target: string | undefined,
): Document[] {
  const { catalog, database, command, deadline } = invocation;
  const collection =
    target === undefined ? undefined : catalog.collection(database, target);
  const query = {
    collation: command.collation ?? undefined,
    variables: variablesOf(command),
  };
  const context = {
    ...contextOf(catalog, database, collection, query),
    deadline,
  };
  const last = pipeline.at(-1);
  const lastName = last && firstKey(last);
  const writes = lastName === "$out" || lastName === "$merge";
  let rest = writes ? pipeline.slice(0, -1) : pipeline;
  let documents: Document[];
  const [first] = rest;
  const name = first && firstKey(first);
  const source = name === undefined ? undefined : sources[name];
  if (collection && !collection.isView) checkHint(collection, command.hint);
  if (first && source) {
    documents = source(invocation, first[name ?? ""], target);
    rest = rest.slice(1);
  } else if (target === undefined) {
    if (name !== "$documents")
      throw new CommandError(
        "InvalidNamespace",
        `{aggregate: 1} is not valid for '${name ?? "an empty pipeline"}'; a collection is required.`,
      );
    documents = [];
  } else if (
    collection &&
    !collection.isView &&
    name === "$match" &&
    isDocument(first?.$match)
  ) {
    // The first $match is a query like any other, and finds its documents by their keys.
    documents = select(collection, { filter: first.$match }, context, deadline);
    rest = rest.slice(1);
  } else documents = documentsOf(catalog, database, target);
  const found = runPipeline(documents, rest, context);
  if (!writes || !last) return found;
  output(invocation, lastName, last[lastName], found);
  return [];
}

type Source = (
  invocation: Invocation,
  argument: unknown,
  target: string | undefined,
) => Document[];

/** First stages that bring their own documents. */
const sources: Record<string, Source> = {
  $collStats: ({ catalog, database }, argument, target) => {
    const collection =
      target === undefined ? undefined : catalog.collection(database, target);
    if (!collection)
      throw new CommandError(
        "NamespaceNotFound",
        `Collection [${database}.${target}] not found.`,
      );
    const wanted = isDocument(argument) ? argument : {};
    const count = collection.documents.size;
    return [
      {
        ns: collection.namespace,
        localTime: new Date(),
        ...("count" in wanted ? { count } : {}),
        ...("storageStats" in wanted ? { storageStats: { count } } : {}),
      },
    ];
  },
  $indexStats: ({ catalog, database, engine }, _argument, target) =>
    (catalog.collection(database, target ?? "")?.indexes ?? []).map(
      ({ specification }) => ({
        name: specification.name,
        key: specification.key,
        host: `${engine.options.host}:${engine.options.port}`,
        accesses: { ops: Long.ZERO, since: new Date(engine.started) },
        spec: specification,
      }),
    ),
  $currentOp: ({ engine }) => [
    {
      type: "op",
      host: `${engine.options.host}:${engine.options.port}`,
      active: true,
      op: "command",
    },
  ],
  $listLocalSessions: ({ command }) => {
    const id: Binary = new UUID().toBinary();
    return [
      {
        _id: { id: isDocument(command.lsid) ? command.lsid.id : id },
        lastUse: new Date(),
      },
    ];
  },
};

/** Aggregation. */
export const aggregateCommands: Record<string, Command> = {
  aggregate: { fields: aggregateFields, inTransaction: true, run: aggregate },
};
