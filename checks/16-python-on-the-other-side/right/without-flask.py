"""Flask-SocketIO is python-socketio with Flask around it. This is python-socketio alone."""

import json
import os
import re
import threading
import time
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import socketio

sio = socketio.Server(async_mode="threading", async_handlers=False)
lock = threading.Lock()
clients = {}
count = 0


def fail(code):
    return {"ok": False, "error": {"code": code, "message": code.lower()}}


def http(environ, start_response):
    with lock:
        rooms = {room for joined in clients.values() for room in joined}
        answers = {
            "/health": {"ok": True},
            "/stats": {"online": len(clients), "rooms": len(rooms)},
        }
    answer = answers.get(environ["PATH_INFO"])
    status = "404 Not Found" if answer is None else "200 OK"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


@sio.event
def connect(sid, environ, auth):
    with lock:
        clients[sid] = []
    sio.emit("welcome", {"id": sid}, to=sid)


@sio.event
def disconnect(sid, *_):
    with lock:
        joined = clients.pop(sid)
    for room in joined:
        announce(sid, "room:left", room)


def announce(sid, event, room):
    news = {"room": room, "user": "guest-" + sid[:4]}
    sio.emit(event, news, room=f"chat {room}", skip_sid=sid)


@sio.on("*")
def anything(event, sid, *args):
    fields = args[0] if args and isinstance(args[0], dict) else {}
    room, text, to = (fields.get(name) for name in ("room", "text", "to"))
    text = text.strip() if isinstance(text, str) else ""
    named = isinstance(room, str) and re.fullmatch("[A-Za-z0-9_-]{1,32}", room)
    written = 1 <= len(text.encode("utf-16-be", "replace")) / 2 <= 500
    if event == "dm:send":
        return directly(sid, to, text) if written else fail("BAD_REQUEST")
    if not named or (event == "message:send" and not written):
        return fail("BAD_REQUEST")
    if event == "room:join":
        return join(sid, room)
    with lock:
        inside = room in clients[sid]
        if inside and event == "room:leave":
            clients[sid].remove(room)
    if not inside:
        return fail("NOT_IN_ROOM")
    if event == "room:leave":
        sio.leave_room(sid, f"chat {room}")
        announce(sid, "room:left", room)
        return {"ok": True, "room": room}
    return say(sid, room, text)


def join(sid, room):
    with lock:
        mine = clients[sid]
        news = room not in mine
        if news and len(mine) == 10:
            return fail("BAD_REQUEST")
        if news:
            mine.append(room)
            sio.enter_room(sid, f"chat {room}")
        size = sum(joined.count(room) for joined in clients.values())
    if news:
        announce(sid, "room:joined", room)
    return {"ok": True, "room": room, "members": size}


def say(sid, room, text):
    global count
    with lock:
        count += 1
        number = str(count)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    user = "guest-" + sid[:4]
    message = {"id": number, "room": room, "user": user, "text": text, "at": at}
    sio.emit("message:new", message, room=f"chat {room}")
    return {"ok": True, "id": number}


def directly(sid, to, text):
    with lock:
        known = isinstance(to, str) and to in clients
    if not known:
        return fail("BAD_REQUEST")
    sio.emit("dm:new", {"from": sid, "text": text}, room=to)
    return {"ok": True}


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


application = socketio.WSGIApp(sio, http)
address = os.environ["HOST"], int(os.environ["PORT"])
make_server(*address, application, Threads, Quiet).serve_forever()
