// Owns the proof of the Bitfinex scheme: a real recording of a whole socket against plain maps, its one sequence
// whoever a lost frame was for, and every known frame.
import { assert, describe, it } from "@effect/vitest"
import { canonical } from "../../../src/domain/Decimal.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

const rows = recorded("bitfinex")
const SYMBOLS = ["tIOTETH", "tDOGUSD", "tMNABTC", "tTESTBTC:TESTUSD", "tODEUSD", "tSNGUSD"] as const

type RawLevel = readonly [price: number, count: number, amount: number]
type Raw = readonly [chanId: number, payload: RawLevel | ReadonlyArray<RawLevel> | string]
interface RawEvent {
  readonly channel?: string
  readonly symbol?: string
  readonly chanId?: number
}

const isLevel = (payload: RawLevel | ReadonlyArray<RawLevel>): payload is RawLevel => typeof payload[0] === "number"

const channelOf = (symbol: string): number =>
  rows.flatMap(({ text }) => {
    if (!text.startsWith(`{"event":"subscribed","channel":"book"`)) return []
    const event = JSON.parse(text) as RawEvent
    return event.symbol === symbol && event.chanId !== undefined ? [event.chanId] : []
  })[0]!

const naive = (symbol: string) => {
  const bids = new Map<number, string>()
  const asks = new Map<number, string>()
  const chanId = channelOf(symbol)
  for (const { kind, text } of rows) {
    if (kind !== "recv" || !text.startsWith("[")) continue
    const [id, payload] = JSON.parse(text) as Raw
    if (id !== chanId || typeof payload === "string") continue
    for (const [price, count, amount] of isLevel(payload) ? [payload] : payload) {
      const side = amount > 0 ? bids : asks
      if (count === 0) side.delete(price)
      else side.set(price, canonical(Math.abs(amount)))
    }
  }
  return levelsOfMaps(bids, asks)
}

const arrays = rows.flatMap(({ kind, text }, index) => (kind === "recv" && text.startsWith("[") ? [index] : []))

describeRecorded("a recording of a whole socket", () => {
  for (const symbol of SYMBOLS) {
    it(`folds ${symbol} to the book of its frames, the socket's sequence whole`, () => {
      const result = fold(bitfinex, symbol, rows)
      assert.deepStrictEqual(levelsOf(result.book), naive(symbol))
      assert.isAbove(result.book.bidLevels + result.book.askLevels, 3)
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, resyncs, crossed } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs, crossed], [0, 0, 0])
    })
  }
  it("counts every array frame of every channel", () => {
    assert.lengthOf(arrays, 1670)
    const session = bitfinex.session("all")
    session.join(SYMBOLS)
    const kinds = rows.flatMap(({ kind, text, at }) =>
      kind === "recv" ? told(session, text, at).map(({ type }) => type) : []
    )
    assert.strictEqual(kinds.filter((kind) => kind === "snapshot").length, 6)
    assert.notInclude(kinds, "reconnect")
    assert.include(kinds, "alive")
  })
  it("tells neither the history of trades nor their repetition as new", () => {
    const executed = rows.flatMap(({ kind, text }) => (kind === "recv" && text.includes(`,"te",`) ? [text] : []))
    const session = bitfinex.session("all")
    session.join(["tBFTUSD", ...SYMBOLS])
    const trades = rows.flatMap(({ kind, text, at }) =>
      kind === "recv" ? told(session, text, at).filter(({ type }) => type === "trades") : []
    )
    assert.strictEqual(trades.length, executed.length)
  })
})

describeRecorded("spoiled recordings", () => {
  const SYMBOL = "tSNGUSD"
  const [at, next] = [arrays[400]!, arrays[401]!]
  for (const [what, spoiledRows] of [
    ["missing", rows.toSpliced(at, 1)],
    ["repeated", rows.toSpliced(at, 0, rows[at]!)],
    ["swapped", rows.with(at, rows[next]!).with(next, rows[at]!)],
    ["truncated", rows.with(at, received(rows[at]!.text.slice(0, -1)))],
    ["malformed", rows.with(at, received("[1,[1,2],3]"))]
  ] as const) {
    it(`detects a ${what} frame, whoever it was for`, () => {
      const { story } = fold(bitfinex, SYMBOL, spoiledRows)
      assert.isTrue(story.some((line) => line.includes("gap: after frame")))
    })
  }
})

