// Owns what real frames of Coinbase show of the scheme: a recording and a capture of level2_batch against plain maps,
// the maker's side of matches, and what spoilt copies show.
import { assert, it } from "@effect/vitest"
import { coinbaseSpot } from "../../../src/schemes/coinbase/Coinbase.ts"
import { captured, describeCaptured, describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received } from "../../support/SchemeBench.ts"

const rows = recorded("coinbase")
const symbol = "SKL-USD"

const updates = rows.flatMap(({ text }, index) => (text.includes('"l2update"') ? [index] : []))

interface Raw {
  readonly type: string
  readonly bids?: ReadonlyArray<readonly [string, string]>
  readonly asks?: ReadonlyArray<readonly [string, string]>
  readonly changes?: ReadonlyArray<readonly [string, string, string]>
  readonly side?: string
}
const raws: ReadonlyArray<Raw> = rows.flatMap(({ kind, text }) => (kind === "recv" ? [JSON.parse(text) as Raw] : []))

describeRecorded("a recording of level2 and matches", () => {
  const result = fold(coinbaseSpot, symbol, rows)

  it("folds to the book of plain maps", () => {
    const bids = new Map<number, string>()
    const asks = new Map<number, string>()
    for (const raw of raws) {
      for (const [price, size] of raw.bids ?? []) bids.set(Number(price), size)
      for (const [price, size] of raw.asks ?? []) asks.set(Number(price), size)
      for (const [side, price, size] of raw.changes ?? []) {
        const levels = side === "buy" ? bids : asks
        if (Number(size) === 0) levels.delete(Number(price))
        else levels.set(Number(price), size)
      }
    }
    assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
    assert.isAbove(result.book.bidLevels, 500)
  })

  it("is live from the snapshot on, without a frame unknown, a gap or a cross", () => {
    assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    const { unknown, gaps, crossed, resyncs, invalid_levels } = result.exchange.counts
    assert.deepStrictEqual([unknown, gaps, crossed, resyncs, invalid_levels], [0, 0, 0, 0, 0])
    assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, updates.length)
  })

  it("tells every match once, with the taker's side, and never the history", () => {
    const trades = result.events.filter((event) => event.type === "trade")
    const makers = raws.filter(({ type }) => type === "match").map(({ side }) => side)
    assert.deepStrictEqual(
      trades.map(({ side }) => side),
      makers.map((side) => (side === "sell" ? "buy" : "sell"))
    )
    assert.strictEqual(trades.length, 52)
    assert.strictEqual(result.exchange.counts.trades_missed + result.exchange.counts.trades_repeated, 0)
  })
})

describeRecorded("corruption of the recording", () => {
  const middle = updates[1000]!
  const shows = (spoilt: typeof rows, reason: string) => {
    const { story, exchange } = fold(coinbaseSpot, symbol, spoilt)
    assert.match(story.at(-1) ?? "", new RegExp(`^resyncing: ${reason}`))
    assert.strictEqual(exchange.counts.resyncs, 1)
  }

  it("shows a bid beyond the asks once it stays for more than a frame", () => {
    const crossing = { type: "l2update", product_id: symbol, changes: [["buy", "900", "1"]] }
    const { story } = fold(coinbaseSpot, symbol, rows.toSpliced(middle, 0, received(crossing, rows[middle]!.at)))
    assert.match(story.at(-2) ?? "", /^stale: crossed/)
    assert.match(story.at(-1) ?? "", /^resyncing: crossed/)
  })
  it("answers a frame with a level of another shape by a new snapshot", () => {
    const row = rows[middle]!
    shows(rows.with(middle, { ...row, text: row.text.replace(/"\d[\d.]*"\]/, '"0.-1"]') }), "unreadable")
  })
})

describeCaptured("a capture of level2_batch, 2026-09-30", () => {
  const lines = captured("frames/coinbase-20260930")
  it("folds to the book of plain maps, live from its snapshot on", () => {
    const sides = { buy: new Map<number, string>(), sell: new Map<number, string>() }
    for (const { kind, text } of lines) {
      if (kind !== "recv") continue
      const raw = JSON.parse(text) as Raw
      for (const [price, size] of raw.bids ?? []) sides.buy.set(Number(price), size)
      for (const [price, size] of raw.asks ?? []) sides.sell.set(Number(price), size)
      for (const [side, price, size] of raw.changes ?? []) {
        const levels = side === "buy" ? sides.buy : sides.sell
        if (Number(size) === 0) levels.delete(Number(price))
        else levels.set(Number(price), size)
      }
    }
    const { book, exchange } = fold(coinbaseSpot, "ETH-USD", lines)
    assert.deepStrictEqual(levelsOf(book), levelsOfMaps(sides.buy, sides.sell))
    const { unknown, resyncs, trades, invalid_levels } = exchange.counts
    assert.deepStrictEqual([exchange.state, unknown, resyncs, trades, invalid_levels], ["live", 0, 0, 1, 0])
  })
})
