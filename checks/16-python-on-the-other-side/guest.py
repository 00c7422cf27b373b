"""A guest in Python of a server in Node: python-socketio's client, in the room tea.

It takes the server's address, a token, and how its handler is written. What it hears it prints, one
JSON object on a line, until its standard input ends.
"""

import json
import sys
import threading

import socketio

address, token, manner = sys.argv[1:]
client = socketio.Client(reconnection=False)
# An error in a handler is told here: nobody waits for a thread of the library's.
threading.excepthook = lambda failure: tell(error=str(failure.exc_value))


def tell(**what):
    print(json.dumps(what), flush=True)


def with_one_argument(message):
    tell(heard=message["text"])


def with_any_arguments(message, *_):
    tell(heard=message["text"])


client.on("message:new", {"one": with_one_argument, "any": with_any_arguments}[manner])
client.connect(address, auth={"token": token}, transports=["polling"])
tell(joined=client.call("room:join", {"room": "tea"}))

sys.stdin.read()
client.disconnect()
