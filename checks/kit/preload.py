"""Runs a learner's Python server and tells the check what it does as a process, as preload.cjs does for
Node. The channel is the file descriptor 3: one JSON object on each line, both ways."""

import json
import os
import runpy
import signal
import socket
import sys
import threading
import traceback

CHANNEL = 3
ENTRY = os.path.abspath(sys.argv[1])
telling = threading.Lock()


def tell(**message):
    with telling:
        try:
            os.write(CHANNEL, (json.dumps(message) + "\n").encode())
        except OSError:
            pass  # Once the check is gone there is nobody to tell.


def answer_pings():
    """Any thread that is let run is a turn: Python has no event loop that all would wait for."""
    buffer = b""
    while True:
        try:
            chunk = os.read(CHANNEL, 4096)
        except OSError:
            chunk = b""
        if not chunk:
            end()
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if message["type"] == "ping":
                tell(type="pong", id=message["id"], rss=0)
            if message["type"] == "resources":
                tell(type="resources", names=[])


def end():
    """When the check is gone, however it ended, the server goes too, with all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def watch_listening():
    listen, bind = socket.socket.listen, socket.socket.bind

    def told_listen(self, *args):
        listen(self, *args)
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host, port = self.getsockname()[:2]
            tell(type="listening", host=host, port=port)

    def told_bind(self, address):
        try:
            bind(self, address)
        except OSError as error:
            if isinstance(address, tuple):
                code = "EADDRINUSE" if "in use" in str(error) else "EBIND"
                tell(type="listen-failed", code=code, port=address[1])
            raise

    socket.socket.listen, socket.socket.bind = told_listen, told_bind


def tell_crash(kind, error, trace):
    """The stack is written as Node writes it, innermost first, so that one reader serves for both."""
    frames = list(reversed(traceback.extract_tb(trace)))
    own = [frame for frame in frames if frame.filename != __file__]
    stack = [f"    at {frame.name} ({frame.filename}:{frame.lineno}:1)" for frame in own]
    if isinstance(error, SyntaxError) and error.filename:
        stack.insert(0, f"    at file ({error.filename}:{error.lineno}:1)")
    said = f"{kind.__name__}: {error}"
    tell(type="crash", origin="uncaughtException", error=said, stack="\n".join(stack))
    sys.__excepthook__(kind, error, trace)


threading.Thread(target=answer_pings, daemon=True).start()
watch_listening()
sys.excepthook = tell_crash
sys.argv = [ENTRY]
sys.path[0] = os.path.dirname(ENTRY)
runpy.run_path(ENTRY, run_name="__main__")
