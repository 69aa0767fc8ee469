"""Holds a market's book by stream and prints its best bid and ask whenever they change, for ten changes:

    python3 follow.py KRAKEN.SPOT:BTC-USD

Needs websockets (pip install websockets) 14 or newer, and nothing else. Reconnects by itself and continues where it ended.
Ends with 0 after those, 2 where the service refuses what is asked, 69 where no service answers, 130 by Ctrl-C.
"""

import asyncio
import json
import os
import signal
import sys
from decimal import Decimal

try:
    import websockets
except ModuleNotFoundError:
    print("this example needs websockets: pip install websockets", file=sys.stderr)
    sys.exit(2)

URL = os.environ.get("LEVEL4_URL", "http://127.0.0.1:4004").replace("http", "ws", 1) + "/stream"
TOKEN = os.environ.get("LEVEL4_READER_TOKEN")


class Book:
    """A book made of what the stream sends: a snapshot, and every change since."""

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


class Ended(Exception):
    """What a person has to read, and the exit code that goes with it."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


def refusal(error):
    """What an answer other than a websocket says: level4 explains each with a problem document."""
    response = error.response
    try:
        detail = json.loads(response.body)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = "what answers there is no level4"
    return Ended(f"refused ({response.status_code}): {detail}", 2)


def passes(error):
    """Whether another try may help: a refusal of too many, or of a service that is not ready, passes."""
    if isinstance(error, websockets.InvalidStatus):
        status = error.response.status_code
        return status in (408, 429) or status >= 500
    return isinstance(error, (OSError, EOFError, TimeoutError, websockets.InvalidMessage))


async def connections():
    """Open connections, one after the other, with growing pauses; the first one must succeed."""
    pause, ever = 0.25, False
    headers = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    while True:
        try:
            socket = await websockets.connect(URL, additional_headers=headers, max_size=None)
        except (OSError, EOFError, TimeoutError, websockets.InvalidHandshake) as error:
            if not passes(error):
                raise refusal(error) if isinstance(error, websockets.InvalidStatus) else Ended(error, 2)
            if not ever:
                raise Ended(f"no level4 answers at {URL}: {error}; LEVEL4_URL names another address", 69)
            print(f"lost: {error}; again in {pause} s", flush=True)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 30)
            continue
        pause, ever = 0.25, True
        async with socket:
            yield socket


async def follow(market, changes):
    book, place, last = Book(), {}, None
    async for socket in connections():
        order = {"op": "subscribe", "id": 1, "channels": ["book_change"], "markets": [market]}
        await socket.send(json.dumps({**order, **place}))
        run = None
        try:
            async for text in socket:
                message = json.loads(text)
                if isinstance(message, dict):  # { answers a message of ours, [ holds events
                    if message["type"] == "error":
                        raise Ended("\n".join(f"{fault['field']}: {fault['message']}" for fault in message["errors"]), 2)
                    run = message.get("run")
                    continue
                for event in message:
                    book.apply(event)
                    here = {"epoch": event["epoch"], "seq": event["seq"]}
                    # with the run that gave it, so that another process never takes it for a place of its own
                    place = {"since": {str(event["market_id"]): here if run is None else {**here, "run": run}}}
                    if event["type"] == "status":
                        print(" ".join(filter(None, (event["state"], event["reason"]))), flush=True)
                    elif event["type"] == "resume" and not event["resumed"]:
                        print("starts over:", event["reason"], flush=True)
                    if book.live and book.best() != last:
                        last = book.best()
                        print(last, flush=True)
                        changes -= 1
                        if changes == 0:
                            return
        except websockets.ConnectionClosed:
            pass
        print("lost:", socket.close_reason or "the connection broke", flush=True)


def main():
    market = sys.argv[1] if len(sys.argv) > 1 else "KRAKEN.SPOT:BTC-USD"
    # a shell starts what runs in its background with Ctrl-C ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        asyncio.run(follow(market, 10))
    except Ended as ended:
        print(ended, file=sys.stderr)
        return ended.code
    except (websockets.InvalidURI, ValueError) as error:
        print(f"LEVEL4_URL is no address: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


sys.exit(main())
