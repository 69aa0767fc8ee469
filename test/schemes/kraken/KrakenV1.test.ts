// Owns the proof of the Kraken spot v1 scheme: real recordings against plain maps, every checksum, spoiled copies, and
// every known frame.
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { Schema } from "effect"
import { canonical } from "../../../src/domain/Decimal.ts"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import type { Instruction } from "../../../src/schemes/Instruction.ts"
import { krakenSpotV1 } from "../../../src/schemes/kraken/KrakenV1.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { countProofs } from "../../support/countProofs.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, spoiled, told } from "../../support/SchemeBench.ts"

const rows = recorded("kraken-v1")
const tradeRows = recorded("kraken-v1-trades")

type RawLevels = ReadonlyArray<readonly [string, string]>
type RawBook = Readonly<Partial<Record<"as" | "bs" | "a" | "b", RawLevels>>>

const booksOf = (symbol: string): ReadonlyArray<RawBook> =>
  rows.flatMap(({ kind, text }) => {
    if (kind !== "recv" || !text.startsWith("[")) return []
    const raw = JSON.parse(text) as ReadonlyArray<RawBook>
    return text.endsWith(`,"${symbol}"]`) ? raw.slice(1, -2) : []
  })

const naive = (symbol: string) => {
  const bids = new Map<number, string>()
  const asks = new Map<number, string>()
  const set = (side: Map<number, string>, levels: RawLevels = []) => {
    for (const [price, size] of levels) {
      if (Number(size) === 0) side.delete(Number(price))
      else side.set(Number(price), size)
    }
  }
  for (const { as, bs, a, b } of booksOf(symbol)) {
    set(asks, as)
    set(asks, a)
    set(bids, bs)
    set(bids, b)
  }
  return levelsOfMaps(bids, asks)
}

/** Rows of changes of a symbol. */
const changesOf = (symbol: string): ReadonlyArray<number> =>
  rows.flatMap(({ text }, index) =>
    text.startsWith("[") && text.endsWith(`"${symbol}"]`) && text.includes(`"c":`) ? [index] : []
  )
const lossOf = (story: ReadonlyArray<string>) => story.find((line) => line.startsWith("resyncing"))

describeRecorded("recordings of book and trade", () => {
  for (const symbol of ["XMR/USD", "OMG/USD"]) {
    it(`folds ${symbol} to the book of its frames, every checksum held`, () => {
      const [scheme, proofs] = countProofs(krakenSpotV1)
      const result = fold(scheme, symbol, rows)
      assert.deepStrictEqual(levelsOf(result.book), naive(symbol))
      assert.deepStrictEqual(proofs, { held: changesOf(symbol).length, failed: 0 })
      assert.isAbove(proofs.held, 300)
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, resyncs, crossed } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs, crossed], [0, 0, 0])
    })
  }
  it("tells the recorded trades in order, with the taker's side and its time", () => {
    const trades = fold(krakenSpotV1, "XMR/USD", tradeRows).events.flatMap((event) =>
      event.type === "trade" ? [[canonical(event.price), event.side, event.ts_exchange]] : []
    )
    assert.deepStrictEqual(
      trades.slice(0, 2).map(([price, side]) => [price, side]),
      [
        ["354.11", "sell"],
        ["354.55", "buy"]
      ]
    )
    assert.strictEqual(trades[0]![2], 1_618_678_142_557_535)
    assert.lengthOf(trades, 4)
  })
})

describeRecorded("spoiled recordings", () => {
  const near = changesOf("XMR/USD")[0]!
  it("detects a frame that is missing", () => {
    assert.match(lossOf(fold(krakenSpotV1, "XMR/USD", rows.toSpliced(near, 1)).story) ?? "", /^resyncing: checksum/)
  })
  it("detects an altered level", () => {
    const altered = { ...rows[near]!, text: rows[near]!.text.replace("5.00000000", "5.00000001") }
    const result = fold(krakenSpotV1, "XMR/USD", rows.with(near, altered))
    assert.match(lossOf(result.story) ?? "", /^resyncing: checksum/)
    assert.strictEqual(result.exchange.counts.checksum_failures, 1)
  })
  it("detects two frames in the wrong order", () => {
    const second = changesOf("XMR/USD")[1]!
    const swapped = rows.with(near, rows[second]!).with(second, rows[near]!)
    assert.match(lossOf(fold(krakenSpotV1, "XMR/USD", swapped).story) ?? "", /^resyncing: checksum/)
  })
  it("stays right over a repeated frame, which sets what is set", () => {
    const result = fold(krakenSpotV1, "XMR/USD", rows.toSpliced(near, 0, rows[near]!))
    assert.deepStrictEqual(levelsOf(result.book), naive("XMR/USD"))
    assert.isUndefined(lossOf(result.story))
  })
  it("gives the book up over a truncated frame, and over no frame of another channel", () => {
    const lossBy = (text: string) =>
      lossOf(fold(krakenSpotV1, "XMR/USD", rows.toSpliced(near + 1, 0, received(text))).story)
    for (const text of [rows[near]!.text.slice(0, -3), `[1,{"b":0},"book-10","XMR/USD"]`])
      assert.match(lossBy(text) ?? "", /^resyncing: unreadable/)
    for (const text of [`{"event":"novelty"}`, `[1,{"x":1},"novelty","XMR/USD"]`]) assert.isUndefined(lossBy(text))
  })
})

