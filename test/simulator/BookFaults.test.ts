// Faults of ids, levels, trades and REST books on every simulated venue: what its client really hears, read from the
// raw frames. Sockets and clock are the test's.
import { assert, describe, it } from "@effect/vitest"
import type { FaultRequest } from "../../src/simulator/Faults.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { named, trial } from "./venueTrial.ts"

const rises = (ids: ReadonlyArray<number>) =>
  ids.slice(1).forEach((id, index) => assert.isAtLeast(id, ids[index]!, ids.join(" ")))

describe("ids_anew", () => {
  /** Ids that are stamps, or shared by all markets, move on faster. */
  const somewhat = (name: string): number => (/Bitstamp|Gemini|Binance/.test(name) ? 2_000_000 : 40)
  const requests = (name: string): ReadonlyArray<Pick<FaultRequest, "back_by">> => [{}, { back_by: somewhat(name) }]
  const cases = named.flatMap(([name, venue]) => requests(name).map((request) => [name, request, venue] as const))

  it.each(cases)("%s %j: the ids go on lower, without a snapshot", (name, request, venue) => {
    const { stage, words, symbol, neighbour, idsOf, booksOf } = trial(venue)
    const before = stage.run(10)
    const fault = stage.fault({ fault: "ids_anew", symbol, ...request })
    const after = stage.run(10)
    assert.strictEqual(fault.applicable, words.bookId !== null)
    if (words.bookId === null) return
    assert.strictEqual(fault.hits, 1)
    const last = Math.max(...idsOf(before, symbol))
    const ids = idsOf(after, symbol)
    rises(ids)
    assert.isBelow(ids[0]!, last)
    if (request.back_by === undefined) assert.isBelow(ids.at(-1)!, Math.min(200_000, last) + (last > 1e15 ? 2e15 : 0))
    else assert.isAtLeast(ids[0]!, last - request.back_by)
    if (venue.exchange !== "Gemini") assert.isFalse(booksOf(after, symbol).some((text) => /snapshot/.test(text)))
    if (neighbour !== undefined) rises(idsOf([...before, ...after], neighbour))
    const rest = words.rest === null ? "" : stage.rest(words.rest(symbol)).body
    const restId = /"(?:lastUpdateId|u|microtimestamp)":\s?"?(\d+)/.exec(rest)?.[1]
    if (restId !== undefined) assert.isBelow(Number(restId), last, `${name} REST`)
  })
})

describe("trades_anew", () => {
  it.each(named)("%s: the ids of trades begin again at 1, and rise", (_name, venue) => {
    const { stage, words, symbol, tradesOf } = trial(venue)
    const idsOf = (frames: ReadonlyArray<string>) =>
      tradesOf(frames, symbol).map((text) => Number(words.tradeId!.exec(text)![1]))
    const before = stage.run(60)
    const fault = stage.fault({ fault: "trades_anew", symbol })
    const after = stage.run(60)
    assert.deepStrictEqual([fault.hits, stage.sim.markets.get(symbol)!.engine.trades[0]!.id], [1, 1])
    if (words.tradeId === null) return
    const [first] = idsOf(before)
    const ids = idsOf(after)
    assert.isNotEmpty(ids)
    rises(ids)
    assert.isBelow(ids.at(-1)!, first!)
    const { history } = stage.sim.markets.get(symbol)!.engine
    history.forEach(({ serial }, index) => assert.strictEqual(serial, 5_001 + index))
  })
})

describe("stale_rest", () => {
  it.each(named)("%s: REST is behind by so much, with the ids of then", (_name, venue) => {
    const { stage, words, symbol } = trial(venue)
    if (words.rest === null) {
      assert.strictEqual(stage.fault({ fault: "stale_rest" }).applicable, venue.limits.rest !== null)
      return
    }
    const path = words.rest(symbol)
    const book = () => stage.rest(path).body
    stage.run(5)
    const first = book()
    const fault = stage.fault({ fault: "stale_rest", age_ms: 2_000, for_ms: 6_000 })
    stage.run(20)
    assert.strictEqual(book(), first)
    stage.pass(1_000_000)
    stage.run(20)
    const second = book()
    assert.notStrictEqual(second, first)
    assert.isAtLeast(fault.hits, 2)
    stage.pass(6_000_000)
    assert.notStrictEqual(book(), second)
  })

  it("cuts the sockets when there are answers of that age", () => {
    const { stage } = trial(venues[0]!)
    stage.fault({ fault: "stale_rest", age_ms: 2_000, with_cut: true })
    stage.pass(1_900_000)
    assert.isTrue(stage.ends.every((end) => end === null))
    stage.pass(200_000)
    assert.isTrue(stage.ends.every((end) => end === "1006"))
  })
})

describe("repeat_trades", () => {
  const idOf = (text: string) => /"t[eu]",\[(\d+)/.exec(text)?.[1] ?? text

  it.each(named)("%s: the newest trades come again, now", (_name, venue) => {
    const { stage, symbol, tradesOf } = trial(venue)
    const before = tradesOf(stage.run(80), symbol)
    const from = stage.heard.length
    const fault = stage.fault({ fault: "repeat_trades", symbol })
    const again = tradesOf(stage.heard.slice(from), symbol).map(idOf)
    assert.isAtLeast(fault.hits, 1)
    assert.isNotEmpty(again)
    for (const one of again) assert.include(before.map(idOf), one)
  })

  it.each(named)("%s: the newest trades come again before the first on a new socket", (_name, venue) => {
    const { stage, symbol, tradesOf } = trial(venue)
    const before = tradesOf(stage.run(80), symbol).map(idOf)
    const fault = stage.fault({ fault: "repeat_trades", symbol, with_cut: true })
    assert.isTrue(stage.ends.some((end) => end === "1006"))
    stage.dial()
    const after = tradesOf(stage.run(80), symbol).map(idOf)
    assert.isAtLeast(fault.hits, 1)
    assert.include(before, after[0])
    assert.notInclude(before, after.at(-1))
  })
})

describe("bad_level", () => {
  const UNREADABLE = { nan: /"NaN"/, negative: /[[":,\s]-[\d.]/, tiny: /(?<!\d)0\.0{399}1"|[\d.]e-400/ } as const
  const cases = named.flatMap(([name, venue]) =>
    (["nan", "negative", "tiny"] as const).map((level) => [name, level, venue] as const)
  )

  it.each(cases)("%s %s: one level of one frame, which is JSON as before", (_name, level, venue) => {
    const { stage, symbol, booksOf } = trial(venue)
    stage.run(3)
    const fault = stage.fault({ fault: "bad_level", symbol, level })
    const books = booksOf(stage.run(30), symbol)
    assert.strictEqual(fault.hits, 1)
    const isAsk = venue.exchange === "Bitfinex" && level === "negative"
    const bad = books.filter((text) => (isAsk ? /\[-[\d.e-]+,\d+,/ : UNREADABLE[level]).test(text))
    // Bitstamp's second stream of the book may be the one that was struck
    if (venue.exchange !== "Bitstamp" || bad.length > 0) assert.strictEqual(bad.length, 1)
    for (const text of books) JSON.parse(text)
  })
})
