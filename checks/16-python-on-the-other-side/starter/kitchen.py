"""A kitchen, in Python. It is given: read it, run it, and leave it as it is. The check uses its own.

    python3 kitchen.py
"""

import logging
import os

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room

# Else it would print a line for each request.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

app = Flask(__name__)
sio = SocketIO(app, async_mode="threading", async_handlers=False)


@sio.on("connect")
def connected():
    emit("welcome", {"id": request.sid})


# One argument comes, a number. What the function returns is the acknowledgement.
@sio.on("table:sit")
def sit(table):
    join_room(f"table:{table}")
    return {"ok": True, "table": table}


# Two arguments come. And two values are returned: the acknowledgement has two arguments.
@sio.on("dish:order")
def order(table, dish):
    if dish == "soup":
        raise RuntimeError("the soup is burnt")
    emit("dish:ordered", {"table": table, "dish": dish}, to=f"table:{table}")
    return True, f"{dish} for table {table}"


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 3000))
    sio.run(app, host="127.0.0.1", port=port, allow_unsafe_werkzeug=True)