describe("the checksum", () => {
  it("gives the documents' number", () => {
    const session = krakenSpotV1.session("all")
    session.join(["A"])
    const book = new OrderBook(true)
    const levels = (...prices: ReadonlyArray<string>) => prices.map((price) => [`0.0${price}`, "0.00000500"] as const)
    book.load(
      levels("5000", "4995", "4990", "4980", "4975", "4970", "4965", "4960", "4955", "4950"),
      levels("5005", "5010", "5015", "5020", "5025", "5030", "5035", "5040", "5045", "5050")
    )
    assert.isNull(session.prove("A", book, 974_947_235, 0))
    book.apply([["0.05000", "0.00000501"]], [])
    assert.strictEqual(session.prove("A", book, 974_947_235, 0)?.reason, "checksum")
  })
  it("is of a level's newest text, though its numbers were there before", () => {
    const session = krakenSpotV1.session("all")
    session.join(["A"])
    const book = new OrderBook(true)
    for (const [size, digits] of [
      ["1.50", "150"],
      ["1.5000", "15000"]
    ] as const) {
      book.apply([["9.0", size]], [])
      assert.isNull(session.prove("A", book, crc32(`90${digits}`), 0))
    }
  })
})

const joined = (...symbols: ReadonlyArray<string>) => {
  const session = krakenSpotV1.session("all")
  session.join(symbols)
  return session
}

