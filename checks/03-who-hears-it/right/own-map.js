// Plain JavaScript, a map of its own that is kept correctly, and every audience made by hand.
import http from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
const server = http.createServer(app);
const io = new Server(server);
const people = new Map();

function tell(audience, event, payload) {
  for (const person of audience) person.emit(event, payload);
}
function others(person) {
  return [...people.values()].filter((other) => other !== person);
}

app.get("/health", (req, res) => res.json({ ok: true, people: people.size }));
app.get("/stats", (req, res) => res.json({ online: people.size }));

io.on("connection", function (person) {
  people.set(person.id, person);
  person.emit("welcome", { id: person.id, others: people.size - 1 });
  tell(others(person), "user:joined", { id: person.id, online: people.size });

  person.on("chat:say", function (line) {
    if (!line || typeof line.text !== "string") return;
    tell(people.values(), "chat:said", {
      ...line,
      from: person.id,
      at: new Date(),
    });
  });
  person.on("notify", function (note) {
    const receiver = people.get(note?.to);
    receiver?.emit("notification", { from: person.id, text: note.text });
  });
  person.on("score:set", function (score) {
    tell(others(person), "score:updated", score);
  });
  person.once("disconnect", function (reason) {
    people.delete(person.id);
    tell(people.values(), "user:left", {
      id: person.id,
      online: people.size,
      reason,
    });
  });
});

server.listen({ port: process.env.PORT });
