// Owns the proof of the Gemini scheme: the real frames of the sheet and sequences made by its rule, against plain maps;
// the audit beside the chain, what corruption shows, the way back, and every known frame. Requests are
// GeminiTalk.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { gemini } from "../../../src/schemes/gemini/Gemini.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { captured, describeCaptured } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

type Side = ReadonlyArray<readonly [string, string]>
interface Raw {
  readonly e?: string
  readonly s?: string
  readonly b: Side
  readonly a: Side
}
const symbol = "ethgusdperp"
const snapshot =
  '{"e":"depthUpdate","E":1789456740173524809,"s":"ethgusdperp","U":1764527605192323,"u":1764527605192323,"b":[["2482.5500","1.000"],["2482.0000","2.000"]],"a":[["2483.4500","1.047"],["2483.5000","3.000"]]}'
const first =
  '{"e":"depthUpdate","E":1789456742337187316,"s":"ethgusdperp","U":1764527605192323,"u":1764527605192686,"b":[["2482.5500","0.000"]],"a":[["2483.5000","0.000"],["2483.4500","1.047"]]}'
const second =
  '{"e":"depthUpdate","E":1789456742362015387,"s":"ethgusdperp","U":1764527605192686,"u":1764527605192712,"b":[["2482.5500","1.047"]],"a":[]}'
const trade =
  '{"E":1783981140085684200,"s":"ethgusdperp","t":2840141014190422,"p":"62145.38000","q":"0.0162522200","m":true}'
const partial = (lastUpdateId: number, bid: string) => ({
  lastUpdateId,
  symbol,
  bids: [
    ["2482.5500", bid],
    ["2482.0000", "2.000"]
  ],
  asks: [["2483.4500", "1.047"]]
})

const open = () => {
  const session = gemini.session("public")
  session.join([symbol])
  told(session, snapshot)
  return session
}

/** Deltas by the sheet's rule: each begins where the last ended, in irregular steps, unsorted and zero-padded. */
const generated = Array.from({ length: 400 }, (_, i) => {
  const U = 1764527605192323 + i * 37
  const step = (i * 7919) % 89
  const size = i % 4 === 0 ? "0.000" : `${(i % 11) + 1}.${step}00`
  const b = [
    [`${2400 - step}.5000`, size],
    [`${2410 - (step % 7)}.0000`, "1.500"]
  ]
  const a = i % 5 === 0 ? [] : [[`${2490 + step}.2500`, size]]
  return { e: "depthUpdate", E: 1789456742337187328, s: symbol, U, u: U + 37, b, a }
})
const rows = [received(snapshot), ...generated.map((frame, i) => received(frame, 2_000_000 + i * 100_000))]

describe("a generated sequence behind a snapshot", () => {
  const result = fold(gemini, symbol, rows)

  it("folds to the book of plain maps", () => {
    const bids = new Map([
      [2482.55, "1"],
      [2482, "2"]
    ])
    const asks = new Map([
      [2483.45, "1.047"],
      [2483.5, "3"]
    ])
    for (const { a, b } of generated) {
      for (const [levels, side] of [
        [bids, b],
        [asks, a]
      ] as const) {
        for (const [price, size] of side) {
          if (Number(size) === 0) levels.delete(Number(price))
          else levels.set(Number(price), size!)
        }
      }
    }
    assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
    assert.isAbove(result.book.bidLevels, 40)
  })
  it("is live, every delta contiguous, nothing unknown", () => {
    assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    assert.deepStrictEqual([result.exchange.counts.unknown, result.exchange.counts.gaps], [0, 0])
    assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, generated.length)
  })
})

describeCaptured("the frames of 2026-09-30", () => {
  const recording = captured("frames/gemini-20260930")

  it.each(["btcusd", "btcgusdperp"])("fold to the book of plain maps, live to the end: %s", (name) => {
    const { book, story, exchange } = fold(gemini, name, recording)
    const sides = { b: new Map<number, string>(), a: new Map<number, string>() }
    for (const { kind, text } of recording) {
      if (kind !== "recv") continue
      const frame: Raw = JSON.parse(text)
      if (frame.e !== "depthUpdate" || frame.s !== name) continue
      for (const side of ["b", "a"] as const) {
        for (const [price, size] of frame[side]) {
          if (Number(size) === 0) sides[side].delete(Number(price))
          else sides[side].set(Number(price), size)
        }
      }
    }
    assert.deepStrictEqual(levelsOf(book), levelsOfMaps(sides.b, sides.a))
    assert.isAbove(book.bidLevels + book.askLevels, 5)
    assert.strictEqual(story.at(-1), "live: ")
    assert.deepStrictEqual([exchange.counts.unknown, exchange.counts.gaps], [0, 0])
  })
})

