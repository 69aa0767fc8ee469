// Owns the proof of the BitMEX scheme by the sheet's frames: the consistency of keys, pools and their fallback, trades,
// and every known frame. What a real recording shows is BitMEXRecordings.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { bitmex } from "../../../src/schemes/bitmex/BitMEX.ts"
import { told } from "../../support/SchemeBench.ts"

const row = (id: number, side: string, price: number, size: number, more = {}) => ({
  symbol: "XBTUSD",
  id,
  side,
  size,
  price,
  ...more
})

const book = (action: string, ...data: ReadonlyArray<object>) => ({ table: "orderBookL2", action, data })
const ack = (pool: string) => ({ success: true, subscribe: "orderBookL2:XBTUSD", pool, request: { op: "subscribe" } })
const open = (...symbols: ReadonlyArray<string>) => {
  const session = bitmex.session("all")
  session.join(["XBTUSD", ...symbols])
  return session
}
const pooled = ["orderBookL2:XBTUSD:Primary", "trade:XBTUSD:Primary"]
const plain = ["orderBookL2:XBTUSD", "trade:XBTUSD"]
const subscribe = (args: ReadonlyArray<string>) => JSON.stringify({ op: "subscribe", args })

describe("keys", () => {
  const reasonOf = (...frames: ReadonlyArray<object>) => {
    const session = open()
    told(session, book("partial", row(1, "Sell", 11, 5), row(2, "Buy", 9, 5)))
    const last = frames.map((frame) => told(session, frame)).at(-1)?.[0]
    return last?.type === "resubscribe" ? last.detail : last?.type
  }
  it("take their price from the insert where a row has none", () => {
    const session = open()
    told(session, book("partial", row(40_199_991_240, "Buy", 438, 1777)))
    const deleted = book("delete", { symbol: "XBTUSD", id: 40_199_991_240, side: "Buy" })
    const time = null
    assert.deepStrictEqual(told(session, deleted), [
      { type: "changes", symbol: "XBTUSD", bids: [[438, 0]], asks: [], time }
    ])
  })
  it("must keep their price and not share it", () => {
    assert.strictEqual(reasonOf(book("update", row(1, "Sell", 12, 4))), "update of Sell 1: it has the price 11, not 12")
    assert.strictEqual(reasonOf(book("delete", row(2, "Buy", 8, 4))), "delete of Buy 2: it has the price 9, not 8")
    assert.strictEqual(
      reasonOf(book("insert", row(3, "Buy", 9, 4))),
      "insert of Buy 3: it is a second key at the price 9"
    )
    assert.strictEqual(reasonOf(book("update", row(1, "Buy", 11, 4))), "update of Buy 1: it is not known")
  })
  it("may flip their side by a delete and an insert", () => {
    assert.strictEqual(reasonOf(book("delete", row(1, "Sell", 11, 0)), book("insert", row(1, "Buy", 11, 3))), "changes")
  })
  it("wait for a new partial after a repair", () => {
    const session = open()
    told(session, book("partial", row(1, "Sell", 11, 5)))
    const [repair] = told(session, book("update", row(7, "Sell", 12, 4)))
    assert.deepStrictEqual(repair?.type === "resubscribe" ? repair.send : null, [
      '{"op":"unsubscribe","args":["orderBookL2:XBTUSD:Primary"]}',
      '{"op":"subscribe","args":["orderBookL2:XBTUSD:Primary"]}'
    ])
    assert.deepStrictEqual(told(session, book("update", row(1, "Sell", 11, 4))), [])
    assert.strictEqual(told(session, book("partial", row(1, "Sell", 11, 5)))[0]?.type, "snapshot")
  })
  it("come in one frame for several markets, or in none for an empty one", () => {
    const session = open("ETHUSD")
    const both = told(session, book("partial", row(1, "Sell", 11, 5), row(1, "Buy", 3, 5, { symbol: "ETHUSD" })))
    assert.deepStrictEqual(
      both.map((one) => "symbol" in one && one.symbol),
      ["XBTUSD", "ETHUSD"]
    )
    const empty = { ...book("partial"), filter: { symbol: "XBTUSD" } }
    assert.deepStrictEqual(told(session, empty), [
      { type: "snapshot", symbol: "XBTUSD", bids: [], asks: [], time: null }
    ])
  })
  it("keep a price of more digits than a double as its text", () => {
    const text = JSON.stringify(book("partial", row(1, "Sell", 11, 5))).replace(
      '"price":11',
      '"price":0.12345678901234567'
    )
    const [first] = told(open(), text)
    assert.deepStrictEqual(first?.type === "snapshot" ? first.asks : null, [["0.12345678901234567", 5]])
  })
})

