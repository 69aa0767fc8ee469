// Owns the proof of the Bitfinex scheme: a real recording of a whole socket against plain maps, its one sequence, the
// vendor's checksum, spoiled copies, and every known frame.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { canonical } from "../../src/domain/Decimal.ts"
import { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import { bitfinex } from "../../src/schemes/Bitfinex.ts"
import { Unreadable } from "../../src/schemes/Wire.ts"
import { countProofs } from "../support/countProofs.ts"
import { fold, levelsOf, levelsOfMaps, received, recorded, spoiled, told } from "../support/SchemeBench.ts"

const rows = await recorded("bitfinex")
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

describe("a recording of a whole socket", () => {
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

describe("spoiled recordings", () => {
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
  it("counts a frame of an unknown kind", () => {
    const result = fold(bitfinex, SYMBOL, rows.toSpliced(at, 0, received({ event: "novelty" })))
    assert.strictEqual(result.exchange.counts.unknown, 1)
    assert.strictEqual(result.exchange.counts.resyncs, 0)
  })
})

const side = (text: string) =>
  text.split(" ").map((level) => {
    const [price = "", amount = ""] = level.split("/")
    return [Number(price), Number(amount)] as const
  })
const BIDS = side(
  "0.0000011/271510.49 0.00000109/500793.10790141 0.00000108/776367.43 0.00000107/23329.54842056 " +
    "0.00000106/116868.87735849 0.00000105/205000 0.00000103/227308.25386407 0.00000102/105000 0.00000101/2970 " +
    "0.000001/21000 7e-7/10000 6.6e-7/10000 6e-7/100000 4.9e-7/10000 2.5e-7/2000 6e-8/100000 5e-8/200000 1e-8/640000"
)
const ASKS = side(
  "0.00000111/4847.13 0.00000112/528102.69042633 0.00000113/302397.07 0.00000114/339088.93 0.00000126/245944.06 " +
    "0.00000127/5000 0.0000013/5000 0.00000134/8249.18938656 0.00000136/13161.25184766 0.00000145/2914 " +
    "0.0000015/54448.5 0.00000152/5538.54849594 0.00000153/62691.75475079 0.00000159/2914 0.0000016/52631.10296831 " +
    "0.00000164/4000 0.00000166/3831.46784605 0.00000171/14575.17730379 0.00000174/3124.81815395 0.0000018/18000 " +
    "0.00000182/16000 0.00000186/4000 0.00000189/10000.686624 0.00000191/14500 0.00000193/2422"
)
const opened = (...frames: ReadonlyArray<unknown>) => [
  received({ event: "info", version: 2, platform: { status: 1 } }),
  received({ event: "conf", status: "OK", flags: 229_376 }),
  received({ event: "subscribed", channel: "book", chanId: 7, symbol: "tXRPBTC", prec: "P0" }),
  ...frames.map((frame) => received(frame))
]

describe("the checksum", () => {
  const rowsOf = (levels: typeof BIDS, sign: number) => levels.map(([price, amount]) => [price, 1, sign * amount])
  const snapshot = [7, [...rowsOf(BIDS, 1), ...rowsOf(ASKS, -1)], 1, 1_564_617_601_214]
  const update = [7, [0.0000011, 12, 266_122.94], 2, 1_564_617_601_215]
  it("gives the vendor's number for the whole of snapshot, update and cs frame", () => {
    const [scheme, proofs] = countProofs(bitfinex)
    const result = fold(scheme, "tXRPBTC", opened(snapshot, update, [7, "cs", -1_175_357_890, 3, 1_564_617_601_216]))
    assert.deepStrictEqual(proofs, { held: 1, failed: 0 })
    assert.strictEqual(result.story.at(-1), "live: ")
    assert.strictEqual(result.exchange.bookTime, 1_564_617_601_215_000)
  })
  it("fails with one level other, and with the number of fixed notation", () => {
    for (const frames of [
      [snapshot, [7, [0.0000011, 12, 266_122.95], 2, 1], [7, "cs", -1_175_357_890, 3, 1]],
      [snapshot, update, [7, "cs", 1_293_492_257, 3, 1]]
    ]) {
      const result = fold(bitfinex, "tXRPBTC", opened(...frames))
      assert.strictEqual(result.exchange.counts.checksum_failures, 1)
      assert.match(result.story.at(-1) ?? "", /^resyncing: checksum/)
    }
  })
  it("takes a book of one side, and of none", () => {
    const session = bitfinex.session("all")
    session.join(["tXRPBTC"])
    const book = new OrderBook(false)
    assert.isNull(session.prove("tXRPBTC", book, 0, 0))
    book.load([], [[7e-7, 2]])
    assert.isNull(session.prove("tXRPBTC", book, crc32("7e-7:-2") | 0, 0))
  })
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
    assert.deepStrictEqual(one({ event: "info", code: 20_051, msg: "Stop/Restart" }), ["reconnect"])
    assert.deepStrictEqual(one({ event: "info", code: 20_060, msg: "maintenance" }), ["halted"])
    assert.deepStrictEqual(one({ event: "info", code: 20_061, msg: "over" }), ["reconnect"])
    assert.deepStrictEqual(one({ event: "pong", ts: 1, cid: 4 }), [])
    assert.deepStrictEqual(one({ event: "subscribed", channel: "ticker", chanId: 1, symbol: "tBTCUSD" }), [])
    assert.deepStrictEqual(one({ event: "unsubscribed", status: "OK", chanId: 99 }), [])
    const error = (code: number) =>
      one({ event: "error", msg: "symbol: invalid", code, channel: "book", symbol: "tBTCUSD" })
    assert.deepStrictEqual([10_300, 10_001].map(error), [["rejected"], ["rejected"]])
    assert.deepStrictEqual([10_301, 10_400].map(error), [[], []])
    assert.deepStrictEqual([10_305, 10_000].map(error), [["full"], ["reconnect"]])
  })
  it("calls a spoiled level or trade unreadable, and knows rows of other channels", () => {
    const session = joined("tBTCUSD")
    for (const frame of [
      "[10,[1,2],1]",
      `[10,["x"],1]`,
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
})

it.prop("never throws, however a frame is spoiled", [Schema.Int, Schema.Int, Schema.Int], ([which, place, way]) => {
  const session = joined("tSNGUSD", "tDOGUSD")
  const { text } = rows[Math.abs(which) % rows.length]!
  session.receive(Buffer.from(text), 1)
  session.receive(Buffer.from(spoiled(text, Math.abs(place), Math.abs(way))), 2)
})