describe("frames", () => {
  it("subscribes both channels, twenty pairs a frame", () => {
    assert.deepStrictEqual(krakenSpotV1.session("all").join(["XBT/USD"]), [
      `{"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"book","depth":1000}}`,
      `{"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"trade"}}`
    ])
    const many = Array.from({ length: 21 }, (_, i) => `A${i}/USD`)
    assert.lengthOf(krakenSpotV1.session("all").join(many), 4)
    assert.match(joined("XBT/USD").leave(["XBT/USD"])[0] ?? "", /^\{"event":"unsubscribe"/)
  })
  it("applies both parts of a two-sided change as one, in either order", () => {
    const session = joined("SC/EUR")
    told(session, `[1920,{"as":[],"bs":[]},"book-1000","SC/EUR"]`)
    const asks = [["0.042990", "364630.28272081", "1618678145.920470"]]
    const bids = [["0.042980", "0.00000000", "1618678145.920708"]]
    const change: Instruction = {
      type: "changes",
      symbol: "SC/EUR",
      bids: [["0.042980", "0.00000000", 1_618_678_145_920_708]],
      asks: [["0.042990", "364630.28272081", 1_618_678_145_920_470]],
      time: 1_618_678_145_920_708,
      proof: 4_105_471_083
    }
    assert.deepStrictEqual(told(session, [1920, { a: asks }, { b: bids, c: "4105471083" }, "book-1000", "SC/EUR"]), [
      change
    ])
    assert.deepStrictEqual(told(session, [1920, { b: bids }, { a: asks, c: "4105471083" }, "book-1000", "SC/EUR"]), [
      change
    ])
  })
  it("takes republished levels, and drops changes until a snapshot came", () => {
    const change = `[1,{"b":[["1.0","2.0","1618678145.0","r"]],"c":"1"},"book-1000","A/B"]`
    const session = joined("A/B")
    assert.deepStrictEqual(told(session, change), [])
    told(session, `[1,{"as":[],"bs":[]},"book-1000","A/B"]`)
    assert.lengthOf(told(session, change), 1)
    session.repair("A/B", { reason: "checksum", detail: "x" })
    assert.deepStrictEqual(told(session, change), [])
  })
  it("knows acknowledgements, heartbeats, other channels and other markets", () => {
    for (const frame of [
      `{"connectionID":17843232920108168701,"event":"systemStatus","status":"online","version":"1.8.3"}`,
      { event: "subscriptionStatus", status: "subscribed", pair: "A/B", subscription: { name: "book", depth: 1000 } },
      { event: "subscriptionStatus", status: "unsubscribed", pair: "A/B" },
      { event: "heartbeat" },
      { event: "pong", reqid: 1 },
      [1, { a: ["1", "2", "3"] }, "ticker", "A/B"],
      [1, ["1"], "ohlc-5", "A/B"],
      [1, { as: [], bs: [] }, "book-1000", "C/D"],
      [1, [], "trade", "A/B"]
    ]) {
      assert.deepStrictEqual(told(joined("A/B"), frame), [])
    }
  })
  it("halts under maintenance and asks for a new socket after it", () => {
    const session = joined("A/B")
    const status = (text: string) => told(session, { event: "systemStatus", status: text }).map(({ type }) => type)
    assert.deepStrictEqual(status("maintenance"), ["halted"])
    assert.deepStrictEqual(status("online"), ["reconnect"])
  })
  it("tells the depth that the channel's name says", () => {
    const [snapshot] = told(joined("A/B"), `[1,{"as":[],"bs":[]},"book-10","A/B"]`)
    assert.strictEqual(snapshot?.type === "snapshot" ? snapshot.window : null, 10)
  })
  it("rejects an unknown pair alone, and leaves the socket over what names nobody", () => {
    const error = (errorMessage: string, pair?: string) =>
      told(joined("FOO/BAR", "A/B"), {
        event: "subscriptionStatus",
        status: "error",
        errorMessage,
        ...(pair === undefined ? {} : { pair })
      })
    const detail = "Currency pair not supported FOO/BAR"
    assert.deepStrictEqual(error(detail, "FOO/BAR"), [{ type: "rejected", symbol: "FOO/BAR", detail }])
    assert.deepStrictEqual(error(detail), [{ type: "rejected", symbol: "FOO/BAR", detail }])
    assert.deepStrictEqual(error(detail, "X/Y"), [])
    assert.deepStrictEqual(
      error("Exceeded msg rate").map(({ type }) => type),
      ["reconnect"]
    )
    assert.deepStrictEqual(
      error("Malformed request").map(({ type }) => type),
      ["reconnect"]
    )
  })
  it("calls a spoiled frame of its own channels unreadable", () => {
    for (const frame of [
      `[1,{"b":[["1.0","2.0","3"]]},"book-1000","A/B"]`,
      `[1,{"b":[[1.0,"2.0","3"]],"c":"1"},"book-1000","A/B"]`,
      `[1,{"b":[["1.0","2.0","3"]],"c":"x"},"book-1000","A/B"]`,
      `[1,[["1.0","2.0","3","up","l",""]],"trade","A/B"]`,
      `[1,{"a":[]},{"a":[],"c":"1"},"book-1000","A/B"]`,
      `null`
    ]) {
      assert.instanceOf(joined("A/B").receive(Buffer.from(frame), 1), Unreadable)
    }
  })
})

describe("names", () => {
  for (const [native, base, quote] of [
    ["XBT/USD", "BTC", "USD"],
    ["ETH/XBT", "ETH", "BTC"],
    ["XDG/USD", "DOGE", "USD"],
    ["AAPLx/USD", "AAPLx", "USD"]
  ] as const) {
    it(`reads and writes ${native}`, () => {
      assert.deepStrictEqual(krakenSpotV1.fromNative(native, "SPOT"), { base, quote })
      assert.strictEqual(krakenSpotV1.toNative({ base, quote }, "SPOT"), native)
    })
  }
  it("refuses what is no pair", () => {
    assert.isNull(krakenSpotV1.fromNative("XBTUSD", "SPOT"))
  })
})

/** One of each kind, as the sheet of Kraken shows them, section 5. */
const FRAMES: ReadonlyArray<string> = [
  `{"event":"heartbeat"}`,
  `[1920,{"as":[["0.042990","364630.28272081","1618678145.920470"]],"bs":[]},"book-1000","A/B"]`,
  `[1920,{"a":[["0.042990","1.5","1618678145.920470","r"]]},{"b":[],"c":"4105471083"},"book-1000","A/B"]`,
  `[337,[["5541.20000","0.15850568","1534614057.321597","s","l",""]],"trade","A/B"]`
]

it.prop("never throws, however a frame is spoiled", [Schema.Int, Schema.Int, Schema.Int], ([which, place, way]) => {
  const session = joined("A/B")
  const text = FRAMES[Math.abs(which) % FRAMES.length]!
  session.receive(Buffer.from(text), 1)
  session.receive(Buffer.from(spoiled(text, Math.abs(place), Math.abs(way))), 2)
})
