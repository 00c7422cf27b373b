import os
import random
import re
import threading
from collections import defaultdict
from datetime import datetime

from flask import Flask, jsonify, request
from flask_socketio import Namespace, SocketIO, emit, join_room, leave_room

app = Flask(__name__)
io = SocketIO(app, async_mode="threading", logger=False)
guard = threading.RLock()
members = defaultdict(set)
online = set()


def bad(message="that is not in order", code="BAD_REQUEST"):
    return dict(ok=False, error=dict(code=code, message=message))


def locked(handler):
    def with_lock(self, *args):
        payload = args[0] if args and isinstance(args[0], dict) else {}
        with guard:
            return handler(self, payload)

    return with_lock


def is_room(name):
    return type(name) is str and re.match(r"[\w-]{1,32}\Z", name, re.ASCII)


def trimmed(text):
    if type(text) is not str:
        return None
    text = text.strip()
    units = sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    return text if 0 < units <= 500 else None


class Chat(Namespace):
    def on_connect(self):
        with guard:
            online.add(request.sid)
        emit("welcome", {"id": request.sid, "by": "python"}, to=request.sid)

    def on_disconnect(self, *_):
        with guard:
            online.discard(request.sid)
            for room in [room for room in members if request.sid in members[room]]:
                self.part(room)

    def part(self, room):
        members[room].discard(request.sid)
        if not members[room]:
            del members[room]
        self.tell("room:left", room)

    def tell(self, event, room):
        said = {"room": room, "user": "guest-" + request.sid[0:4]}
        emit(event, said, to="/" + room, skip_sid=request.sid)

    def trigger_event(self, event, *args):
        # Names with a colon are no names of methods.
        return super().trigger_event(event.replace(":", "_"), *args)

    @locked
    def on_room_join(self, payload):
        room = payload.get("room")
        if not is_room(room):
            return bad("room")
        joined = sum(request.sid in sids for sids in members.values())
        if request.sid not in members[room]:
            if joined >= 10:
                if not members[room]:
                    del members[room]
                return bad("too many")
            members[room].add(request.sid)
            join_room("/" + room)
            self.tell("room:joined", room)
        return {"room": room, "members": len(members[room]), "ok": True}

    @locked
    def on_room_leave(self, payload):
        room = payload.get("room")
        if not is_room(room):
            return bad("room")
        if request.sid not in members.get(room, ()):
            return bad("not here", "NOT_IN_ROOM")
        leave_room("/" + room)
        self.part(room)
        return {"ok": True, "room": room}

    @locked
    def on_message_send(self, payload):
        room, text = payload.get("room"), trimmed(payload.get("text"))
        if not is_room(room) or text is None:
            return bad("room or text")
        if request.sid not in members.get(room, ()):
            return bad("not here", "NOT_IN_ROOM")
        message = {
            "id": f"{random.getrandbits(96):x}",
            "user": f"guest-{request.sid[:4]}",
            "at": datetime.utcnow().isoformat(timespec="milliseconds") + "Z",
            "room": room,
            "text": text,
        }
        emit("message:new", message, to="/" + room)
        return {"ok": True, "id": message["id"]}

    @locked
    def on_dm_send(self, payload):
        to, text = payload.get("to"), trimmed(payload.get("text"))
        if type(to) is not str or to not in online or text is None:
            return bad("to or text")
        emit("dm:new", {"from": request.sid, "text": text}, to=to)
        return {"ok": True, "to": to}


@app.route("/stats")
def stats():
    with guard:
        return jsonify(online=len(online), rooms=len(members))


app.add_url_rule("/health", view_func=lambda: jsonify(ok=True))
io.on_namespace(Chat("/"))
io.run(
    app,
    os.environ["HOST"],
    int(os.environ["PORT"]),
    allow_unsafe_werkzeug=True,
    log_output=False,
)
