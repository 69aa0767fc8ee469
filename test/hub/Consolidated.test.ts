// The book over venues as a pure function: order, depth, units converted exactly or left out with the reason, crossing.
import { assert, describe, it } from "@effect/vitest"
import { Market } from "../../src/domain/Market.ts"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { consolidated, type Venue } from "../../src/hub/Consolidated.ts"

const market = (id: number, exchange: string, market_type: MarketType, base = "BTC", quote = "USD"): Market =>
  Market.make({
    id: id as never,
    exchange: { id: id as never, name: exchange },
    base_symbol: { id: 1 as never, symbol: base },
    quote_symbol: { id: 2 as never, symbol: quote },
    market_type,
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

type Side = ReadonlyArray<readonly [string, string]>
const live = (of: Market, bids: Side, asks: Side): Venue => ({
  market: of,
  book: {
    state: "live",
    reason: null,
    reason_code: null,
    epoch: 1,
    seq: 5,
    ts_exchange: null,
    ts_received: 7,
    bids,
    asks
  }
})

describe("consolidated", () => {
  it("orders by price exactly, then by size, and keeps the best of all", () => {
    const long = "0.12345678901234567"
    const venues = [
      live(
        market(1, "Kraken", "SPOT"),
        [
          [`${long}8`, "1"],
          ["0.1", "2"]
        ],
        [["2", "1"]]
      ),
      live(
        market(2, "Coinbase", "SPOT"),
        [
          [`${long}9`, "1"],
          ["0.1", "3"]
        ],
        [["10", "1"]]
      )
    ]
    const { bids, asks, crossed, best_bid } = consolidated("BTC-USD", "SPOT", 3, venues)
    assert.deepStrictEqual(
      bids.map(({ price, size, market_id }) => [price, size, market_id]),
      [
        [`${long}9`, "1", 2],
        [`${long}8`, "1", 1],
        ["0.1", "3", 2]
      ]
    )
    assert.deepStrictEqual(
      asks.map(({ price }) => price),
      ["2", "10"]
    )
    assert.strictEqual(best_bid?.exchange, "Coinbase")
    assert.isFalse(crossed)
  })

  it("counts a market once that an old catalog holds twice", () => {
    const [one, twin] = [market(1, "Bybit", "SPOT", "BTC", "USDT"), market(2, "Bybit", "SPOT", "btc", "usdt")]
    const down: Venue = {
      market: one,
      book: { ...live(one, [], []).book, state: "stale", reason: "silent", reason_code: "silent" }
    }
    const both = [live(one, [["100", "1"]], [["101", "2"]]), live(twin, [["100", "1"]], [["101", "2"]])]
    const { asks, feeds, left_out } = consolidated("BTC-USDT", "SPOT", 5, both)
    assert.deepStrictEqual([asks.map(({ market_id }) => market_id), feeds.length], [[1], 1])
    assert.deepStrictEqual(
      left_out.map(({ market_id, reason, reason_code }) => [Number(market_id), reason, reason_code]),
      [[2, "it is for its venue the same market as 1, which is counted", "duplicate"]]
    )
    assert.deepStrictEqual(
      consolidated("BTC-USDT", "SPOT", 5, [down, both[1]!]).feeds.map(({ market_id }) => market_id),
      [2],
      "the other one, where the first is not live"
    )
  })

  it("flags venues that cross each other", () => {
    const venues = [
      live(market(1, "Kraken", "SPOT"), [["101", "1"]], [["102", "1"]]),
      live(market(2, "Coinbase", "SPOT"), [["99", "1"]], [["100", "1"]])
    ]
    const book = consolidated("BTC-USD", "SPOT", 5, venues)
    assert.isTrue(book.crossed)
    assert.deepStrictEqual([book.best_bid?.price, book.best_ask?.price], ["101", "100"])
  })

  it("counts inverse contracts in the quote currency, exactly", () => {
    const venues = [
      live(market(1, "Binance", "INVERSE"), [["100", "12345678901234567890"]], []),
      live(market(2, "Bybit", "INVERSE"), [["99", "7"]], [])
    ]
    const { bids, size_unit, left_out } = consolidated("BTC-USD", "INVERSE", 5, venues)
    assert.strictEqual(size_unit, "quote")
    assert.deepStrictEqual(
      bids.map(({ size }) => size),
      ["1234567890123456789000", "7"]
    )
    assert.deepStrictEqual(left_out, [])
  })

  it("converts contracts of a fixed base amount exactly, and leaves out those whose worth is not fixed", () => {
    const poloniex = live(market(1, "Poloniex", "PERP", "BTC", "USDT"), [["100", "12.5"]], [])
    const bitmex = live(market(2, "BitMEX", "PERP", "SOL", "USDT"), [["100", "1000"]], [])
    const one = consolidated("BTC-USDT", "PERP", 5, [poloniex])
    assert.deepStrictEqual(
      one.bids.map(({ size }) => size),
      ["0.0125"]
    )
    const other = consolidated("SOL-USDT", "PERP", 5, [bitmex])
    assert.deepStrictEqual(other.bids, [])
    assert.deepStrictEqual(
      other.left_out.map(({ exchange, state, reason, reason_code }) => [exchange, state, reason, reason_code]),
      [["BitMEX", "live", "its sizes are contracts, and what one is worth is not fixed", "incomparable"]]
    )
  })
})