describe("pools", () => {
  it("are named in the subscription, and rows of others are skipped", () => {
    const session = bitmex.session("all")
    assert.deepStrictEqual(session.join(["XBTUSD"]), [subscribe(pooled)])
    told(session, ack("Primary"))
    assert.deepStrictEqual(told(session, book("partial", row(1, "Sell", 11, 5, { pool: "Secondary" }))), [])
    told(session, book("partial", row(1, "Sell", 11, 5, { pool: "Primary" })))
    assert.deepStrictEqual(told(session, book("update", row(1, "Sell", 11, 4, { pool: "Aggregated" }))), [])
    const stamped = row(1, "Sell", 11, 4, { pool: "Primary", timestamp: "2026-09-02T07:00:52.301Z" })
    const time = 1_788_332_452_301_000
    assert.deepStrictEqual(told(session, book("update", stamped)), [
      { type: "changes", symbol: "XBTUSD", bids: [], asks: [[11, 4]], time }
    ])
  })
  it("are left out once the venue refuses to hear of them, asked once for both topics", () => {
    const session = open()
    const error = { status: 400, error: "Unknown symbol PRIMARY", meta: {}, request: { op: "subscribe", args: pooled } }
    assert.deepStrictEqual(told(session, error), [{ type: "send", text: subscribe(plain) }])
    assert.deepStrictEqual(told(session, error), [])
    told(session, ack("Aggregated"))
    const [first] = told(session, book("partial", row(1, "Sell", 11, 5, { pool: "Aggregated" })))
    assert.strictEqual(first?.type, "snapshot")
    const [repair] = session.repair("XBTUSD", { reason: "crossed", detail: "" })
    assert.deepStrictEqual(repair?.type === "resubscribe" ? repair.send[1] : null, subscribe(["orderBookL2:XBTUSD"]))
    const refused = { status: 400, error: "Unknown symbol XBTUSD", request: { op: "subscribe", args: plain } }
    assert.deepStrictEqual(told(session, refused), [
      { type: "rejected", symbol: "XBTUSD", detail: "Unknown symbol XBTUSD" }
    ])
  })
  it("follow what an acknowledgement grants", () => {
    const session = open()
    told(session, ack("Aggregated"))
    const [first] = told(session, book("partial", row(1, "Sell", 11, 5, { pool: "Aggregated" })))
    assert.strictEqual(first?.type, "snapshot")
  })
})

describe("the REST book that a silent market is held against", () => {
  it("is the best 25 levels of the pool that is followed, whatever their order", () => {
    const { probe } = bitmex
    assert.strictEqual(probe?.path("XBTUSD"), "/api/v1/orderBook/L2?symbol=XBTUSD&depth=25&pool=Primary")
    const body = JSON.stringify([
      row(3, "Sell", 77612, 4, { pool: "Primary" }),
      row(2, "Sell", 77611, 97300, { pool: "Primary" }),
      row(1, "Buy", 77610.5, 100, { pool: "Primary" })
    ])
    assert.deepStrictEqual(probe?.read(body, "XBTUSD"), {
      bids: [[77610.5, 100]],
      asks: [
        [77611, 97300],
        [77612, 4]
      ],
      complete: false
    })
    assert.isNull(probe?.read('{"error":{"message":"closed"}}', "XBTUSD"))
  })
})

