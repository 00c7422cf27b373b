import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer();
const io = new Server(server, {
  connectionStateRecovery: { skipMiddlewares: false },
});

io.use((socket, next) => {
  const isKnown = socket.handshake.auth.token === "good";
  next(isKnown ? undefined : new Error("unauthorized"));
});
io.on("connection", (socket) => {
  const { id } = socket;
  let asked = 0;
  socket.emit("welcome", { id });
  socket.on("say", (said) => io.emit("said", said));
  socket.on("late", (milliseconds, answer) => {
    if (milliseconds === 0) answer("late");
    else setTimeout(answer, milliseconds, "late").unref();
  });
  socket.on("once-late", (answer) => {
    if (++asked === 2) answer("second");
  });
  socket.on("disconnect", () => socket.broadcast.emit("gone", { id }));
});
server.listen(Number(process.env.PORT), process.env.HOST);
