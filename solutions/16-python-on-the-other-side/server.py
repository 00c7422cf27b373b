import logging
import os
import re
import uuid
from datetime import datetime, timezone
from threading import Lock

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room, leave_room

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

MOST_ROOMS = 10
ROOM_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")

# Who is connected, and in which rooms. Several threads look and change at once, so whoever does
# either holds the lock: between "fewer than ten?" and "one more" nobody else may come in.
lock = Lock()
rooms_of: dict[str, set[str]] = {}


class Refusal(Exception):
    """The call was wrong, and whoever made it is told why."""

    def __init__(self, code: str, message: str):
        self.answer = {"ok": False, "error": {"code": code, "message": message}}


def answered(event: str):
    """Registers a handler. What it returns becomes the acknowledgement, and so does a refusal.

    The client chooses how many arguments it sends, so we take them all and use the first.
    """

    def register(work):
        def handler(*args):
            try:
                return {"ok": True, **work(fields_of(args[0] if args else None))}
            except Refusal as refusal:
                return refusal.answer

        sio.on_event(event, handler)

    return register


@app.get("/health")
def health():
    return {"ok": True}


@app.get("/stats")
def stats():
    with lock:
        rooms = set().union(*rooms_of.values())
        return {"online": len(rooms_of), "rooms": len(rooms)}


@sio.on("connect")
def connected():
    with lock:
        rooms_of[request.sid] = set()
    emit("welcome", {"id": request.sid})


@sio.on("disconnect")
def disconnected(*_reason):
    with lock:
        rooms = rooms_of.pop(request.sid, set())
    for room in rooms:
        tell_others("room:left", room)


@answered("room:join")
def join(payload):
    room = room_in(payload)
    with lock:
        own = rooms_of[request.sid]
        is_new = room not in own
        if is_new and len(own) >= MOST_ROOMS:
            raise Refusal("BAD_REQUEST", f"at most {MOST_ROOMS} rooms")
        own.add(room)
        join_room(channel(room))
        members = sum(room in rooms for rooms in rooms_of.values())
    if is_new:
        tell_others("room:joined", room)
    return {"room": room, "members": members}


@answered("room:leave")
def leave(payload):
    room = own_room_in(payload)
    with lock:
        rooms_of[request.sid].discard(room)
        leave_room(channel(room))
    tell_others("room:left", room)
    return {"room": room}


@answered("message:send")
def send(payload):
    text = text_in(payload)
    room = own_room_in(payload)
    message = {
        "id": str(uuid.uuid4()),
        "room": room,
        "user": user(),
        "text": text,
        "at": datetime.now(timezone.utc).isoformat(),
    }
    emit("message:new", message, to=channel(room))
    return {"id": message["id"]}


@answered("dm:send")
def send_directly(payload):
    text = text_in(payload)
    to = payload.get("to")
    with lock:
        # A list is no key of a dict: to ask for it would be an error.
        if not isinstance(to, str) or to not in rooms_of:
            raise Refusal("BAD_REQUEST", "to must be the id of a connected socket")
    emit("dm:new", {"from": request.sid, "text": text}, to=to)
    return {}


def tell_others(event: str, room: str):
    payload = {"room": room, "user": user()}
    emit(event, payload, to=channel(room), include_self=False)


def user() -> str:
    """The server gives the name. If the client gave it, anybody could be anybody."""
    return f"guest-{request.sid[:4]}"


def channel(room: str) -> str:
    """Each socket is in a room named by its id, here as in Node. A prefix keeps ours apart."""
    return f"room:{room}"


def fields_of(payload) -> dict:
    """The fields of what a client sent. Anything can arrive, and then there are no fields."""
    return payload if isinstance(payload, dict) else {}


def room_in(payload: dict) -> str:
    room = payload.get("room")
    # fullmatch, not match with a $: that would let a line break through at the end.
    if not isinstance(room, str) or not ROOM_NAME.fullmatch(room):
        raise Refusal("BAD_REQUEST", "room must be 1 to 32 of A-Z a-z 0-9 _ -")
    return room


def own_room_in(payload: dict) -> str:
    room = room_in(payload)
    with lock:
        if room not in rooms_of[request.sid]:
            raise Refusal("NOT_IN_ROOM", "you are not in that room")
    return room


def text_in(payload: dict) -> str:
    text = payload.get("text")
    if not isinstance(text, str):
        raise Refusal("BAD_REQUEST", "text must be a string")
    trimmed = text.strip()
    if not 1 <= length_of(trimmed) <= 500:
        raise Refusal("BAD_REQUEST", "text must have 1 to 500 characters")
    return trimmed


def length_of(text: str) -> int:
    """As JavaScript counts, since the contract does: a waving hand is two there, and one in Python."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 3000))
    host = os.environ.get("HOST", "127.0.0.1")
    # Werkzeug calls itself a development server, and wants to hear that this is known.
    sio.run(app, host=host, port=port, allow_unsafe_werkzeug=True)
