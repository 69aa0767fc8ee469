// Owns what a real recording of Bitstamp shows of the scheme: diffs joined to the REST books against plain maps, every
// trade once, and what becomes of a crossed book.
import { assert, it } from "@effect/vitest"
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received } from "../../support/SchemeBench.ts"
import { diff, level } from "./bitstampFrames.ts"

const rows = recorded("bitstamp")

const SYMBOLS = ["ethusd", "batbtc"]

type Side = ReadonlyArray<readonly [string, string]>
interface Raw {
  readonly microtimestamp: string
  readonly bids: Side
  readonly asks: Side
}

describeRecorded("a recording of diffs joined to the REST book", () => {
  it("folds to the books of plain maps, live and without a frame unknown", () => {
    for (const symbol of SYMBOLS) {
      const result = fold(bitstamp, symbol, rows)
      const snapshot: Raw = JSON.parse(rows.find(({ kind, url }) => kind === "http" && url.endsWith(symbol))!.text)
      const bids = new Map<number, string>()
      const asks = new Map<number, string>()
      const set = (raw: Raw) => {
        for (const [levels, side] of [
          [bids, raw.bids],
          [asks, raw.asks]
        ] as const) {
          for (const [price, size] of side) {
            if (Number(size) === 0) levels.delete(Number(price))
            else levels.set(Number(price), size)
          }
        }
      }
      set(snapshot)
      const diffs = rows.flatMap(({ kind, text }): ReadonlyArray<Raw> => {
        const frame = kind === "recv" ? JSON.parse(text) : {}
        return frame.channel === `diff_order_book_${symbol}` && frame.event === "data" ? [frame.data] : []
      })
      const later = diffs.filter(({ microtimestamp }) => Number(microtimestamp) > Number(snapshot.microtimestamp))
      for (const raw of later) set(raw)
      assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
      assert.isAbove(result.book.bidLevels, 40)
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, crossed, resyncs, invalid_levels } = result.exchange.counts
      assert.deepStrictEqual([unknown, crossed, resyncs, invalid_levels], [0, 0, 0, 0])
      assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, later.length)
      assert.isAbove(later.length, 30)
    }
  })
  it("tells every trade once, exact, with the taker's side", () => {
    const trades = fold(bitstamp, "ethusd", rows).events.filter((event) => event.type === "trade")
    assert.strictEqual(trades.length, 10)
    const trade = {
      id: 216000477,
      price: 3805.44,
      size: 0.0792,
      side: "buy" as const,
      ts_exchange: 1641343699596000
    }
    assert.deepInclude(
      trades.find(({ id }) => id === 216000477),
      trade
    )
  })
})

describeRecorded("a crossed frame in the recording", () => {
  const after = rows.findIndex(({ kind, url }) => kind === "http" && url.endsWith("ethusd"))
  const diffs = rows.flatMap(({ text }, index) =>
    index > after && text.includes('"diff_order_book_ethusd"') ? [index] : []
  )
  it("is tolerated once, and the second repaired", () => {
    const crossing = (stamp: number) => received(diff(stamp, [level("99999", "1")], "ethusd"))
    const one = rows.toSpliced(diffs.at(-1)! + 1, 0, crossing(9e15))
    assert.match(fold(bitstamp, "ethusd", one).story.at(-1) ?? "", /^stale: crossed/)
    const two = one.toSpliced(diffs.at(-1)! + 2, 0, crossing(9e15 + 2))
    assert.match(fold(bitstamp, "ethusd", two).story.at(-1) ?? "", /^resyncing: crossed/)
  })
})
