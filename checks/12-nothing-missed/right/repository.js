// JavaScript and classes: a repository that holds all that is MongoDB's, and a chat that knows only it.
import { createServer } from "node:http";
import express from "express";
import { Long, MongoClient, ObjectId } from "mongodb";
import { Server } from "socket.io";

class Unavailable extends Error {}

class MessageRepository {
  #client;
  #messages;
  #rooms;
  /** Ids of messages that were stored here and not yet seen among the changes. */
  #own = new Set();

  constructor(uri, name) {
    this.#client = new MongoClient(uri, {
      maxPoolSize: 4,
      appName: "repository",
      serverSelectionTimeoutMS: 1_500,
      monitorCommands: false,
      retryWrites: false,
      retryReads: false,
    });
    const db = this.#client.db(name);
    this.#messages = db.collection("messages");
    this.#rooms = db.collection("rooms");
  }

  async connect() {
    await this.#client.connect();
    await this.#messages.createIndexes([
      { key: { room: 1, seq: 1 }, name: "place", unique: true },
      {
        key: { room: 1, user: 1, clientId: 1 },
        name: "once",
        unique: true,
        partialFilterExpression: { clientId: { $type: 2 } },
      },
    ]);
  }

  close() {
    return this.#client.close();
  }

  isUp() {
    const ping = this.#client.db("admin").command({ ping: 1 });
    return this.#soon(ping).then(
      () => true,
      () => false,
    );
  }

  async save({ room, user, text, clientId }) {
    const seq = await this.#soon(this.#next(room));
    const document = { room, seq, user, text, createdAt: new Date() };
    if (clientId !== undefined) document.clientId = clientId;
    document._id = new ObjectId();
    this.#own.add(document._id.toString());
    try {
      await this.#soon(this.#messages.insertOne(document));
      return { message: MessageRepository.#view(document), isNew: true };
    } catch (error) {
      if (error.cause?.code !== 11000) throw error;
      const same = this.#messages.findOne({ room, user, clientId });
      const first = await this.#soon(same);
      if (!first) throw error;
      return { message: MessageRepository.#view(first), isNew: false };
    }
  }

  async #next(room) {
    for (;;) {
      try {
        const { seq } = await this.#rooms.findOneAndUpdate(
          { _id: room },
          [{ $set: { seq: { $add: [{ $ifNull: ["$seq", 0] }, 1] } } }],
          { upsert: true, returnDocument: "after" },
        );
        return seq;
      } catch (error) {
        if (error.code !== 11000) throw error;
      }
    }
  }

  async page(room, before = Infinity, limit = 50) {
    const most = Math.min(limit, 100);
    const messages = [];
    const cursor = this.#messages
      .find({ room, seq: { $lt: before } }, { projection: { __v: 0 } })
      .sort([["seq", "desc"]])
      .limit(most + 1)
      .batchSize(200);
    for await (const document of this.#each(cursor)) messages.unshift(document);
    const hasMore = messages.length > most;
    return { messages: hasMore ? messages.slice(1) : messages, hasMore };
  }

  async *#each(cursor) {
    try {
      for (;;) {
        const document = await this.#soon(cursor.next());
        if (document === null) return;
        yield MessageRepository.#view(document);
      }
    } finally {
      cursor.close().catch(() => {});
    }
  }

  async since(room, offset) {
    const cursor = this.#messages
      .find({ room, seq: { $gt: offset } })
      .sort({ seq: 1 })
      .limit(501);
    const missed = [];
    for await (const message of this.#each(cursor)) missed.push(message);
    return { missed: missed.slice(0, 500), truncated: missed.length > 500 };
  }

  /** Calls `tell` for what others store. */
  listen(tell, resumeAfter = undefined) {
    const options = { fullDocument: "default", resumeAfter };
    const changes = this.#messages.watch([], options);
    changes.on("change", ({ operationType, fullDocument }) => {
      if (operationType !== "insert") return;
      if (this.#own.delete(fullDocument._id.toString())) return;
      tell(MessageRepository.#view(fullDocument));
    });
    changes.once("error", () =>
      setTimeout(() => this.listen(tell, changes.resumeToken), 500).unref(),
    );
  }

  static #view({ _id, room, seq, user, text, clientId, createdAt }) {
    const number = Long.isLong(seq) ? seq.toNumber() : seq;
    const view = { id: `${_id}`, room, seq: number, user, text };
    return { ...view, clientId, at: createdAt.toJSON() };
  }

  /** Whatever takes longer than two seconds, or fails, is an `Unavailable`. */
  async #soon(promise) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("too late")), 2_000);
    });
    try {
      return await Promise.race([promise, late]);
    } catch (error) {
      throw new Unavailable("no database", { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Runs one job after another. */
class Queue {
  #jobs = [];
  #isRunning = false;

  run(job) {
    return new Promise((resolve, reject) => {
      this.#jobs.push(() => job().then(resolve, reject));
      this.#work();
    });
  }

  async #work() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift())
      await job();
    this.#isRunning = false;
  }
}

class Chat {
  #io;
  #repository;

  constructor(io, repository) {
    this.#io = io;
    this.#repository = repository;
    io.on("connection", (socket) => this.#welcome(socket));
    repository.listen((message) =>
      io.to(`#${message.room}`).emit("message:new", message),
    );
  }

  #welcome(socket) {
    socket.data.queue = new Queue();
    socket.data.kept = new Set(socket.recovered ? socket.rooms : []);
    socket.emit("welcome", { id: socket.id, recovered: socket.recovered });
    const { user } = socket.data;
    for (const name of socket.data.kept)
      if (name.startsWith("#"))
        socket.to(name).emit("room:joined", { room: name.slice(1), user });
    const calls = {
      "room:join": this.join,
      "room:leave": this.leave,
      "message:send": this.send,
      "history:get": this.history,
      "typing:start": this.type,
    };
    for (const [event, call] of Object.entries(calls))
      socket.on(event, async (payload, ...rest) => {
        const ack = [payload, ...rest].findLast((x) => typeof x === "function");
        const answer = await this.#answer(() =>
          call.call(this, socket, payload ?? {}),
        );
        ack?.(answer);
      });
    socket.on("disconnecting", () => {
      for (const name of socket.rooms)
        if (name.startsWith("#"))
          socket.to(name).emit("room:left", { room: name.slice(1), user });
    });
  }

  async #answer(call) {
    try {
      return { ok: true, ...(await call()) };
    } catch (error) {
      if (error instanceof Unavailable) console.error(error.cause);
      const code =
        typeof error === "string"
          ? error
          : error instanceof Unavailable
            ? "DB_UNAVAILABLE"
            : "INTERNAL";
      return { ok: false, error: { code, message: code.toLowerCase() } };
    }
  }

  async join(socket, { room }) {
    checkName(room);
    const { user } = socket.data;
    if (!socket.rooms.has(`#${room}`)) {
      const count = [...socket.rooms].filter((name) => name[0] === "#").length;
      if (count === 10) throw "BAD_REQUEST";
      socket.join(`#${room}`);
      socket.to(`#${room}`).emit("room:joined", { room, user });
    }
    const past = await this.#past(socket, room);
    const members = this.#io.sockets.adapter.rooms.get(`#${room}`)?.size ?? 0;
    return { room, members, ...past };
  }

  async #past(socket, room) {
    if (socket.data.kept.has(`#${room}`))
      return { missed: [], truncated: false };
    const { offsets } = socket.handshake.auth;
    const offset = offsets?.[room];
    if (Number.isInteger(offset) && offset >= 0)
      return this.#repository.since(room, offset);
    const { messages } = await this.#repository.page(room);
    return { missed: messages, truncated: false };
  }

  leave(socket, { room }) {
    checkName(room);
    const { user } = socket.data;
    if (!socket.rooms.has(`#${room}`)) throw "NOT_IN_ROOM";
    socket.leave(`#${room}`);
    socket.data.kept.delete(`#${room}`);
    this.#io.to(`#${room}`).emit("room:left", { room, user });
    return { room };
  }

  async send(socket, { room, text, clientId }) {
    checkName(room);
    if (typeof text !== "string") throw "BAD_REQUEST";
    text = text.trim();
    if (text === "" || text.length > 500) throw "BAD_REQUEST";
    const isNamed =
      typeof clientId === "string" && /^[\w-]{8,64}$/.test(clientId);
    if (clientId !== undefined && !isNamed) throw "BAD_REQUEST";
    if (!socket.rooms.has(`#${room}`)) throw "NOT_IN_ROOM";
    const { user } = socket.data;
    return socket.data.queue.run(async () => {
      const draft = { room, user, text, clientId };
      const { message, isNew } = await this.#repository.save(draft);
      const { id, seq } = message;
      if (!isNew) return { id, seq, duplicate: true };
      this.#io.to(`#${room}`).emit("message:new", message);
      return { id, seq };
    });
  }

  history(socket, { room, before, limit }) {
    checkName(room);
    for (const number of [before, limit])
      if (number !== undefined && !(Number.isInteger(number) && number > 0))
        throw "BAD_REQUEST";
    if (!socket.rooms.has(`#${room}`)) throw "NOT_IN_ROOM";
    return this.#repository.page(room, before, limit);
  }

  /** The same over HTTP, where all numbers are texts. */
  async read(request, response) {
    const answer = await this.#answer(() => {
      const { room } = request.params;
      checkName(room);
      const [before, limit] = ["before", "limit"].map((name) => {
        const text = request.query[name];
        if (text === undefined) return undefined;
        if (!/^[1-9]\d*$/.test(text) || Array.isArray(text))
          throw "BAD_REQUEST";
        return Number(text);
      });
      return this.#repository.page(room, before, limit);
    });
    const status = answer.ok
      ? 200
      : answer.error.code === "BAD_REQUEST"
        ? 400
        : 503;
    response.status(status).json(answer);
  }

  type(socket, { room }) {
    checkName(room);
    if (!socket.rooms.has(`#${room}`)) throw "NOT_IN_ROOM";
    const { data } = socket;
    if (Date.now() - (data.typed ?? 0) < 1_000) return;
    data.typed = Date.now();
    socket.to(`#${room}`).volatile.emit("typing", { room, user: data.user });
  }
}

