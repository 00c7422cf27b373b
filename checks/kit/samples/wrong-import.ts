import { Servr } from "socket.io";

new Servr().listen(Number(process.env.PORT));
