// Owns the proof of the FTX scheme: real recordings against plain maps, every checksum, and every known frame. The
// venue is closed, so nothing of today can contradict it.
import { assert, describe, it } from "@effect/vitest"
import { canonical } from "../../../src/domain/Decimal.ts"
import { ftx, pythonFloat } from "../../../src/schemes/ftx/FTX.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { countProofs } from "../../support/countProofs.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

const rows = recorded("ftx")

interface Raw {
  readonly channel?: string
  readonly market?: string
  readonly type: string
  readonly data?: { readonly bids: ReadonlyArray<[number, number]>; readonly asks: ReadonlyArray<[number, number]> }
}

const naive = (symbol: string) => {
  const bids = new Map<number, string>()
  const asks = new Map<number, string>()
  for (const { kind, text } of rows) {
    if (kind !== "recv") continue
    const raw = JSON.parse(text) as Raw
    if (raw.channel !== "orderbook" || raw.market !== symbol || raw.data === undefined) continue
    for (const [side, levels] of [[bids, raw.data.bids] as const, [asks, raw.data.asks] as const]) {
      for (const [price, size] of levels) {
        if (size === 0) side.delete(price)
        else side.set(price, canonical(size))
      }
    }
  }
  return levelsOfMaps(bids, asks)
}

const bookIndex = (symbol: string, nth: number): number =>
  rows.flatMap(({ text }, index) =>
    text.includes(`"orderbook", "market": "${symbol}", "type": "update"`) ? [index] : []
  )[nth]!

describeRecorded("recordings of orderbook", () => {
  for (const [symbol, frames] of [
    ["MKR-PERP", 193],
    ["CHZ/USDT", 63]
  ] as const) {
    it(`folds ${symbol} to the book of its frames, with all ${frames} checksums`, () => {
      const [scheme, proofs] = countProofs(ftx)
      const result = fold(scheme, symbol, rows)
      assert.deepStrictEqual(levelsOf(result.book), naive(symbol))
      assert.deepStrictEqual(proofs, { held: frames, failed: 0 })
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, resyncs, crossed } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs, crossed], [0, 0, 0])
    })
  }
})

describeRecorded("spoiled recordings", () => {
  const lossOf = (story: ReadonlyArray<string>) => story.find((line) => line.startsWith("resyncing"))
  it("gives the book up over a frame that may hold levels", () => {
    for (const text of [
      `{"type":"update","data":{"bids":[[1,1]],"asks":[]}}`,
      `{"channel":"orderbook","market":"MKR-PERP","type":"update","data":{"time":1,"checksum":1e400,"bids":[],"asks":[]}}`
    ]) {
      const result = fold(ftx, "MKR-PERP", rows.toSpliced(bookIndex("MKR-PERP", 6), 0, received(text)))
      assert.match(lossOf(result.story) ?? "", /^resyncing: unreadable/)
      assert.strictEqual(result.exchange.counts.unknown, 1)
    }
  })
  it("counts a new control frame, and keeps the book", () => {
    for (const text of [`{"type":"novelty"}`, `{"channel":"liquidations","type":"update","data":[]}`]) {
      const result = fold(ftx, "MKR-PERP", rows.toSpliced(bookIndex("MKR-PERP", 6), 0, received(text)))
      assert.isUndefined(lossOf(result.story))
      assert.deepStrictEqual([result.exchange.state, result.exchange.counts.unknown], ["live", 1])
    }
  })
})

describe("the checksum", () => {
  it("prints doubles as Python does", () => {
    const numbers = [100, 0.5, 0.000001, 1.3e-7, 2.262e-5, 0.0001, 14279, 1e15, 1e16, 1.5e22, 0]
    const printed = ["100.0", "0.5", "1e-06", "1.3e-07", "2.262e-05", "0.0001", "14279.0"]
    printed.push("1000000000000000.0", "1e+16", "1.5e+22", "0.0")
    assert.deepStrictEqual(numbers.map(pythonFloat), printed)
  })
  it("gives the vector's number, and another for another book", () => {
    const session = ftx.session("all")
    session.join(["A"])
    const book = new OrderBook(false)
    book.load(
      [
        [5000.5, 10],
        [4995, 5]
      ],
      [
        [5001, 6],
        [5002, 7]
      ]
    )
    assert.isNull(session.prove("A", book, 2_933_775_928, 0))
    book.apply([[4995, 6]], [])
    assert.strictEqual(session.prove("A", book, 2_933_775_928, 0)?.reason, "checksum")
  })
})

const joined = (...symbols: ReadonlyArray<string>) => {
  const session = ftx.session("all")
  session.join(symbols)
  return session
}

