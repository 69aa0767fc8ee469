// Owns the proof of Gemini's archived Market Data v2: a real recording against plain maps, what corruption shows and
// what it can't, names both ways, and every known frame.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { geminiV2 } from "../../../src/schemes/gemini/GeminiV2.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, spoiled, told } from "../../support/SchemeBench.ts"

const rows = recorded("gemini")
const SYMBOLS = ["BTCGBP", "ANKRUSD"]

interface Raw {
  readonly type?: string
  readonly symbol?: string
  readonly changes?: ReadonlyArray<readonly ["buy" | "sell", string, string]>
}
const raws: ReadonlyArray<Raw> = rows.flatMap(({ kind, text }) => (kind === "recv" ? [JSON.parse(text) as Raw] : []))

const snapshot = {
  type: "l2_updates",
  symbol: "BTCGBP",
  changes: [
    ["buy", "9", "1"],
    ["sell", "11", "2"]
  ],
  trades: [{ type: "trade", symbol: "BTCGBP", event_id: 1, price: "10", quantity: "1", side: "buy" }],
  auction_events: []
}
const open = () => {
  const session = geminiV2.session("public")
  session.join(["BTCGBP"])
  told(session, snapshot)
  return session
}

/** What changes there are by the sheet's rule: absolute sizes on either side, 0 removes. */
const sequence = [
  received(snapshot),
  ...Array.from({ length: 300 }, (_, i) => {
    const bid = ["buy", `${8.9 - ((i * 7) % 40) / 10}`, i % 3 === 0 ? "0" : `${(i % 9) + 1}.5`]
    const ask = ["sell", `${11.1 + ((i * 11) % 40) / 10}`, i % 5 === 0 ? "0" : `${(i % 7) + 1}`]
    return received({ type: "l2_updates", symbol: "BTCGBP", changes: [bid, ask] }, 2_000_000 + i * 50_000)
  })
]

describe("a generated sequence", () => {
  it("folds to the book of plain maps, live and without a frame unknown", () => {
    const maps = { buy: new Map<number, string>(), sell: new Map<number, string>() }
    for (const { text } of sequence) {
      for (const [side, price, size] of (JSON.parse(text) as Raw).changes ?? []) {
        if (Number(size) === 0) maps[side].delete(Number(price))
        else maps[side].set(Number(price), size)
      }
    }
    const { book, exchange, story } = fold(geminiV2, "BTCGBP", sequence)
    assert.deepStrictEqual(levelsOf(book), levelsOfMaps(maps.buy, maps.sell))
    assert.isAbove(book.bidLevels, 10)
    assert.deepStrictEqual(story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    assert.strictEqual(exchange.counts.unknown, 0)
  })
})

describeRecorded("a recording of l2", () => {
  it("folds to the books of plain maps, live and without a frame unknown", () => {
    for (const symbol of SYMBOLS) {
      const result = fold(geminiV2, symbol, rows)
      const sides = { buy: new Map<number, string>(), sell: new Map<number, string>() }
      const ours = raws.filter((raw) => raw.type === "l2_updates" && raw.symbol === symbol)
      for (const [side, price, size] of ours.flatMap(({ changes }) => changes ?? [])) {
        if (Number(size) === 0) sides[side].delete(Number(price))
        else sides[side].set(Number(price), size)
      }
      assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(sides.buy, sides.sell))
      assert.isAbove(result.book.bidLevels, 50)
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, crossed, resyncs } = result.exchange.counts
      assert.deepStrictEqual([unknown, crossed, resyncs], [0, 0, 0])
      assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, ours.length - 1)
    }
  })
  it("tells the trades of the stream and never the history of the snapshot", () => {
    const trades = fold(geminiV2, "ANKRUSD", rows).events.filter((event) => event.type === "trade")
    assert.strictEqual(trades.length, 3)
    const trade = {
      id: 45465818387,
      price: 0.07946,
      size: 1020.482111,
      side: "buy" as const,
      ts_exchange: 1624493670759000
    }
    assert.deepInclude(trades[0], trade)
  })
})

describeRecorded("corruption of the recording", () => {
  const middle = rows.findIndex(({ text }, index) => index > 100 && text.includes('"BTCGBP"'))

  it("does not show a lost or a repeated frame, as the guarantee says", () => {
    assert.strictEqual(fold(geminiV2, "BTCGBP", rows.toSpliced(middle, 1)).exchange.state, "live")
    assert.strictEqual(fold(geminiV2, "BTCGBP", rows.toSpliced(middle, 0, rows[middle]!)).exchange.state, "live")
    assert.match(geminiV2.guarantee, /neither sequence nor checksum/)
  })
  it("shows a crossed book and a frame cut short, whose only way back is a new socket", () => {
    const crossing = received({ type: "l2_updates", symbol: "BTCGBP", changes: [["buy", "99999", "1"]] })
    const crossed = fold(geminiV2, "BTCGBP", rows.toSpliced(middle, 0, crossing))
    assert.match(crossed.story.at(-1) ?? "", /^resyncing: crossed/)
    const cut = { ...rows[middle]!, text: rows[middle]!.text.slice(0, 60) }
    assert.match(fold(geminiV2, "BTCGBP", rows.with(middle, cut)).story.at(-1) ?? "", /^resyncing: unreadable/)
    assert.deepStrictEqual(open().repair("BTCGBP", { reason: "crossed", detail: "x" }), [
      { type: "reconnect", reason: "crossed", detail: "x" }
    ])
  })
})

