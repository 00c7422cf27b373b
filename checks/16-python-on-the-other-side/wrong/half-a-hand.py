# fails: length
# mistake: half-a-hand
# hint: cut a character in two
import logging
import os
import re
import uuid
from datetime import datetime, timezone
from threading import Lock

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room, leave_room

logging.getLogger("werkzeug").setLevel(logging.ERROR)

app = Flask(__name__)
sio = SocketIO(
    app,
    async_mode="threading",
    async_handlers=False,
    max_http_buffer_size=100_000,
)

MOST_ROOMS = 10
ROOM_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")

lock = Lock()
rooms_of: dict[str, set[str]] = {}


class Refusal(Exception):
    def __init__(self, code: str, message: str):
        self.answer = {"ok": False, "error": {"code": code, "message": message}}


def answered(event: str):
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
        if not isinstance(to, str) or to not in rooms_of:
            raise Refusal("BAD_REQUEST", "to must be the id of a connected socket")
    emit("dm:new", {"from": request.sid, "text": text}, to=to)
    return {}


def tell_others(event: str, room: str):
    payload = {"room": room, "user": user()}
    emit(event, payload, to=channel(room), include_self=False)


def user() -> str:
    return f"guest-{request.sid[:4]}"


def channel(room: str) -> str:
    return f"room:{room}"


def fields_of(payload) -> dict:
    return payload if isinstance(payload, dict) else {}


def room_in(payload: dict) -> str:
    room = payload.get("room")
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
    return len(text.encode("utf-16-le")) // 2


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 3000))
    host = os.environ.get("HOST", "127.0.0.1")
    sio.run(app, host=host, port=port, allow_unsafe_werkzeug=True)
