"""Holds a market's book by stream and prints its best bid and ask whenever they change, for ten changes:

    python3 follow.py KRAKEN.SPOT:BTC-USD

Needs websockets (pip install websockets) 14 or newer, and nothing else. Reconnects by itself and continues where it ended.
"""

import asyncio
import json
import logging
import os
import sys
from decimal import Decimal

import websockets

URL = os.environ.get("LEVEL4_URL", "http://127.0.0.1:4004").replace("http", "ws", 1) + "/stream"
TOKEN = os.environ.get("LEVEL4_READER_TOKEN")


class Book:
    """A book made of what the stream tells: a snapshot, and every change since."""

    def __init__(self):
        self.bids, self.asks = {}, {}
        self.state = None
        self.epoch = None  # None: not whole

    def part(self):
        self.epoch = None

    def apply(self, event):
        kind = event["type"]
        if kind == "status":
            self.state = event["state"]
            if self.state in ("connecting", "backoff", "resyncing", "rejected", "retired", "stopped"):
                self.part()  # a snapshot will come
        elif kind == "resume" and not event["resumed"]:
            self.part()
        elif kind == "book_snapshot":
            self.bids, self.asks = dict(event["bids"]), dict(event["asks"])
            self.epoch = event["epoch"]
        elif kind == "book_change" and self.epoch is not None:
            if event["epoch"] != self.epoch:
                self.part()  # never guess: the snapshot of that epoch is missing
                return
            for side, levels in ((self.bids, event["bids"]), (self.asks, event["asks"])):
                for price, size in levels:
                    if size == "0":
                        side.pop(price, None)
                    else:
                        side[price] = size

    @property
    def live(self):
        return self.state == "live" and self.epoch is not None

    def best(self):
        # prices are exact decimal text: compare them as decimals, never as floats
        bid = max(self.bids, key=Decimal, default=None)
        ask = min(self.asks, key=Decimal, default=None)
        return f"bid {bid} x {self.bids.get(bid)}  ask {ask} x {self.asks.get(ask)}"


async def follow(market, changes):
    book, place, last = Book(), None, None
    headers = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    # connects again, with growing pauses, whenever the connection ends
    async for socket in websockets.connect(URL, additional_headers=headers, max_size=None):
        order = {"op": "subscribe", "id": 1, "channels": ["book_change"], "markets": [market]}
        if place is not None:
            order["since"] = place
        await socket.send(json.dumps(order))
        try:
            async for text in socket:
                message = json.loads(text)
                if isinstance(message, dict):  # { answers a message of ours, [ holds events
                    if message["type"] == "error":
                        sys.exit("\n".join(f"{fault['field']}: {fault['message']}" for fault in message["errors"]))
                    continue
                for event in message:
                    book.apply(event)
                    place = {str(event["market_id"]): {"epoch": event["epoch"], "seq": event["seq"]}}
                    if event["type"] == "status":
                        print(" ".join(filter(None, (event["state"], event["reason"]))), flush=True)
                    elif event["type"] == "resume" and not event["resumed"]:
                        print("begun anew:", event["reason"], flush=True)
                    if book.live and book.best() != last:
                        last = book.best()
                        print(last, flush=True)
                        changes -= 1
                        if changes == 0:
                            return
        except websockets.ConnectionClosed:
            pass
        print("lost:", socket.close_reason or "the connection broke", flush=True)


# websockets tells why a connection fails, and when it tries again
logging.basicConfig(level=logging.INFO, format="%(message)s")
asyncio.run(follow(sys.argv[1] if len(sys.argv) > 1 else "KRAKEN.SPOT:BTC-USD", 10))
