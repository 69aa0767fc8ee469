// Owns what a real recording of HitBTC's engine shows of the scheme: the book of plain maps, the sequence, the trades,
// and that an unreadable frame is seen at once.
import { assert, it } from "@effect/vitest"
import { hitBtc } from "../../../src/schemes/hitbtc/HitBtc.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received } from "../../support/SchemeBench.ts"

const rows = recorded("hitbtc-v3")
const symbol = "NEOBTC"

const updates = rows.flatMap(({ text }, index) => (text.startsWith('{"ch":"orderbook/full","update"') ? [index] : []))

type Side = ReadonlyArray<readonly [string, string]>
interface Raw {
  readonly ch?: string
  readonly snapshot?: Record<string, { readonly a: Side; readonly b: Side }>
  readonly update?: Record<string, { readonly a: Side; readonly b: Side }>
}

describeRecorded("a recording of orderbook/full and trades", () => {
  const result = fold(hitBtc, symbol, rows)

  it("folds to the book of plain maps", () => {
    const bids = new Map<number, string>()
    const asks = new Map<number, string>()
    const set = (levels: Map<number, string>, side: Side) => {
      for (const [price, size] of side) {
        if (Number(size) === 0) levels.delete(Number(price))
        else levels.set(Number(price), size)
      }
    }
    for (const { kind, text } of rows) {
      const raw: Raw = kind === "recv" ? JSON.parse(text) : {}
      const book = raw.ch === "orderbook/full" ? (raw.snapshot ?? raw.update)?.[symbol] : undefined
      set(bids, book?.b ?? [])
      set(asks, book?.a ?? [])
    }
    assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
    assert.isAbove(result.book.bidLevels, 100)
  })
  it("is live from the snapshot on, every sequence one above the last, nothing unknown", () => {
    assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    const { unknown, gaps, crossed, resyncs, invalid_levels } = result.exchange.counts
    assert.deepStrictEqual([unknown, gaps, crossed, resyncs, invalid_levels], [0, 0, 0, 0, 0])
    assert.strictEqual(updates.length, 144)
  })
  it("tells each trade of the stream with its side", () => {
    const trades = result.events.filter((event) => event.type === "trade")
    assert.strictEqual(trades.length, rows.filter(({ text }) => text.startsWith('{"ch":"trades","update"')).length)
    const first = {
      id: 1633806855208,
      price: 0.0008788,
      size: 0.2,
      side: "sell" as const,
      ts_exchange: 1633806855208000
    }
    assert.deepInclude(trades[0], first)
  })
})

describeRecorded("corruption of the recording", () => {
  const middle = updates[70]!

  it("shows an unreadable update at once, not only when the next one comes", () => {
    const cut = { ...rows[middle]!, text: rows[middle]!.text.slice(0, 60) }
    const { story } = fold(hitBtc, symbol, rows.with(middle, cut).slice(0, middle + 1))
    assert.match(story.at(-1) ?? "", /^resyncing: unreadable/)
  })
  it("counts control frames that nobody knows, and none of a channel that is not ours", () => {
    const { at } = rows[middle]!
    const novelties = [{ novelty: 1 }, { ch: "notices", notice: "maintenance" }, { result: true, id: 9 }]
    const { exchange } = fold(
      hitBtc,
      symbol,
      rows.toSpliced(middle, 0, ...novelties.map((novelty) => received(novelty, at)))
    )
    assert.deepStrictEqual([exchange.state, exchange.counts.unknown, exchange.counts.resyncs], ["live", 2, 0])
  })
})
