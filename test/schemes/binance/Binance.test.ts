// Owns the proof of the Binance schemes: recordings of spot, perp and inverse against plain maps, how a lost book comes
// back, the frames of 2026, and stitching by the worked examples. The rest is BinanceTalk.test.ts.
import { assert, describe, it } from "@effect/vitest"
import type { RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { binanceInverse, binanceLinear, binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { captured, describeCaptured, describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, told } from "../../support/SchemeBench.ts"

type Side = ReadonlyArray<readonly [string, string]>
interface Raw {
  readonly stream: string
  readonly data: { readonly U: number; readonly u: number; readonly b: Side; readonly a: Side }
}
interface Rest {
  readonly lastUpdateId: number
  readonly bids: Side
  readonly asks: Side
}

const depth = (s: string, U: number, u: number, pu?: number, b: Side = []) => ({
  stream: `${s.toLowerCase()}@depth@100ms`,
  data: { e: "depthUpdate", E: 1626992741037, s, U, u, ...(pu === undefined ? {} : { pu }), b, a: [] }
})
const rest = (lastUpdateId: number, time = {}) =>
  JSON.stringify({ lastUpdateId, ...time, bids: [["1", "2"]], asks: [] })
const EMPTY = JSON.stringify({ lastUpdateId: -1, bids: [], asks: [] })
const typesOf = (instructions: ReadonlyArray<{ readonly type: string }>) => instructions.map(({ type }) => type)
const opened = (scheme = binanceSpot, symbols = ["NKNUSDT"], line = "all") => {
  const session = scheme.session(line)
  session.join(symbols)
  return session
}

const MARKETS = [
  { name: "binance-spot", scheme: binanceSpot, symbol: "NKNUSDT" },
  { name: "binance-perp", scheme: binanceLinear, symbol: "AKROUSDT" },
  { name: "binance-inverse", scheme: binanceInverse, symbol: "XRPUSD_PERP" }
]

const casesOf = ({ name, scheme, symbol }: (typeof MARKETS)[number]): void => {
  const rows = recorded(name)
  const http = rows.findIndex(({ kind }) => kind === "http")
  const depths = rows.flatMap(({ text }, index) => (text.includes('"depthUpdate"') && index > http ? [index] : []))
  const middle = depths[depths.length >> 1]!
  const next = depths[(depths.length >> 1) + 1]!
  const later = depths[(depths.length >> 1) + 4]!
  const whole = fold(scheme, symbol, rows)
  const rawOf = (index: number): Raw => JSON.parse(rows[index]!.text)

  it("folds to the book of plain maps, live from the snapshot on", () => {
    const book: Rest = JSON.parse(rows[http]!.text)
    const bids = new Map<number, string>()
    const asks = new Map<number, string>()
    const set = (levels: Map<number, string>, side: Side) => {
      for (const [price, size] of side) {
        if (Number(size) === 0) levels.delete(Number(price))
        else levels.set(Number(price), size)
      }
    }
    set(bids, book.bids)
    set(asks, book.asks)
    for (const { text } of rows.filter(({ text }) => text.includes('"depthUpdate"'))) {
      const { data }: Raw = JSON.parse(text)
      if (data.u <= book.lastUpdateId) continue
      set(bids, data.b)
      set(asks, data.a)
    }
    assert.deepStrictEqual(levelsOf(whole.book), levelsOfMaps(bids, asks))
    assert.deepStrictEqual(whole.story.at(-1), "live: ")
    const { unknown, gaps, crossed, resyncs } = whole.exchange.counts
    assert.deepStrictEqual([unknown, gaps, crossed, resyncs], [0, 0, 0, 0])
  })
  it("is live again, with the same book, when the next REST answer comes", () => {
    const { bids, asks } = levelsOf(fold(scheme, symbol, rows.slice(0, later + 1)).book)
    const text = JSON.stringify({ lastUpdateId: rawOf(later).data.u, bids, asks })
    const answer: RecordingRow = { ...rows[http]!, at: rows[later]!.at, text }
    const { story, book } = fold(scheme, symbol, rows.toSpliced(later + 1, 0, answer).toSpliced(middle, 1))
    assert.match(story.at(-2) ?? "", /^resyncing: gap/)
    assert.strictEqual(story.at(-1), "live: ")
    assert.deepStrictEqual(levelsOf(book), levelsOf(whole.book))
  })
  it("asks REST for the book that is lost, saying why", () => {
    const session = opened(scheme, [symbol], scheme.lines[0].name)
    const { u } = rawOf(middle).data
    session.answer(symbol, 200, rest(u), 0)
    assert.strictEqual(told(session, rows[next]!.text)[0]?.type, "changes")
    const [lost] = told(session, rows[later]!.text)
    assert.deepInclude(lost, { type: "fetch", symbol, reason: "gap" })
  })
}

describeRecorded("the recordings", () => {
  for (const market of MARKETS) describe(market.name, () => casesOf(market))
})

describeCaptured("the frames of the cases", () => {
  const replayed = (name: string) => {
    const rows = captured(name)
    return { rows, ...fold(binanceLinear, "BTCUSDT", rows) }
  }
  it("of 2026-07 fold to the REST book that holds their one change, live, with the trade", () => {
    const { rows, book, story, events, exchange } = replayed("frames/binance-um-2026-07")
    const rest: Rest = JSON.parse(rows.find(({ kind }) => kind === "http")!.text)
    const sideOf = (side: Side) => new Map(side.map(([price, size]) => [Number(price), size]))
    assert.deepStrictEqual(levelsOf(book), levelsOfMaps(sideOf(rest.bids), sideOf(rest.asks)))
    assert.strictEqual(story.at(-1), "live: ")
    assert.strictEqual(exchange.counts.unknown, 0)
    const trade = events.find(({ type }) => type === "trade")
    assert.deepInclude(trade, { id: 300238285, price: 64346.7, size: 0.02, side: "buy" })
  })
  it("whose ids begin again lose the book at the first of them", () => {
    const { story, exchange } = replayed("binance-um-ids-begin-anew")
    assert.strictEqual(story.at(-1), "resyncing: gap: ids begin again: after 9000010 came 6")
    assert.strictEqual(exchange.counts.gaps, 1)
  })
})

describe("stitching", () => {
  it("of spot drops what the snapshot holds and goes on behind it", () => {
    const session = opened()
    const s = "NKNUSDT"
    assert.deepInclude(told(session, depth(s, 499869750, 499869752))[0], { type: "fetch", reason: null })
    assert.deepStrictEqual(told(session, depth(s, 499869753, 499869754, undefined, [["1", "3"]])), [])
    const answered = session.answer(s, 200, rest(499869752), 0)
    assert.deepStrictEqual(typesOf(answered), ["snapshot", "changes"])
    assert.deepInclude(answered[1], { bids: [[1, 3]] })
    assert.deepStrictEqual(typesOf(told(session, depth(s, 499869755, 499869757))), ["changes"])
  })
  it("of futures starts at the change that reaches over the snapshot, or names it as predecessor", () => {
    const s = "SUSHIUSDT"
    const L = 600859605926
    const session = opened(binanceLinear, [s], "public")
    told(session, depth(s, 600859604000, 600859604824, 600859603000))
    told(session, depth(s, L, 600859607423, 600859604824))
    assert.deepStrictEqual(typesOf(session.answer(s, 200, rest(L), 0)), ["snapshot", "changes"])
    assert.deepStrictEqual(typesOf(told(session, depth(s, 600859609000, 600859609001, 600859607423))), ["changes"])
    const other = opened(binanceLinear, [s], "public")
    other.answer(s, 200, rest(L), 0)
    assert.deepStrictEqual(typesOf(told(other, depth(s, L + 50, L + 60, L))), ["changes"])
    assert.deepInclude(told(other, depth(s, L + 61, L + 70, L + 59))[0], { type: "fetch", reason: "gap" })
  })
  it("asks again for a snapshot that is too old, and keeps what waits", () => {
    const session = opened()
    told(session, depth("NKNUSDT", 50, 51))
    assert.deepStrictEqual(typesOf(session.answer("NKNUSDT", 200, rest(48), 0)), ["fetch"])
    assert.deepStrictEqual(typesOf(session.answer("NKNUSDT", 200, rest(49), 0)), ["snapshot", "changes"])
  })
  it("begins with the light snapshot when the budget is short, and lays the full one under the chain", () => {
    const s = "NKNUSDT"
    const session = opened()
    const [asked] = told(session, depth(s, 50, 51))
    assert.deepInclude(asked, { weight: 50, light: { path: `/api/v3/depth?symbol=${s}&limit=100`, weight: 5 } })
    const hundred = Array.from({ length: 100 }, (_, n) => [`${200 - n}`, "1"])
    const light = JSON.stringify({ lastUpdateId: 51, bids: hundred, asks: [] })
    const answered = session.answer(s, 200, light, 0)
    assert.deepStrictEqual(typesOf(answered), ["snapshot", "fetch"])
    assert.deepInclude(answered[1], { patient: true, weight: 50, path: `/api/v3/depth?symbol=${s}&limit=1000` })
    assert.deepStrictEqual(typesOf(told(session, depth(s, 52, 53, undefined, [["7", "1"]]))), ["changes"])
    assert.deepStrictEqual(typesOf(told(session, depth(s, 54, 55, undefined, [["8", "1"]]))), ["changes"])
    const full = session.answer(s, 200, rest(53), 0)
    assert.deepStrictEqual(typesOf(full), ["snapshot", "changes"])
    assert.deepInclude(full[1], { bids: [[8, 1]] })
    assert.deepStrictEqual(typesOf(told(session, depth(s, 56, 56))), ["changes"])
    // once is enough
    assert.deepStrictEqual([...session.answer(s, 200, rest(56), 0)], [])
  })
  it("asks for the full snapshot again when it is older than what is remembered, or no book", () => {
    const s = "NKNUSDT"
    const session = opened()
    told(session, depth(s, 50, 51))
    session.answer(
      s,
      200,
      JSON.stringify({ lastUpdateId: 51, bids: Array.from({ length: 100 }, () => ["1", "1"]), asks: [] }),
      0
    )
    assert.deepInclude(session.answer(s, 200, rest(40), 0)[0], { type: "fetch", patient: true })
    assert.deepInclude(session.answer(s, 500, "", 0)[0], { type: "fetch", patient: true })
    assert.deepStrictEqual(typesOf(told(session, depth(s, 52, 53))), ["changes"])
  })
  it("leaves a book alone that is whole already: a late answer must not set it back", () => {
    const session = opened()
    told(session, depth("NKNUSDT", 11, 12))
    assert.deepStrictEqual(typesOf(session.answer("NKNUSDT", 200, rest(10), 2)), ["snapshot", "changes"])
    assert.deepStrictEqual(session.answer("NKNUSDT", 200, rest(10), 3), [])
  })

  it("of spot applies a change that overlaps what is applied, as the venue's rule says", () => {
    const session = opened()
    session.answer("NKNUSDT", 200, rest(41603417), 0)
    assert.deepStrictEqual(typesOf(told(session, depth("NKNUSDT", 41603418, 41603418))), ["changes"])
    const overlapping = depth("NKNUSDT", 41603417, 41603420, undefined, [["1", "3"]])
    assert.deepInclude(told(session, overlapping)[0], { type: "changes", bids: [[1, 3]] })
    assert.deepInclude(told(session, depth("NKNUSDT", 41603422, 41603423))[0], { type: "fetch", reason: "gap" })
  })
  it("loses the book when ids begin again, and takes it from the next snapshot", () => {
    for (const [scheme, line, pu] of [
      [binanceSpot, "all", []],
      [binanceLinear, "public", [9_000_010, 1]],
      [binanceInverse, "all", [9_000_010, 1]]
    ] as const) {
      const s = "BTCUSDT"
      const session = opened(scheme, [s], line)
      session.answer(s, 200, rest(9_000_010), 0)
      assert.deepStrictEqual(typesOf(told(session, depth(s, 9_000_011, 9_000_012, pu[0]))), ["changes"])
      const detail = "ids begin again: after 9000012 came 6"
      assert.deepInclude(told(session, depth(s, 2, 6, pu[1]))[0], { type: "fetch", reason: "gap", detail })
      assert.deepStrictEqual(told(session, depth(s, 7, 9, 6)), [])
      assert.deepStrictEqual(typesOf(session.answer(s, 200, rest(7), 0)), ["snapshot", "changes"])
    }
  })
  it("refuses a snapshot whose id lies far above the stream's, and one that is no safe integer", () => {
    const session = opened()
    told(session, depth("NKNUSDT", 50, 51))
    assert.deepStrictEqual(typesOf(session.answer("NKNUSDT", 200, rest(9_000_000), 0)), ["fetch"])
    // below zero is the empty book of a new listing alone
    for (const id of ["1e400", "9007199254740993", "49.5", "-1", "-7", '"49"']) {
      const body = rest(1).replace('"lastUpdateId":1', `"lastUpdateId":${id}`)
      assert.deepInclude(session.answer("NKNUSDT", 200, body, 0)[0], { type: "reconnect", reason: "unreadable" })
    }
    for (const id of ["1e400", "9007199254740993", "52.5"]) {
      const frame = JSON.stringify(depth("NKNUSDT", 52, 53)).replace('"u":53', `"u":${id}`)
      assert.instanceOf(session.receive(Buffer.from(frame), 1), Unreadable)
    }
  })

  it("sees small ids begin again while the snapshot is fresh, by their order and on futures by their stamp", () => {
    const spot = opened()
    for (let id = 10; id < 18; id++) told(spot, depth("NKNUSDT", id, id))
    spot.answer("NKNUSDT", 200, rest(20), 0)
    assert.deepStrictEqual(told(spot, depth("NKNUSDT", 18, 18)), [])
    assert.deepInclude(told(spot, depth("NKNUSDT", 5, 5))[0], { type: "fetch", reason: "gap" })
    const futures = opened(binanceLinear)
    const stamped = (id: number, T: number) => {
      const frame = depth("NKNUSDT", id, id, id - 1)
      return { ...frame, data: { ...frame.data, T } }
    }
    told(futures, stamped(10, 1_000))
    futures.answer("NKNUSDT", 200, rest(20, { T: 5_000 }), 0)
    assert.deepStrictEqual(told(futures, stamped(11, 4_900)), [])
    assert.deepInclude(told(futures, stamped(12, 6_100))[0], { type: "fetch", reason: "gap" })
    // the snapshot from before does not join what came after it
    assert.deepStrictEqual(typesOf(futures.answer("NKNUSDT", 200, rest(20, { T: 5_000 }), 0)), ["fetch"])
  })
  it("sees a count that repeats its own last ids with other contents", () => {
    for (const [scheme, pu] of [[binanceSpot], [binanceLinear, 1]] as const) {
      const session = opened(scheme)
      session.answer("NKNUSDT", 200, rest(10), 0)
      const first = depth("NKNUSDT", 10, 11, pu && 10)
      told(session, first)
      told(session, depth("NKNUSDT", 12, 13, pu && 11))
      assert.deepStrictEqual(told(session, first), [])
      const other = { ...first, data: { ...first.data, b: [["1", "77"]] } }
      const detail = "ids begin again: after 13 came 11"
      assert.deepInclude(told(session, other)[0], { type: "fetch", reason: "gap", detail })
    }
  })
  it("takes any first change after the -1 of a new listing", () => {
    for (const [scheme, pu] of [[binanceSpot], [binanceLinear, 7]] as const) {
      const waited = opened(scheme)
      told(waited, depth("NKNUSDT", 50, 51, pu))
      assert.deepStrictEqual(typesOf(waited.answer("NKNUSDT", 200, EMPTY, 0)), ["snapshot", "changes"])
      const early = opened(scheme)
      early.answer("NKNUSDT", 200, EMPTY, 0)
      assert.deepStrictEqual(typesOf(told(early, depth("NKNUSDT", 50, 51, pu))), ["changes"])
    }
  })
})