const joined = (...symbols: ReadonlyArray<string>) => {
  const session = bitfinex.session("all")
  session.join(symbols)
  for (const [index, symbol] of symbols.entries()) {
    told(session, { event: "subscribed", channel: "book", chanId: 10 + index, symbol })
    told(session, { event: "subscribed", channel: "trades", chanId: 20 + index, symbol })
  }
  return session
}
const BOOK = `{"event":"subscribe","channel":"book","symbol":"tBTCUSD","prec":"P0","freq":"F0","len":"100"}`

describe("subscriptions", () => {
  it("says its flags first and once, then a frame a channel", () => {
    const session = bitfinex.session("all")
    assert.deepStrictEqual(session.join(["tBTCUSD"]), [
      `{"event":"conf","flags":229376}`,
      BOOK,
      `{"event":"subscribe","channel":"trades","symbol":"tBTCUSD"}`
    ])
    assert.lengthOf(session.join(["tETHUSD"]), 2)
  })
  it("leaves by channel number, also when that comes late", () => {
    assert.deepStrictEqual(joined("tBTCUSD").leave(["tBTCUSD"]), [
      `{"event":"unsubscribe","chanId":10}`,
      `{"event":"unsubscribe","chanId":20}`
    ])
    const session = bitfinex.session("all")
    session.join(["tBTCUSD"])
    assert.deepStrictEqual(session.leave(["tBTCUSD"]), [])
    assert.deepStrictEqual(told(session, { event: "subscribed", channel: "book", chanId: 5, symbol: "tBTCUSD" }), [
      { type: "send", text: `{"event":"unsubscribe","chanId":5}` }
    ])
  })
  it("repairs a book by leaving its channel, and asks again when that is acknowledged", () => {
    const session = joined("tBTCUSD")
    told(session, [10, [[60_400, 1, 0.5]], 1, 5])
    assert.deepStrictEqual(session.repair("tBTCUSD", { reason: "checksum", detail: "x" }), [
      {
        type: "resubscribe",
        symbol: "tBTCUSD",
        reason: "checksum",
        detail: "x",
        send: [`{"event":"unsubscribe","chanId":10}`]
      }
    ])
    assert.deepStrictEqual(told(session, [10, [60_400, 1, 0.7], 2, 5]), [])
    assert.deepStrictEqual(told(session, { event: "unsubscribed", status: "OK", chanId: 10 }), [
      { type: "send", text: BOOK }
    ])
    told(session, { event: "subscribed", channel: "book", chanId: 11, symbol: "tBTCUSD" })
    assert.deepStrictEqual(told(session, [11, [60_400, 1, 0.7], 3, 5]), [])
    assert.deepStrictEqual(told(session, [11, [[60_400, 1, 0.7]], 4, 5]), [
      { type: "snapshot", symbol: "tBTCUSD", bids: [[60_400, 0.7]], asks: [], time: 5_000 }
    ])
  })
  it("finds a market that was joined without its t", () => {
    const session = bitfinex.session("all")
    session.join(["BTCUSD"])
    told(session, { event: "subscribed", channel: "book", chanId: 10, symbol: "tBTCUSD" })
    assert.strictEqual(told(session, [10, [], 1, 5])[0]?.type, "snapshot")
  })
})