describe("frames", () => {
  it("drop changes before the snapshot, which replaces the book whenever it comes", () => {
    const session = geminiV2.session("public")
    session.join(["BTCGBP"])
    const change = { type: "l2_updates", symbol: "BTCGBP", changes: [["buy", "8", "1"]] }
    assert.deepStrictEqual(told(session, change), [])
    assert.strictEqual(told(session, snapshot)[0]?.type, "snapshot")
    assert.deepStrictEqual(told(session, change), [
      { type: "changes", symbol: "BTCGBP", bids: [[8, 1]], asks: [], time: null }
    ])
    assert.strictEqual(told(session, snapshot)[0]?.type, "snapshot")
  })
  it("give a block trade no taker", () => {
    const block = {
      type: "trade",
      symbol: "BTCGBP",
      event_id: 2,
      timestamp: 5,
      price: "10",
      quantity: "1",
      side: "block"
    }
    const trades = [{ id: 2, price: 10, size: 1, side: "unknown" as const, time: 5000 }]
    assert.deepStrictEqual(told(open(), block), [{ type: "trades", symbol: "BTCGBP", trades }])
  })
  it("reject the one market that waits when the venue knows no pair", () => {
    const error = { reason: "NoValidTradingPairs", result: "error" }
    const session = geminiV2.session("public")
    session.join(["NOSUCH"])
    assert.deepStrictEqual(told(session, error), [{ type: "rejected", symbol: "NOSUCH", detail: error.reason }])
    assert.deepInclude(told(open(), error)[0], { type: "reconnect", reason: "refused" })
  })
  it("ask slowly for the last that waits among others, since only elimination blames it", () => {
    const session = open()
    session.join(["NOSUCH"])
    const [refused] = told(session, { reason: "NoValidTradingPairs", result: "error" })
    assert.deepInclude(refused, { type: "refused", symbol: "NOSUCH" })
    session.join(["NOBODY"])
    const [unsure] = told(session, { reason: "NoValidTradingPairs", result: "error" })
    assert.deepInclude(unsure, { type: "reconnect", reason: "refused" })
  })
  it("that nobody knows are harmless where they have no key of a book or a trade", () => {
    const harmless = (frame: unknown): boolean => {
      const result = open().receive(Buffer.from(JSON.stringify(frame)), 1)
      return result instanceof Unreadable && result.harmless
    }
    for (const frame of [{ notice: "hello" }, { result: "ok" }]) assert.isTrue(harmless(frame))
    for (const frame of [{ type: "l2_updates" }, { symbol: "BTCGBP", price: 1 }, { changes: [] }, [1]]) {
      assert.isFalse(harmless(frame), JSON.stringify(frame))
    }
  })
  it("are known where they change nothing, and unreadable where ours is malformed", () => {
    for (const frame of [
      { type: "heartbeat", timestamp: 1624493666869 },
      { type: "auction_open", symbol: "BTCGBP" },
      { type: "candles_1m_updates", symbol: "BTCGBP", changes: [] }
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
    assert.instanceOf(
      open().receive(Buffer.from('{"type":"l2_updates","symbol":"BTCGBP","changes":[["buy","1"]]}'), 1),
      Unreadable
    )
  })
  it.prop("never throw, however spoiled", [Schema.Int, Schema.Int, Schema.Int], ([which, place, way]) => {
    const { text } = sequence[Math.abs(which) % sequence.length]!
    const result = open().receive(Buffer.from(spoiled(text, Math.abs(place), Math.abs(way))), 1)
    assert.isTrue(result instanceof Unreadable || Array.isArray(result))
  })
})

describe("subscriptions and names", () => {
  it("ask for l2 in upper case", () => {
    assert.deepStrictEqual(geminiV2.session("public").join(["BTCUSD", "ETHBTC"]), [
      '{"type":"subscribe","subscriptions":[{"name":"l2","symbols":["BTCUSD","ETHBTC"]}]}'
    ])
  })
  it("go both ways", () => {
    for (const [type, natives] of [
      ["SPOT", ["BTCUSD", "ETHBTC", "XRPGUSD", "BTCRLUSD", "PAXGUSD", "BTCGBP", "ANKRUSD"]],
      ["PERP", ["BTCGUSDPERP", "BTCUSDCPERP"]]
    ] as const) {
      for (const native of natives) {
        const pair = geminiV2.fromNative(native, type)
        assert.strictEqual(pair && geminiV2.toNative(pair, type), native)
      }
    }
    assert.isNull(geminiV2.fromNative("btcusd", "SPOT"))
  })
})