describe("frames", () => {
  it("subscribes one market and channel a frame", () => {
    assert.deepStrictEqual(ftx.session("all").join(["BTC-PERP"]), [
      `{"op":"subscribe","channel":"orderbook","market":"BTC-PERP"}`,
      `{"op":"subscribe","channel":"trades","market":"BTC-PERP"}`
    ])
    assert.deepStrictEqual(joined("BTC-PERP").leave(["BTC-PERP"]), [
      `{"op":"unsubscribe","channel":"orderbook","market":"BTC-PERP"}`,
      `{"op":"unsubscribe","channel":"trades","market":"BTC-PERP"}`
    ])
  })
  it("tells a trade with the taker's side and its microseconds", () => {
    const trade = `{"channel": "trades", "market": "FLOW-PERP", "type": "update", "data": [{"id": 1473821769, "price": 16.42, "size": 22.83, "side": "sell", "liquidation": false, "time": "2021-07-22T22:45:25.101992+00:00"}]}`
    assert.deepStrictEqual(told(joined("FLOW-PERP"), trade), [
      {
        type: "trades",
        symbol: "FLOW-PERP",
        trades: [{ id: 1_473_821_769, price: 16.42, size: 22.83, side: "sell", time: 1_626_993_925_101_992 }]
      }
    ])
    assert.deepStrictEqual(told(joined("OTHER"), trade), [])
  })
  it("knows acknowledgements, pongs, tickers and infos", () => {
    for (const frame of [
      { type: "subscribed", channel: "trades", market: "A" },
      { type: "unsubscribed", channel: "trades", market: "A" },
      { type: "pong" },
      { type: "info", code: 1, msg: "hello" },
      { channel: "ticker", market: "A", type: "update", data: { bid: 1, ask: 2 } },
      { channel: "orderbook", market: "B", type: "update", data: { time: 1.5, checksum: 1, bids: [], asks: [] } },
      { channel: "orderbook", market: "A", type: "update", data: { time: 1.5, checksum: 1, bids: [], asks: [] } }
    ]) {
      assert.deepStrictEqual(told(joined("A"), frame), [])
    }
  })
  it("announces a restart, and leaves the socket on errors nobody is meant by", () => {
    const restart = told(joined("A"), { type: "info", code: 20_001, msg: "restarting" })
    assert.deepStrictEqual(restart, [{ type: "closing", detail: "restarting" }])
    const failure = told(joined("A"), { type: "error", code: 400, msg: "Internal server error" })
    assert.deepStrictEqual(failure, [{ type: "reconnect", reason: "refused", detail: "Internal server error" }])
  })
  it("rejects the market that the venue names as unknown, and hears its other answers without harm", () => {
    const session = joined("NOPE-PERP", "NOPE", "PERP")
    const error = { type: "error", code: 404, msg: "No such market: NOPE-PERP." }
    assert.deepStrictEqual(told(session, error), [{ type: "rejected", symbol: "NOPE-PERP", detail: error.msg }])
    session.leave(["NOPE-PERP"])
    for (let n = 0; n < 3; n++) assert.deepStrictEqual(told(session, error), [])
    // nobody is blamed for those later
    for (const market of ["NOPE", "PERP"]) {
      for (const channel of ["orderbook", "trades"]) {
        assert.deepStrictEqual(told(session, { type: "subscribed", channel, market }), [])
      }
    }
    session.join(["NOPE-PERP"])
    assert.deepInclude(told(session, error)[0], { type: "rejected", symbol: "NOPE-PERP" })
  })
  it("only puts off who is left unanswered where the venue names none", () => {
    const session = joined("A", "NOPE")
    const error = { type: "error", code: 404, msg: "No such market" }
    for (const channel of ["orderbook", "trades"]) told(session, { type: "subscribed", channel, market: "A" })
    assert.deepStrictEqual(told(session, error), [])
    assert.deepStrictEqual(told(session, error), [{ type: "refused", symbol: "NOPE", detail: "No such market" }])
  })
  it("repairs one market by leaving and asking again, and waits for its partial", () => {
    const session = joined("A")
    const data = { time: 1.5, checksum: 1, bids: [[1, 1]], asks: [] }
    assert.lengthOf(told(session, { channel: "orderbook", market: "A", type: "partial", data }), 1)
    const [repair] = session.repair("A", { reason: "checksum", detail: "x" })
    assert.strictEqual(repair?.type === "resubscribe" ? repair.send.length : 0, 2)
    assert.deepStrictEqual(told(session, { channel: "orderbook", market: "A", type: "update", data }), [])
  })
  it("calls a spoiled frame of its own channels unreadable", () => {
    for (const frame of [
      `{"channel":"orderbook","market":"A","type":"update","data":{"time":1,"checksum":1,"bids":[[1]],"asks":[]}}`,
      `{"channel":"orderbook","market":"A","type":"update","data":{"time":1,"bids":[],"asks":[]}}`,
      `{"channel":"trades","market":"A","type":"update","data":[{"id":1}]}`,
      `[]`
    ]) {
      assert.instanceOf(joined("A").receive(Buffer.from(frame), 1), Unreadable)
    }
  })
})

describe("names", () => {
  for (const [type, native, base, quote] of [
    ["SPOT", "BTC/USD", "BTC", "USD"],
    ["SPOT", "CHZ/USDT", "CHZ", "USDT"],
    ["PERP", "1INCH-PERP", "1INCH", "USD"]
  ] as const) {
    it(`reads and writes ${native}`, () => {
      assert.deepStrictEqual(ftx.fromNative(native, type), { base, quote })
      assert.strictEqual(ftx.toNative({ base, quote }, type), native)
    })
  }
  it("never takes the dollar's perpetual for one of another quote", () => {
    const other = ftx.toNative({ base: "BTC", quote: "USDT" }, "PERP")
    assert.notStrictEqual(other, "BTC-PERP")
    assert.isNull(ftx.fromNative(other, "PERP"))
  })
  it("reads dated futures, and neither MOVE nor free names", () => {
    assert.deepStrictEqual(ftx.fromNative("BTC-0924", "FUTURE"), { base: "BTC", quote: "USD" })
    for (const native of ["BTC-MOVE-0722", "BTC-MOVE-2021Q3", "TRUMP2024", "BTC-PERP"]) {
      assert.isNull(ftx.fromNative(native, "FUTURE"))
    }
  })
})
