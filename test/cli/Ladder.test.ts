// The picture of a book: truth first, asks above bids, best in the middle, every digit as the exchange sent it.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { ladder } from "../../src/cli/Ladder.ts"
import { plain } from "../../src/cli/Style.ts"
import { Book } from "../../src/domain/Event.ts"
import { MarketId } from "../../src/domain/Market.ts"

const NOW = 1_700_000_100_000_000

const book = (fields: Partial<Book>): Book =>
  new Book({
    market_id: MarketId.make(1),
    tag: "KRAKEN.SPOT:BTC-USD",
    state: "live",
    reason: null,
    reason_code: null,
    since: NOW - 90_000_000,
    epoch: 3,
    seq: 4711,
    next_retry: null,
    ts_exchange: null,
    ts_received: NOW - 250_000,
    depth: 2,
    bid_levels: 40,
    ask_levels: 2,
    asks: [
      ["64123.5", "0.12"],
      ["64124", "12"]
    ],
    bids: [
      ["64123.4", "0.5"],
      ["9999.123456789012345678", "100"]
    ],
    ...fields
  })

describe("ladder", () => {
  it("shows a live book", () => {
    assert.strictEqual(
      ladder(plain, book({}), NOW),
      [
        "KRAKEN.SPOT:BTC-USD  live  epoch 3  seq 4711  last data 0.3 s ago",
        "ask  64124                      12",
        "ask  64123.5                     0.12",
        "     spread 0.1",
        "bid  64123.4                     0.5",
        "bid   9999.123456789012345678  100",
        "     38 more"
      ].join("\n")
    )
  })

  it("says first of all that a book is not live, why, for how long, and when that may end", () => {
    const [first] = ladder(
      plain,
      book({ state: "backoff", reason: "refused\u{1b}[1m", since: NOW - 3_700_000_000, next_retry: NOW + 12_300_000 }),
      NOW
    ).split("\n")
    assert.strictEqual(
      first,
      "KRAKEN.SPOT:BTC-USD  NOT LIVE: backoff (refused\u{fffd}[1m)  epoch 3  seq 4711  last data 0.3 s ago  " +
        "for 1 h 1 min  next try in 12 s"
    )
  })

  it("shows an empty book, a one-sided one, and clocks that disagree", () => {
    const empty = { asks: [], bids: [], ask_levels: 0, bid_levels: 0 }
    const stopped = ladder(plain, book({ ...empty, state: "stopped", ts_received: null, since: NOW + 5_000_000 }), NOW)
    assert.strictEqual(
      stopped,
      "KRAKEN.SPOT:BTC-USD  NOT LIVE: stopped  epoch 3  seq 4711  no data yet  for 0.0 s\n     the book is empty"
    )
    assert.include(ladder(plain, book({ asks: [], ask_levels: 0 }), NOW), "     no asks\nbid  64123.4")
    assert.include(ladder(plain, book({ bids: [], bid_levels: 0 }), NOW), "0.12\n     no bids")
  })

  const Price = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000_000 }))

  it.prop("keeps every level and its order", [Schema.Array(Price), Schema.Array(Price)], ([above, below]) => {
    const ascending = (prices: ReadonlyArray<number>) => [...new Set(prices)].sort((a, b) => a - b)
    const asks = ascending(above).map((price) => [`${price}.5`, `${price}`] as const)
    const bids = ascending(below).map((price) => [`0.${price}`, `${price}`] as const)
    const lines = ladder(plain, book({ asks, bids, ask_levels: asks.length, bid_levels: bids.length }), NOW).split("\n")
    const shown = (side: string) =>
      lines.filter((line) => line.startsWith(side)).map((line) => line.split(/ +/).slice(1, 3))
    assert.deepStrictEqual(
      shown("ask").reverse(),
      asks.map(([price, size]) => [price, size])
    )
    assert.deepStrictEqual(
      shown("bid"),
      bids.map(([price, size]) => [price, size])
    )
    const middle = lines.findIndex((line) => /spread|no asks|no bids|empty/.test(line))
    assert.strictEqual(middle, asks.length + 1)
  })

  it("tells no age of a state of which nobody knows since when", () => {
    const never = { state: "retired", reason: "the venue closed", since: 0, ts_received: null } as const
    const [first] = ladder(plain, book(never), NOW).split("\n")
    assert.strictEqual(
      first,
      "KRAKEN.SPOT:BTC-USD  NOT LIVE: retired (the venue closed)  epoch 3  seq 4711  no data yet"
    )
  })
})
