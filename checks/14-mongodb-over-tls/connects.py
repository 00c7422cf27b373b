"""Connects to a database by pymongo, and prints what comes of it as one line of JSON.

Arguments: the address, and the options as JSON. "certifi" as a file stands for certifi.where().
"""

import json
import sys

import certifi
import pymongo

address, options = sys.argv[1], json.loads(sys.argv[2])
if options.get("tlsCAFile") == "certifi":
    options["tlsCAFile"] = certifi.where()
client = pymongo.MongoClient(address, serverSelectionTimeoutMS=2000, **options)
try:
    client.admin.command("ping")
    print(json.dumps({"connected": True, "says": ""}))
except pymongo.errors.PyMongoError as error:
    print(json.dumps({"connected": False, "says": str(error)}))
