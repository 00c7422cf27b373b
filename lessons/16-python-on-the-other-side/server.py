import logging
import os

from flask import Flask, request
from flask_socketio import SocketIO, emit

# Else it would print a line for each request.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

app = Flask(__name__)
# Each client has a thread. What one client sends is handled in the order it was sent in; without
# async_handlers=False, each event would be in a thread of its own, and might overtake another.
sio = SocketIO(
    app,
    async_mode="threading",
    async_handlers=False,
    max_http_buffer_size=100_000,
)


@app.get("/health")
def health():
    return {"ok": True}


@sio.on("connect")
def connected():
    emit("welcome", {"id": request.sid})


# TODO(16): `room:join`, `room:leave`, `message:send` and `dm:send` { to, text }, as in lesson 06.

# TODO(16): GET /stats answers { "online": ..., "rooms": ... }.

# TODO(16): when a client is gone, the others in its rooms hear `room:left`, once for each room.

# TODO(16): whatever is malformed is answered BAD_REQUEST, and nothing breaks.


def user() -> str:
    """The server gives the name. If the client gave it, anybody could be anybody."""
    return f"guest-{request.sid[:4]}"


def length_of(text: str) -> int:
    """As JavaScript counts, since the contract does: a waving hand is two there, and one in Python."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 3000))
    host = os.environ.get("HOST", "127.0.0.1")
    # Werkzeug calls itself a development server, and wants to hear that this is known.
    sio.run(app, host=host, port=port, allow_unsafe_werkzeug=True)
