// Owns the proof of the Bitstamp scheme by the sheet's frames: the audit, every known frame, the REST book, names both
// ways. How diffs are joined to the REST book is BitstampJoining.test.ts, what a real recording shows
// BitstampRecordings.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { fold, received, told } from "../../support/SchemeBench.ts"
import { book, diff, join, level, open, rest, T } from "./bitstampFrames.ts"

describe("the audit", () => {
  const channel = "order_book_btcusd"
  const audit = (stamp: number, size: string, at: number) =>
    received({ event: "data", channel, data: book(stamp, [level("9", size)], [level("20", "1")]) }, at)
  const http = { at: T + 20, kind: "http" as const, url: "https://x/btcusd/", text: rest(T + 10, level("9", "1")) }
  const start = [received(diff(T + 5, []), T + 5), http]

  it("holds where stamp and levels are the book's, and waits for its stamp", () => {
    const told = [...start, audit(T + 10, "1", T + 30), audit(T + 40, "2", T + 40)]
    const { story } = fold(bitstamp, "btcusd", [...told, received(diff(T + 40, [level("9", "2")]), T + 50)])
    assert.match(story.at(-1) ?? "", /^live/)
  })
  it("starts over once it failed for 3 s, and not before", () => {
    const failed = [...start, audit(T + 10, "7", T + 30)]
    assert.strictEqual(fold(bitstamp, "btcusd", failed).exchange.state, "live")
    const { story } = fold(bitstamp, "btcusd", [...failed, audit(T + 10, "7", T + 3_000_040)])
    assert.match(story.at(-1) ?? "", /^resyncing: audit/)
    const mended = [...failed, audit(T + 10, "1", T + 40), audit(T + 10, "7", T + 3_000_040)]
    assert.strictEqual(fold(bitstamp, "btcusd", mended).exchange.state, "live")
  })
})

