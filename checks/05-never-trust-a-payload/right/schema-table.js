// Plain JavaScript and callbacks. A small table says what each event takes; one function looks at
// everything before a handler sees it.
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.get("/health", (req, res) => res.send({ ok: true }));

const http = createServer(app);
const io = new Server(http, { maxHttpBufferSize: 1e5, cors: {} });

const schemas = {
  "message:send": { text: { type: "string", trim: true, min: 1, max: 500 } },
  "debug:fail": {},
  "color:set": { color: { type: "string", max: 20 } },
};

/** The good fields of a payload, or the name of the first bad one. */
function read(schema, payload) {
  const fields = {};
  for (const [name, rule] of Object.entries(schema)) {
    const isObject = typeof payload === "object" && payload !== null;
    let value = isObject && Object.hasOwn(payload, name) && payload[name];
    if (typeof value !== rule.type) return { bad: name };
    if (rule.trim) value = value.trim();
    if (value.length < (rule.min ?? 0) || value.length > rule.max)
      return { bad: name };
    fields[name] = value;
  }
  return { fields };
}

function on(socket, event, handler) {
  socket.on(event, function () {
    const last = arguments[arguments.length - 1];
    const ack = last instanceof Function ? last : function () {};
    const done = function (error, result) {
      if (error) {
        console.error(event, error);
        const message = "Our fault, not yours.";
        ack({ ok: false, error: { code: "INTERNAL", message } });
      } else ack(Object.assign({ ok: true }, result));
    };
    const { bad, fields } = read(schemas[event], arguments[0]);
    if (bad) {
      const message = `${bad} is missing or wrong`;
      ack({ ok: false, error: { code: "BAD_REQUEST", message, field: bad } });
      return;
    }
    try {
      handler(fields, done);
    } catch (error) {
      done(error);
    }
  });
}

let count = 0;
io.on("connect", function (socket) {
  const user = "guest-" + socket.id.substring(0, 4);
  socket.emit("welcome", { id: socket.id, user });

  on(socket, "message:send", function ({ text }, done) {
    count += 1;
    const id = count.toString(36);
    const at = new Date().toJSON();
    done(null, { id, at });
    io.sockets.emit("message:new", { at, id, user, text, color: "black" });
  });
  on(socket, "debug:fail", function (fields, done) {
    setTimeout(function () {
      done(
        new Error("mongodb://admin:tea@db.example gave up " + Math.random()),
      );
    }, 3);
  });
});

http.listen(process.env.PORT, "127.0.0.1");