describe("trades", () => {
  const trade = {
    timestamp: "2021-07-22T22:36:32.194Z",
    symbol: "XBTUSD",
    side: "Buy",
    size: 100,
    price: 32184,
    trdMatchID: "0ddc259b-355e-9a79-002b-aed7e089f69a"
  }
  const frame = (action: string, ...data: ReadonlyArray<object>) => ({ table: "trade", action, data })

  it("are inserts, in the order of the frame; a partial is history", () => {
    assert.deepStrictEqual(told(open(), frame("partial", trade)), [])
    const [first] = told(
      open(),
      frame("insert", trade, { ...trade, side: "Sell", size: 3 }, { ...trade, side: undefined })
    )
    assert.deepStrictEqual(first?.type === "trades" ? first.trades.map(({ side, size }) => [side, size]) : null, [
      ["buy", 100],
      ["sell", 3],
      ["unknown", 100]
    ])
    assert.strictEqual(first?.type === "trades" ? first.trades[0]?.time : null, 1_626_993_392_194_000)
    assert.strictEqual(first?.type === "trades" ? first.trades[0]?.id : null, trade.trdMatchID)
  })
  it("are no index prints, no other pool's and no other market's", () => {
    for (const other of [{ size: 0 }, { trdType: "Referential" }, { pool: "Secondary" }, { symbol: "ETHUSD" }]) {
      assert.deepStrictEqual(told(open(), frame("insert", { ...trade, ...other })), [])
    }
  })
})

describe("other frames", () => {
  it("tell to come back later when too much was asked", () => {
    const request = { op: "subscribe", args: "orderBook" }
    const error = "Rate limit exceeded, retry in 1 seconds."
    const [limited] = told(open(), { status: 429, error, meta: { retryAfter: 1 }, request })
    assert.deepStrictEqual(limited, { type: "reconnect", reason: "rate_limited", detail: error, retryAfter: 1000 })
    const [bare] = told(open(), { error: "Rate limit exceeded, retry in 29 seconds." })
    assert.strictEqual(bare?.type === "reconnect" ? bare.retryAfter : null, 29_000)
  })
  it("are known where they change nothing", () => {
    for (const frame of [
      {
        info: "Welcome to the BitMEX Realtime API.",
        version: "2.0.0",
        heartbeatEnabled: false,
        limit: { remaining: 39 }
      },
      { success: true, subscribe: "trade:XBTUSD", pool: "Primary", request: { op: "subscribe", args: pooled } },
      { success: true, unsubscribe: "trade:XBTUSD", request: { op: "unsubscribe", args: pooled } },
      { status: 400, error: "Not subscribed", request: { op: "unsubscribe", args: pooled } },
      { table: "quote", action: "insert", data: [{ symbol: "XBTUSD" }] },
      "pong"
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
  })
  it("reject the market that the sentence names, and only put off one that a status alone refuses", () => {
    const refusedAs = (error: string, status: number) => {
      const session = open("ETHUSD")
      const first = { status: 400, error: "Unknown pool", request: { op: "subscribe", args: pooled } }
      told(session, first)
      return told(session, { status, error, request: { op: "subscribe", args: plain } })
    }
    for (const [error, status, type] of [
      ["Unknown symbol XBTUSD", 400, "rejected"],
      ["Unknown symbol XBTUSDT", 400, "refused"],
      ["Not found", 404, "refused"],
      ["Overloaded", 503, "refused"]
    ] as const) {
      assert.deepStrictEqual(refusedAs(error, status), [{ type, symbol: "XBTUSD", detail: error }])
    }
  })
  it("leave the socket alone where the second topic of a market that left is refused", () => {
    const request = { op: "subscribe", args: ["orderBookL2:NOPE", "trade:NOPE"] }
    assert.deepStrictEqual(told(open(), { status: 400, error: "Unknown symbol NOPE", request }), [])
  })
  it("give the socket up where a refusal names no market of ours", () => {
    const [first] = told(open(), { status: 503, error: "overloaded" })
    assert.strictEqual(first?.type === "reconnect" ? first.reason : null, "refused")
  })
})
