// Owns the proof of the Coinbase scheme by the sheet's frames: the maker's side, refusals, the REST book, names both
// ways, and every known frame. What real frames show is CoinbaseRecordings.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { coinbaseSpot } from "../../../src/schemes/coinbase/Coinbase.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { fold, received, told } from "../../support/SchemeBench.ts"

/** A session with a book of 9 / 11. */
const open = () => {
  const session = coinbaseSpot.session("all")
  session.join(["BTC-USD", "BTC-USDT"])
  told(session, snapshot)
  return session
}
const snapshot = { type: "snapshot", product_id: "BTC-USD", bids: [["9", "1"]], asks: [["11", "2"]] }
const update = (time: string, ...changes: ReadonlyArray<readonly [string, string, string]>) => ({
  type: "l2update",
  product_id: "BTC-USD",
  changes,
  time
})
const match = {
  type: "match",
  product_id: "BTC-USD",
  trade_id: 7,
  side: "sell",
  size: "985",
  price: "0.00001305",
  time: "2021-04-17T16:43:37.089723Z"
}

describe("frames", () => {
  it("drops updates before the snapshot and those of others", () => {
    const session = coinbaseSpot.session("all")
    session.join(["BTC-USD"])
    assert.deepStrictEqual(told(session, update("2021-04-17T16:43:37.083117Z", ["buy", "9", "1"])), [])
    assert.deepStrictEqual(told(session, { ...snapshot, product_id: "ETH-USD" }), [])
  })
  it("applies an update of the year 1 and keeps the last good time", () => {
    const session = open()
    told(session, update("2021-04-17T16:43:37.083117Z", ["buy", "8", "1"]))
    assert.deepStrictEqual(
      told(session, update("0001-01-01T00:00:00.000000Z", ["buy", "9", "0.00"], ["sell", "12", "3"])),
      [{ type: "changes", symbol: "BTC-USD", bids: [[9, 0]], asks: [[12, 3]], time: null }]
    )
    const [equal] = told(session, update("2021-04-17T16:43:37.083117Z", ["buy", "8", "2"]))
    assert.strictEqual(equal?.type === "changes" ? equal.time : null, 1_618_677_817_083_117)
    const [older] = told(session, update("2021-04-17T16:43:37.083116Z", ["buy", "8", "3"]))
    assert.strictEqual(older?.type === "resubscribe" ? older.reason : null, "time_reversed")
    assert.deepStrictEqual(older?.type === "resubscribe" ? older.send : [], [
      '{"type":"unsubscribe","product_ids":["BTC-USD"],"channels":["level2_batch"]}',
      '{"type":"subscribe","product_ids":["BTC-USD"],"channels":["level2_batch"]}'
    ])
    assert.deepStrictEqual(told(session, update("2021-04-17T16:43:38.083117Z", ["buy", "8", "3"])), [])
  })
  it("hands malformed levels of a snapshot on, for the book to refuse", () => {
    const bids = [...snapshot.bids, ["8", "0.-10000"]]
    const [whole] = told(open(), { ...snapshot, bids })
    assert.deepStrictEqual(whole?.type === "snapshot" ? whole.bids : null, [
      [9, 1],
      [8, "0.-10000"]
    ])
    assert.strictEqual(
      fold(coinbaseSpot, "BTC-USD", [received({ ...snapshot, bids })]).exchange.counts.invalid_levels,
      1
    )
  })
  it("takes a match for the taker's, and the last match for an anchor", () => {
    const [trade] = told(open(), match)
    const time = 1_618_677_817_089_723
    assert.deepStrictEqual(trade, {
      type: "trades",
      symbol: "BTC-USD",
      trades: [{ id: 7, price: 0.00001305, size: 985, side: "buy", time }]
    })
    const anchor = told(open(), { ...match, type: "last_match" })
    assert.deepStrictEqual(anchor, [{ type: "trade_anchor", symbol: "BTC-USD", id: 7 }])
  })
  it("misses a trade that only heartbeats name, one heartbeat later", () => {
    const beat = (last_trade_id: number) => received({ type: "heartbeat", product_id: "BTC-USD", last_trade_id })
    const before = [received(snapshot), received(match), beat(7), beat(9)]
    assert.strictEqual(fold(coinbaseSpot, "BTC-USD", before).exchange.counts.trades_missed, 0)
    assert.strictEqual(fold(coinbaseSpot, "BTC-USD", [...before, beat(9)]).exchange.counts.trades_missed, 2)
    const arrived = [...before, received({ ...match, trade_id: 8 }), received({ ...match, trade_id: 9 }), beat(9)]
    const { trades, trades_missed, trades_repeated } = fold(coinbaseSpot, "BTC-USD", arrived).exchange.counts
    assert.deepStrictEqual([trades, trades_missed, trades_repeated], [3, 0, 0])
  })
  it("follows trades whose ids begin again between two heartbeats", () => {
    const beat = (last_trade_id: number) => received({ type: "heartbeat", product_id: "BTC-USD", last_trade_id })
    const later = (trade_id: number) => ({ ...match, trade_id, time: `2026-11-28T00:00:0${trade_id}.000000Z` })
    const rows = [received(snapshot), received({ ...match, trade_id: 620 }), beat(620), beat(620)]
    const anew = [received(later(2)), beat(2), received(later(3)), received(later(4)), beat(4), beat(4)]
    const { trades, trades_missed, trades_repeated } = fold(coinbaseSpot, "BTC-USD", [...rows, ...anew]).exchange.counts
    // a count that begins again low began at 1
    assert.deepStrictEqual([trades, trades_missed, trades_repeated], [4, 1, 0])
  })
  it("rejects the product that a refusal names, and no other", () => {
    const reason = "BTC-USDT is not a valid product"
    const failed = told(open(), { type: "error", message: "Failed to subscribe", reason })
    assert.deepStrictEqual(failed, [{ type: "rejected", symbol: "BTC-USDT", detail: `Failed to subscribe: ${reason}` }])
  })
  it("asks again for a product that is refused for another reason, however it is spelt", () => {
    const session = coinbaseSpot.session("all")
    session.join(["TOO-MANY", "BTC-USD"])
    const failed = (reason: string) => told(session, { type: "error", message: "Failed to subscribe", reason })
    const detail = "Failed to subscribe: too many subscriptions of TOO-MANY"
    assert.deepStrictEqual(failed("too many subscriptions of TOO-MANY"), [
      { type: "refused", symbol: "TOO-MANY", detail }
    ])
    // a name that reads like the words for one that does not exist
    const treacherous = coinbaseSpot.session("all")
    treacherous.join(["DELISTED-USD"])
    const busy = JSON.stringify({ type: "error", message: "Busy, try DELISTED-USD later" })
    assert.deepStrictEqual(treacherous.receive(Buffer.from(busy), 1), [
      { type: "refused", symbol: "DELISTED-USD", detail: "Busy, try DELISTED-USD later" }
    ])
    assert.deepStrictEqual(failed("GONE-USD is not a valid product"), [])
    assert.deepStrictEqual(failed("BTC-USDC is not a valid product"), [])
  })
  it("counts a spoiled frame that can hold no book, and keeps the book", () => {
    for (const text of [
      '{"type":"heartbeat","product_id":1}',
      '{"type":"subscriptions"}',
      '{"type":"error","message":1}'
    ]) {
      const { exchange } = fold(coinbaseSpot, "BTC-USD", [received(snapshot), received(text)])
      assert.deepStrictEqual([exchange.state, exchange.counts.unknown, exchange.counts.resyncs], ["live", 1, 0])
    }
    const spoilt = fold(coinbaseSpot, "BTC-USD", [received(snapshot), received({ type: "l2update" })])
    assert.strictEqual(spoilt.exchange.counts.resyncs, 1)
  })
  it("reads no trade id that is no safe integer", () => {
    const text = JSON.stringify(match).replace('"trade_id":7', '"trade_id":1e400')
    assert.instanceOf(open().receive(Buffer.from(text), 1), Unreadable)
  })
  it("gives the socket up for any other refusal", () => {
    for (const [reason, expected] of [
      ["level2, level3, and full channels now require authentication", "refused"],
      ["No channels provided", "refused"],
      ["Too many requests", "rate_limited"]
    ]) {
      const [first] = told(open(), { message: "Failed to subscribe", reason, type: "error" })
      assert.strictEqual(first?.type === "reconnect" ? first.reason : null, expected)
    }
  })
  it("knows the frames that change nothing", () => {
    for (const frame of [
      { type: "subscriptions", channels: [{ name: "level2", product_ids: ["BTC-USD"] }] },
      { type: "ticker", product_id: "BTC-USD", price: "10" },
      { type: "status", products: [], currencies: [] }
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
  })
})

describe("the REST book", () => {
  it("is one for audits and for silent markets, and read with the orders' count behind each level", () => {
    const { probe, audit } = coinbaseSpot
    assert.strictEqual(probe, audit)
    assert.strictEqual(probe?.path("BTC-USD"), "/products/BTC-USD/book?level=2")
    const body = '{"bids":[["2671.32","2.68460166",3]],"asks":[["2671.33","0.2",1]],"sequence":103492697192,"time":"x"}'
    assert.deepStrictEqual(probe?.read(body, "ETH-USD"), {
      bids: [[2671.32, 2.684_601_66, 3]],
      asks: [[2671.33, 0.2, 1]],
      complete: false
    })
    assert.isNull(probe?.read('{"message":"NotFound"}', "ETH-USD"))
  })
})

describe("subscriptions and names", () => {
  it("ask for three channels, a frame a product, and for all three again after silence", () => {
    const session = coinbaseSpot.session("all")
    const channels = ["level2_batch", "matches", "heartbeat"]
    const asked = ["BTC-USD", "ETH-EUR"].map((id) => JSON.stringify({ type: "subscribe", product_ids: [id], channels }))
    assert.deepStrictEqual(session.join(["BTC-USD", "ETH-EUR"]), asked)
    const [again] = session.repair("BTC-USD", { reason: "silent", detail: "" })
    assert.strictEqual(again?.type === "resubscribe" ? again.send[1] : null, asked[0])
    const left = JSON.stringify({ type: "unsubscribe", product_ids: ["ETH-EUR"], channels })
    assert.deepStrictEqual(session.leave(["ETH-EUR"]), [left])
  })
  it("go both ways", () => {
    for (const native of ["BTC-USD", "ETH-EUR", "SKL-BTC", "00-USD"]) {
      const pair = coinbaseSpot.fromNative(native, "SPOT")
      assert.strictEqual(pair && coinbaseSpot.toNative(pair, "SPOT"), native)
    }
    for (const native of ["BTC-PERP", "BIP-20DEC30-CDE", "BTCUSD", "btc-usd"]) {
      assert.isNull(coinbaseSpot.fromNative(native, "SPOT"))
    }
  })
})
