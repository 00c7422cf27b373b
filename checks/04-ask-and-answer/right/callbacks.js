// Plain JavaScript, no promises: one callback for each client that is asked.
import express from "express";
import { Server } from "socket.io";

const app = express();
const io = new Server(app.listen(process.env.PORT));

app.get("/health", function (req, res) {
  res.json({ ok: true });
});

function last(args, otherwise) {
  const value = args[args.length - 1];
  return typeof value === "function" ? value : otherwise;
}
function nobody() {}
function refuse(ack, message) {
  ack({ ok: false, error: { code: "BAD_REQUEST", message, retry: false } });
}
function isNumber(value) {
  return typeof value === "number" && isFinite(value);
}

io.on("connection", function (client) {
  client.on("time:get", function () {
    const ack = last(arguments, nobody);
    const now = new Date();
    // A Date becomes ISO text on its way.
    ack({ ok: true, now, zone: "UTC" }, "and nothing else");
  });

  client.on("math:divide", function (numbers) {
    const ack = last(arguments, nobody);
    const a = numbers && numbers.a;
    const b = numbers && numbers.b;
    if (!isNumber(a)) return refuse(ack, "a is no number");
    if (!isNumber(b)) return refuse(ack, "b is no number");
    if (b === 0) return refuse(ack, "nothing can be divided by 0");
    ack({ ok: true, result: a / b });
  });

  client.on("poll:ask", function (poll) {
    const ack = last(arguments, nobody);
    const question = poll && poll.question;
    if (typeof question !== "string") return refuse(ack, "no question");
    const others = [];
    io.sockets.sockets.forEach(function (other) {
      if (other.id !== client.id) others.push(other);
    });
    const answers = [];
    let open = others.length;
    function finish() {
      ack({ ok: true, answers, missing: others.length - answers.length });
    }
    if (open === 0) return finish();
    others.forEach(function (other) {
      other
        .timeout(1000)
        .emit("poll:question", { question }, function (error, answer) {
          if (!error) answers.push(answer);
          open -= 1;
          if (open === 0) finish();
        });
    });
  });

  client.emit("welcome", { id: client.id });
});
