// The tree of what runs: real feeds on one socket of a venue on loopback, seen while they live, while they wait, and
// with nothing of an address that could be a secret.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../src/domain/Market.ts"
import { TreeNode } from "../../src/domain/Tree.ts"
import { LiveFeed } from "../../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../../src/feeds/market/MarketFeed.ts"
import { makeVenues } from "../../src/feeds/venue/Venues.ts"
import { feedTree } from "../../src/layers/feedTree.ts"
import { binanceSpot } from "../../src/schemes/binance/Binance.ts"
import { scriptedVenue, type Script } from "../support/ScriptedVenue.ts"
import { until } from "../support/until.ts"

const marketOf = (id: number, base: string) =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id: 1, name: "Binance" },
    base_symbol: { id, symbol: base },
    quote_symbol: { id: 9, symbol: "USDT" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const BOOK = {
  lastUpdateId: 100,
  bids: [["10", "1"]],
  asks: [
    ["11", "2"],
    ["12", "1"]
  ]
}
const honest: Script = {
  reply: (text, socket) => {
    const { method, id } = JSON.parse(text) as { method: string; id: number }
    if (method === "SUBSCRIBE") socket.send(JSON.stringify({ result: null, id }))
  },
  rest: () => ({ status: 200, body: JSON.stringify(BOOK) })
}

const STARTED = 1_700_000_000_000_000
const sink = { wanted: false, emit: () => {} }

/** Each node as depth, name, state and detail. */
const drawn = ({ children, detail, name, state }: TreeNode, depth = 0): ReadonlyArray<string> => [
  `${" ".repeat(depth)}${name} ${state}${detail === null ? "" : ` (${detail})`}`,
  ...children.flatMap((child) => drawn(child, depth + 1))
]

describe("the tree", () => {
  it.live("shows each feed with its parts, and which socket it shares", () =>
    Effect.gen(function* () {
      const venue = yield* scriptedVenue(honest)
      const venues = yield* makeVenues((one) => one.limits)
      const endpoints = { ws: `${venue.ws}?secret=hunter2`, rest: venue.rest }
      const start = Effect.fnUntraced(function* (id: number, base: string) {
        const feed = new LiveFeed(marketOf(id, base), binanceSpot, `${base}USDT`, endpoints, sink)
        const fiber = yield* Effect.forkScoped(marketFeed(feed, venues.of(binanceSpot)), { startImmediately: true })
        return { feed, fiber }
      })
      const [eth, btc] = [yield* start(1, "ETH"), yield* start(2, "BTC")]
      const feeds = [eth.feed, btc.feed]
      yield* until(
        "both live",
        Effect.sync(() => feeds.map(({ exchange }) => exchange.state)),
        (states) => states.every((state) => state === "live")
      )
      const tree = feedTree(feeds, STARTED)
      assert.isTrue(Schema.is(TreeNode)(tree))
      const parts = (seq: number) => [
        `   exchange running (epoch 1, seq ${seq})`,
        "   level 2 running (subscribed 1 time)",
        "    mediator live",
        "    order book whole (1 bids, 2 asks)",
        `    socket ${binanceSpot.lines[0].name} open (${new URL(venue.ws).origin}, 2 markets)`
      ]
      assert.deepStrictEqual(
        drawn(tree).filter((line) => !/socket trades/.test(line)),
        [
          "level4 running",
          " feeds running (2 run, 2 live)",
          "  BINANCE.SPOT:BTC-USDT live",
          ...parts(btc.feed.exchange.seq),
          "  BINANCE.SPOT:ETH-USDT live",
          ...parts(eth.feed.exchange.seq)
        ]
      )
      assert.notInclude(JSON.stringify(tree), "hunter2")
      const socket = tree.children[0]?.children[0]?.children[1]?.children[2]
      assert.strictEqual(socket?.since, btc.feed.level2?.places[0]?.socket.openedAt)
      assert.isAbove(socket?.since ?? 0, STARTED)
      yield* Fiber.interrupt(eth.fiber)
      assert.include(drawn(feedTree([btc.feed], STARTED)).join("\n"), ", this market alone)")
      btc.feed.exchange.counts.restarts = 2
      const { children, restarts } = feedTree([btc.feed], STARTED).children[0]!
      assert.deepStrictEqual([restarts, children[0]?.restarts, children[0]?.children[1]?.restarts], [2, 2, 2])
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it("shows what waits without parts that do not run", () => {
    const feed = new LiveFeed(marketOf(1, "BTC"), binanceSpot, "BTCUSDT", { ws: undefined, rest: undefined }, sink)
    feed.exchange.signal("dial", null, STARTED)
    feed.exchange.signal("disconnected", { code: "closed", text: "the venue closed" }, STARTED + 5, STARTED + 10)
    assert.deepStrictEqual(drawn(feedTree([feed], STARTED)), [
      "level4 running",
      " feeds running (1 run, 0 live)",
      "  BINANCE.SPOT:BTC-USDT backoff (the venue closed)",
      "   exchange running (epoch 0, seq 2)",
      "   level 2 waiting"
    ])
  })
})
