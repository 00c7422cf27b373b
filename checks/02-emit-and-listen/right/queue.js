// Plain JavaScript; Express listens and hands its HTTP server on, on every address. Handlers are
// asynchronous, and a queue for each client keeps their answers in order.
import express from "express";
import { Server } from "socket.io";

const app = express();
const web = app.listen(process.env.PORT);
const realtime = new Server(web);

app.get("/health", async function (req, res) {
  res.status(200).send({ ok: true });
});

realtime.on("connect", function (client) {
  let last = Promise.resolve();
  const inTurn = (job) =>
    function () {
      const values = [...arguments];
      last = last.then(() => job(values)).catch(console.error);
    };

  client.on(
    "echo",
    inTurn(async function (values) {
      // Now more, now less: the next one waits for it.
      await new Promise((done) => setTimeout(done, Math.random()));
      client.emit("echo:reply", { args: values });
    }),
  );
  client.on(
    "math:add",
    inTurn(async function ([numbers]) {
      const sum = (numbers && numbers.a) + (numbers && numbers.b);
      if (Number.isFinite(sum)) client.emit("math:result", { sum: sum });
    }),
  );
  client.emit("welcome", { id: client.id });
});