describe("frames", () => {
  it("read a perp's trade with an id beyond 2^53", () => {
    const frame =
      '{"data":{"id":2001939623936278528,"id_str":"2001939623936278528","type":1,"sell_order_id":2050545352740993,"buy_order_id":2050545360601216,"amount":0.00921,"amount_str":"0.00921","price":77204,"price_str":"77204","microtimestamp":"1789456400586000","timestamp":"1789456400586"},"channel":"live_trades_btcusd-perp","event":"trade"}'
    const session = bitstamp.session("all")
    session.join(["btcusd-perp"])
    const fill = {
      id: "2001939623936278528",
      price: 77204,
      size: 0.00921,
      side: "sell" as const,
      time: 1789456400586000
    }
    assert.deepStrictEqual(told(session, frame), [{ type: "trades", symbol: "btcusd-perp", trades: [fill] }])
  })
  it("announce that the socket will close", () => {
    assert.deepStrictEqual(told(open(), '{"event":"bts:request_reconnect","channel":"","data":null}'), [
      { type: "closing", detail: "the server asked to reconnect" }
    ])
  })
  it("leave levels at the price zero out, which are orders without a price", () => {
    const session = join()
    told(session, diff(T + 5, [level("0", "7"), level("9", "1")]), T)
    const [snapshot] = session.answer("btcusd", 200, rest(T + 5, level("9", "1"), level("0.00", "3")), T + 1)
    assert.deepInclude(snapshot, { bids: [[9, 1]], asks: [[20, 1]] })
    const [change] = told(session, diff(T + 6, [level("0", "7"), level("8", "1")]), T + 2)
    assert.deepInclude(change, { bids: [[8, 1]] })
  })
  it("tell a trade of another type as one of unknown side, and give no rounded id", () => {
    const trade = { id: 2 ** 60, type: 2, price_str: "9", amount_str: "1", microtimestamp: String(T) }
    assert.deepStrictEqual(told(open(), { event: "trade", channel: "live_trades_btcusd", data: trade }), [
      { type: "trades", symbol: "btcusd", trades: [{ id: null, price: 9, size: 1, side: "unknown", time: T }] }
    ])
  })
  it("cost no book where a control frame is new, and count it", () => {
    const novelties = [
      { event: "bts:something_future", channel: "", data: {} },
      { event: "bts:maintenance", in: 60 },
      { event: "notice", text: "hello" },
      { notice: "hello" },
      []
    ]
    for (const novelty of novelties) {
      const result = open().receive(Buffer.from(JSON.stringify(novelty)), T)
      assert.isTrue(result instanceof Unreadable && result.harmless, JSON.stringify(novelty))
    }
    const http = { at: T + 20, kind: "http" as const, url: "https://x/btcusd/", text: rest(T + 10, level("9", "1")) }
    const { exchange } = fold(bitstamp, "btcusd", [
      received(diff(T + 5, []), T + 5),
      http,
      received(novelties[0], T + 30)
    ])
    assert.deepStrictEqual([exchange.state, exchange.counts.unknown, exchange.counts.resyncs], ["live", 1, 0])
    for (const ours of [
      { event: "data", channel: "diff_order_book_btcusd", data: {} },
      { event: "changed", channel: "diff_order_book_btcusd", data: {} },
      { event: "data", data: book(T, []) },
      { channel: "diff_order_book_btcusd" },
      [1]
    ]) {
      const result = open().receive(Buffer.from(JSON.stringify(ours)), T)
      assert.isTrue(result instanceof Unreadable && !result.harmless, JSON.stringify(ours))
    }
  })
  it("refuse a misspelt symbol for a while, whatever its other channels say; without one the socket is left", () => {
    const error = { event: "bts:error", channel: "", data: { code: null, message: "Bad subscription string." } }
    const session = bitstamp.session("all")
    session.join(["btcusd", "BTC/USD"])
    assert.deepStrictEqual(told(session, error), [
      { type: "refused", symbol: "BTC/USD", detail: "Bad subscription string." }
    ])
    // its other two channels, and the three that it leaves
    session.leave(["BTC/USD"])
    for (let n = 0; n < 5; n++) assert.deepStrictEqual(told(session, error), [])
    assert.deepInclude(told(open(), error)[0], { type: "reconnect", reason: "refused" })
  })
  it("are known where they change nothing, and unreadable where ours is malformed", () => {
    for (const frame of [
      '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}',
      { event: "bts:subscription_succeeded", channel: "live_trades_btcusd", data: {} },
      { event: "bts:unsubscription_succeeded", channel: "diff_order_book_btcusd", data: {} },
      { event: "data", channel: "detail_order_book_btcusd", data: { bids: [["1", "2", "3"]] } },
      { event: "order_created", channel: "live_orders_btcusd", data: {} },
      diff(T + 99, [], "ethusd")
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
    const malformed = { event: "data", channel: "diff_order_book_btcusd", data: { bids: [], asks: [] } }
    assert.instanceOf(open().receive(Buffer.from(JSON.stringify(malformed)), 1), Unreadable)
  })
})

describe("the REST book that a silent market is held against", () => {
  it("is the whole book, in the units of the stream", () => {
    const { probe } = bitstamp
    assert.strictEqual(probe?.path("btcusd-perp"), "/api/v2/order_book/btcusd-perp/?group=1")
    const body =
      '{"timestamp":"1641343695","microtimestamp":"1641343695681418","bids":[["3802.90","0.60000000"],["0.00","1"]],"asks":[["3805.47","8.26964788"]]}'
    assert.deepStrictEqual(probe?.read(body, "ethusd"), {
      bids: [[3802.9, 0.6]],
      asks: [[3805.47, 8.26964788]],
      complete: true
    })
    assert.isNull(probe?.read("<html>", "ethusd"))
  })
})

describe("subscriptions and names", () => {
  it("ask for one channel a frame, diffs before trades before the audit", () => {
    assert.deepStrictEqual(bitstamp.session("all").join(["btcusd"]), [
      '{"event":"bts:subscribe","data":{"channel":"diff_order_book_btcusd"}}',
      '{"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}}',
      '{"event":"bts:subscribe","data":{"channel":"order_book_btcusd"}}'
    ])
  })
  it("go both ways, each to its own market type", () => {
    for (const [type, natives] of [
      ["SPOT", ["btcusd", "etheur", "xrpusdt", "eurusd", "usdtusd", "batbtc", "sgbeur", "galaeur"]],
      ["PERP", ["btcusd-perp", "ethusd-perp", "asterusd-perp", "eurusd-perp"]]
    ] as const) {
      for (const native of natives) {
        const pair = bitstamp.fromNative(native, type)
        assert.strictEqual(pair && bitstamp.toNative(pair, type), native)
        assert.isNull(bitstamp.fromNative(native, type === "SPOT" ? "PERP" : "SPOT"))
      }
    }
    assert.deepStrictEqual(bitstamp.fromNative("usdtusd", "SPOT"), { base: "USDT", quote: "USD" })
  })
})
