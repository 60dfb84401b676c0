"""A program that isn't JavaScript and reads a sync server: python-client.py URL TOKEN ROOM.

Prints what it gets as lines of JSON, [name, payload], and ends when everybody has left the room again.
"""

import json
import sys

import socketio

url, token, room = sys.argv[1:]
client = socketio.Client(reconnection=False)
seen = set()


def tell(name, payload):
    print(json.dumps([name, payload]), flush=True)


@client.on("participants_update")
def on_participants_update(update):
    tell("participants_update", update)
    seen.update(person["identity"] for person in update["changed"])
    if seen and update["online"] == 0:
        client.disconnect()


@client.on("rooms_update")
def on_rooms_update(update):
    tell("rooms_update", update)


@client.on("connect_error")
def on_connect_error(refusal):
    tell("connect_error", refusal)


try:
    client.connect(url, auth={"token": token, "protocol": 1}, transports=["websocket"])
except socketio.exceptions.ConnectionError:
    sys.exit(1)
tell("subscribe_rooms", client.call("subscribe_rooms", {}))
tell("subscribe_room", client.call("subscribe_room", {"room": room}))
client.wait()