describe("frames", () => {
  it("sets and deletes levels of the side that the amount's sign says", () => {
    const session = joined("tBTCUSD")
    told(session, [10, [], 1, 5])
    const change = (level: ReadonlyArray<number>, sequence: number) =>
      told(session, [10, level, sequence, 5]).map((one) => (one.type === "changes" ? [one.bids, one.asks] : one))
    assert.deepStrictEqual(change([277_520, 1, 0.09], 2), [[[[277_520, 0.09]], []]])
    assert.deepStrictEqual(change([279_380, 0, 1], 3), [[[[279_380, 0]], []]])
    assert.deepStrictEqual(change([0.0010273, 0, -1], 4), [[[], [[0.0010273, 0]]]])
    assert.deepStrictEqual(change([219.11, 3, -18.10913638], 5), [[[], [[219.11, 18.10913638]]]])
  })
  it("takes a trade when it is executed, not when it is repeated, and the sign as the taker's", () => {
    const session = joined("tBTCUSD")
    const trade = (amount: number) => [382_489_563, 1_564_617_600_709, amount, 10_087.98969503]
    const fill = { id: 382_489_563, price: 10_087.98969503, time: 1_564_617_600_709_000 }
    assert.deepStrictEqual(told(session, [20, "te", trade(0.00705845), 1, 5]), [
      { type: "trades", symbol: "tBTCUSD", trades: [{ ...fill, size: 0.00705845, side: "buy" }] }
    ])
    assert.deepStrictEqual(told(session, [20, "tu", trade(0.00705845), 2, 5]), [])
    assert.deepStrictEqual(told(session, [20, "te", trade(-2), 3, 5]), [
      { type: "trades", symbol: "tBTCUSD", trades: [{ ...fill, size: 2, side: "sell" }] }
    ])
  })
  it("counts frames of channels it does not know yet, heartbeats among them", () => {
    const session = joined("tBTCUSD")
    assert.deepStrictEqual(told(session, [999, "hb", 1, 5]), [])
    assert.deepStrictEqual(told(session, [10, "hb", 2, 5]), [{ type: "alive", symbol: "tBTCUSD" }])
    assert.deepStrictEqual(told(session, [10, "hb", 4, 5]), [
      { type: "reconnect", reason: "gap", detail: "after frame 2 of the socket came 4" }
    ])
  })
  it("reads the tail by the flags the venue confirmed", () => {
    const session = joined("tBTCUSD")
    told(session, { event: "conf", status: "OK", flags: 0 })
    assert.strictEqual(told(session, [10, [[1, 1, 1]]])[0]?.type, "snapshot")
    told(session, { event: "conf", status: "OK", flags: 32_768 })
    const [change] = told(session, [10, [1, 2, 3], 7])
    assert.strictEqual(change?.type === "changes" ? change.time : null, 7_000)
    assert.strictEqual(told(session, { event: "conf", status: "FAILED" })[0]?.type, "reconnect")
  })
  it("knows notices, errors and pongs", () => {
    const one = (frame: object) => told(joined("tBTCUSD"), frame).map(({ type }) => type)
    assert.deepStrictEqual(one({ event: "info", version: 2, platform: { status: 1 } }), [])
    assert.deepStrictEqual(one({ event: "info", version: 2, platform: { status: 0 } }), ["halted"])
    assert.deepStrictEqual(one({ event: "info", code: 20_051, msg: "Stop/Restart" }), ["closing"])
    assert.deepStrictEqual(one({ event: "info", code: 20_060, msg: "maintenance" }), ["halted"])
    assert.deepStrictEqual(one({ event: "info", code: 20_061, msg: "over" }), ["reconnect"])
    assert.deepStrictEqual(one({ event: "pong", ts: 1, cid: 4 }), [])
    assert.deepStrictEqual(one({ event: "subscribed", channel: "ticker", chanId: 1, symbol: "tBTCUSD" }), [])
    assert.deepStrictEqual(one({ event: "unsubscribed", status: "OK", chanId: 99 }), [])
  })
  it("rejects the symbol that the venue does not know, and asks again for any other reason", () => {
    const error = (code: number, msg: string, named: object = { symbol: "tBTCUSD" }) =>
      told(joined("tBTCUSD"), { event: "error", msg, code, channel: "book", ...named })
    const rejected = [{ type: "rejected" as const, symbol: "tBTCUSD", detail: "10300 symbol: invalid" }]
    assert.deepStrictEqual(error(10_300, "symbol: invalid"), rejected)
    assert.deepStrictEqual(error(10_300, "symbol: invalid", { pair: "BTCUSD" }), rejected)
    const types = (code: number, msg: string, named?: object) => error(code, msg, named).map(({ type }) => type)
    assert.deepStrictEqual(types(10_001, "unknown pair"), ["rejected"])
    assert.deepStrictEqual(types(10_300, "len: invalid"), ["refused"])
    assert.deepStrictEqual(types(10_302, "channel: unknown"), ["refused"])
    assert.deepStrictEqual(types(10_305, "subscribe: limit"), ["full"])
    assert.deepStrictEqual([types(10_301, "subscribe: dup"), types(10_400, "unsubscribe: invalid")], [[], []])
    assert.deepStrictEqual(types(10_300, "symbol: invalid", { symbol: "tGONE:USD" }), [])
    assert.deepStrictEqual(types(10_000, "unknown event", {}), ["reconnect"])
  })
  it("stays halted over heartbeats of a maintenance, and goes on with its first data", () => {
    const session = joined("tBTCUSD")
    told(session, [10, [[1, 1, 1]], 1, 5])
    told(session, { event: "info", code: 20_060, msg: "Entering" })
    assert.deepStrictEqual(told(session, [10, "hb", 2, 5]), [
      { type: "halted", symbol: "tBTCUSD", detail: "maintenance: Entering" }
    ])
    assert.strictEqual(told(session, [10, [1, 1, 2], 3, 5])[0]?.type, "changes")
    assert.strictEqual(told(session, [10, "hb", 4, 5])[0]?.type, "alive")
  })
  it("calls a spoiled level or trade unreadable, and knows rows of other channels", () => {
    const session = joined("tBTCUSD")
    for (const frame of [
      "[10,[1,2],1]",
      `[10,["x"],1]`,
      `[10,{"x":1},1]`,
      '[20,"te",[1,2,3],1]',
      '[10,"cs","1",1]',
      "[10,[[1,1,1],[1,1]],1]",
      "[10]"
    ]) {
      assert.instanceOf(session.receive(Buffer.from(frame), 1), Unreadable)
    }
    assert.deepStrictEqual(told(session, [99, [0.068965, 60_157.3, 0.0774, 48_578.5, 0.001969, 0.0262], 1]), [])
    const [repair] = told(session, [10, [1, 2, 3, 4, 5, 6], 2])
    assert.strictEqual(repair?.type === "resubscribe" ? repair.reason : null, "unreadable")
  })
  it("counts a kind of message that the venue added, which costs no book but that of its own channel", () => {
    const session = joined("tBTCUSD", "tETHUSD")
    told(session, { event: "conf", status: "OK", flags: 229_376 })
    told(session, [10, [[1, 1, 1]], 1, 5])
    assert.deepStrictEqual(told(session, [0, "novelty", { x: 1 }, 2, 5]), [])
    assert.deepStrictEqual(told(session, [0, "beat", 3, 5]), [])
    assert.deepStrictEqual(told(session, [20, "tx", [1, 2], 4, 5]), [])
    assert.strictEqual(told(session, [10, [1, 1, 2], 5, 5])[0]?.type, "changes")
    const [repair] = told(session, [10, "novelty", [1], 6, 5])
    assert.deepInclude(repair, { type: "resubscribe", symbol: "tBTCUSD", reason: "unreadable" })
    assert.deepInclude(told(session, [0, "novelty", { x: 1 }, 8, 5])[0], { type: "reconnect", reason: "gap" })
  })
  it("repairs the book over a level of no side, or of a count that can be none", () => {
    for (const spoilt of [[5, 1, 0], [5, -1, 2], [[5, 1, 0]]]) {
      const session = joined("tBTCUSD")
      told(session, [10, [[1, 1, 1]], 1, 5])
      const [repair] = told(session, [10, spoilt, 2, 5])
      assert.strictEqual(repair?.type === "resubscribe" ? repair.reason : null, "unreadable")
    }
  })
  it("reads no id that is no safe integer", () => {
    for (const text of ["[1e400,[1,1,1],1]", '[20,"te",[1e400,1,1,1],1]', "[10,[1,1.5,1],1]"]) {
      assert.instanceOf(joined("tBTCUSD").receive(Buffer.from(text), 1), Unreadable)
    }
  })
})