function checkName(room) {
  if (typeof room !== "string" || !/^[a-z0-9_-]{1,32}$/i.test(room))
    throw "BAD_REQUEST";
}

const { env } = process;
const repository = new MessageRepository(env.MONGODB_URI, env.MONGODB_DB);
await repository.connect().catch(({ message }) => {
  console.error(`The database does not answer: ${message}`);
  process.exit(3);
});

const users = new Map(Object.entries(JSON.parse(env.TOKENS ?? "{}")));
const app = express();
const httpServer = createServer(app);
const io = new Server(httpServer, {
  maxHttpBufferSize: 100_000,
  connectionStateRecovery: {
    maxDisconnectionDuration: 120_000,
    skipMiddlewares: false,
  },
  cors: { origin: env.CORS_ORIGIN ?? false },
  allowRequest: ({ headers: { origin } }, decide) =>
    decide(null, !origin || origin === env.CORS_ORIGIN),
});
io.use((socket, next) => {
  const user = users.get(socket.handshake.auth.token);
  const error = new Error("unauthorized");
  error.data = { code: "UNAUTHORIZED" };
  socket.data.user = user;
  next(user === undefined ? error : undefined);
});

const chat = new Chat(io, repository);
app.get("/rooms/:room/messages", (request, response) =>
  chat.read(request, response),
);
app.get("/health", async (_request, response) => {
  const isUp = await repository.isUp();
  const db = isUp ? "up" : "down";
  response.status(isUp ? 200 : 503).send({ ok: isUp, db });
});
app.get("/stats", (_request, response) => {
  const names = [...io.sockets.adapter.rooms.keys()];
  const rooms = names.filter((name) => name.startsWith("#")).length;
  response.send({ online: io.sockets.sockets.size, rooms });
});
app.use(express.static(env.PUBLIC_DIR ?? "public"));

for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, () => {
    io.close().then(() => repository.close());
  });

httpServer.listen(Number(env.PORT ?? 3000), env.HOST ?? "127.0.0.1");