describe("corruption", () => {
  it("shows an altered level by the audit, before or behind the delta of its id, and not without it", () => {
    const altered = second.replace('"1.047"', '"1.048"')
    const book = [snapshot, first].map((frame) => received(frame))
    for (const audited of [
      [received(altered), received(partial(1764527605192712, "1.047"))],
      [received(partial(1764527605192712, "1.047")), received(altered)]
    ]) {
      assert.match(fold(gemini, symbol, [...book, ...audited]).story.at(-1) ?? "", /^resyncing: audit/)
    }
    assert.strictEqual(fold(gemini, symbol, [...book, received(altered)]).exchange.state, "live")
  })
  it("leaves a true audit, and one of another id, without consequence", () => {
    const book = [snapshot, first, second].map((frame) => received(frame))
    for (const audit of [partial(1764527605192712, "1.047"), partial(1764527605192700, "9")]) {
      assert.strictEqual(fold(gemini, symbol, [...book, received(audit)]).exchange.state, "live")
    }
  })
})

describe("frames", () => {
  it("chain the sheet's deltas, their nanoseconds rounded to microseconds", () => {
    const session = open()
    const bids = [[2482.55, 0]] as const
    const asks = [
      [2483.5, 0],
      [2483.45, 1.047]
    ] as const
    assert.deepStrictEqual(told(session, first), [{ type: "changes", symbol, bids, asks, time: 1789456742337187 }])
    assert.strictEqual(told(session, second)[0]?.type, "changes")
    assert.deepStrictEqual(told(session, first), [])
  })
  it("start with a frame that ends where it begins, and with no other", () => {
    const session = gemini.session("public")
    session.join([symbol])
    assert.deepStrictEqual(told(session, first), [])
    assert.strictEqual(told(session, snapshot)[0]?.type, "snapshot")
  })
  it("whose ids begin again lose the book at once, unless they repeat what was applied", () => {
    const session = open()
    told(session, first)
    assert.deepStrictEqual(told(session, first), [])
    const low = second.replace("1764527605192686", "5").replace("1764527605192712", "12")
    const detail = "ids begin again: after 1764527605192686 came 12"
    assert.deepInclude(told(session, low)[0], { type: "resubscribe", reason: "gap", detail })
  })
  it("from before the snapshot are dropped for 5 seconds, no longer, and not when they are far below", () => {
    const near = first.replace("1764527605192686", "1764527605192300")
    const before = near.replace("1789456742337187316", "1789456740000000000")
    const session = open()
    assert.deepStrictEqual(told(session, before, 1_000_000), [])
    // what happened later than the snapshot is not contained in it
    assert.deepInclude(told(open(), near)[0], { type: "resubscribe", reason: "gap" })
    assert.deepInclude(told(session, before, 7_000_000)[0], { type: "resubscribe", reason: "gap" })
    const far = first.replace("1764527605192686", "1764527603000000")
    assert.deepInclude(told(open(), far)[0], { type: "resubscribe", reason: "gap" })
  })
  it("overlap the snapshot once", () => {
    const overlapping = first.replace('"U":1764527605192323', '"U":1764527605192300')
    assert.strictEqual(told(open(), overlapping)[0]?.type, "changes")
  })
  it("lead back from a gap over the acknowledgement of the unsubscription", () => {
    const session = open()
    const [lost] = told(session, second)
    assert.deepInclude(lost, { type: "resubscribe", reason: "gap" })
    assert.deepStrictEqual(lost?.type === "resubscribe" ? lost.send : [], [
      '{"id":3,"method":"UNSUBSCRIBE","params":["ethgusdperp@depth@100ms"]}'
    ])
    assert.deepStrictEqual(told(session, snapshot), [])
    assert.deepStrictEqual(told(session, { id: 3, status: 200 }), [
      { type: "send", text: '{"id":4,"method":"SUBSCRIBE","params":["ethgusdperp@depth@100ms"]}' }
    ])
    assert.deepStrictEqual(told(session, first), [])
    assert.strictEqual(told(session, snapshot)[0]?.type, "snapshot")
  })
  it("read a trade, whose buyer was the maker", () => {
    const fill = {
      id: 2840141014190422,
      price: 62145.38,
      size: 0.01625222,
      side: "sell" as const,
      time: 1783981140085684
    }
    assert.deepStrictEqual(told(open(), trade), [{ type: "trades", symbol, trades: [fill] }])
    const [bought] = told(open(), trade.replace("true", "false"))
    assert.strictEqual(bought?.type === "trades" ? bought.trades[0]?.side : null, "buy")
  })
  it("reject the symbol whose stream the venue names, and ask for the others of its request again", () => {
    const error = { code: -1013, msg: "Invalid stream name: nosuchperp@depth@100ms" }
    const session = gemini.session("public")
    session.join([symbol, "nosuchperp", "suchperp"])
    assert.deepStrictEqual<unknown>(told(session, { id: "1", status: 400, error }), [
      {
        type: "send",
        text:
          '{"id":3,"method":"SUBSCRIBE","params":["ethgusdperp@depth@100ms","ethgusdperp@trade",' +
          '"suchperp@depth@100ms","suchperp@trade"]}'
      },
      { type: "send", text: '{"id":4,"method":"SUBSCRIBE","params":["ethgusdperp@depth20","suchperp@depth20"]}' },
      { type: "rejected", symbol: "nosuchperp", detail: error.msg }
    ])
  })
  it("blame nobody whom the venue does not name, but ask one by one, and slowly for the last", () => {
    const error = { code: -1013, msg: "Invalid parameters" }
    const session = gemini.session("public")
    session.join([symbol, "nosuchperp"])
    const again = told(session, { id: 1, status: 400, error })
    assert.deepStrictEqual(
      again.map(({ type }) => type),
      ["send", "send", "send", "send"]
    )
    assert.deepStrictEqual(told(session, { id: "5", status: 400, error }), [
      { type: "refused", symbol: "nosuchperp", detail: error.msg }
    ])
  })
  it("lose the audit alone when only its stream is refused", () => {
    const error = { code: -1013, msg: `Invalid stream name: ${symbol}@depth20` }
    assert.deepStrictEqual(told(open(), { id: 2, status: 400, error }), [])
  })
  it("give the socket up for other refusals", () => {
    for (const [code, reason] of [
      [-1020, "refused"],
      [-1003, "rate_limited"]
    ] as const) {
      const [first] = told(open(), { id: 1, status: 429, error: { code, msg: "no" } })
      assert.deepInclude(first, { type: "reconnect", reason })
    }
  })
  it("are known where they change nothing, and unreadable where ours is malformed", () => {
    for (const frame of [
      { id: 1, status: 200 },
      { id: 0, status: 200, result: null },
      { u: 1, E: 1, s: symbol, b: "", B: "", a: "1", A: "1" },
      { e: "markPrice", s: symbol },
      { e: "contractStatus" },
      snapshot.replaceAll(symbol, "btcusd"),
      trade.replaceAll(symbol, "btcusd"),
      { ...partial(1, "1"), symbol: "btcusd" }
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
    assert.instanceOf(open().receive(Buffer.from(first.replace('"u":1764527605192686,', "")), 1), Unreadable)
    assert.instanceOf(open().receive(Buffer.from(trade.replace("true", "1")), 1), Unreadable)
    for (const id of ["1e400", "9007199254740993", "1764527605192686.5"]) {
      assert.instanceOf(open().receive(Buffer.from(first.replace("1764527605192686", id)), 1), Unreadable, id)
    }
  })
  it("that nobody knows are harmless where they have no key of a book or a trade", () => {
    const harmless = (frame: unknown): boolean => {
      const result = open().receive(Buffer.from(JSON.stringify(frame)), 1)
      return result instanceof Unreadable && result.harmless
    }
    for (const frame of [{ notice: "hello" }, { id: 1, status: "ok" }, { type: "notice", t: 1, u: 2 }, 7])
      assert.isTrue(harmless(frame))
    for (const frame of [{ s: symbol, p: "1" }, { symbol, bids: 1 }, { e: "depthUpdate" }, [1]]) {
      assert.isFalse(harmless(frame), JSON.stringify(frame))
    }
  })
})
