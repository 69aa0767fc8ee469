// Owns what a real recording of BitMEX shows of the scheme: the book of plain maps, the venue's own quotes, and the
// consistency of keys on spoilt copies.
import { assert, it } from "@effect/vitest"
import { bitmex } from "../../../src/schemes/bitmex/BitMEX.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps } from "../../support/SchemeBench.ts"

const rows = recorded("bitmex")

interface RawRow {
  readonly symbol: string
  readonly id: number
  readonly side: string
  readonly size: number
  readonly price: number
  readonly bidPrice: number
  readonly bidSize: number
  readonly askPrice: number
  readonly askSize: number
}
interface Raw {
  readonly table?: string
  readonly action?: string
  readonly data?: ReadonlyArray<RawRow>
}
const raws = rows.flatMap(({ kind, text }) => (kind === "recv" ? [JSON.parse(text) as Raw] : []))
const indexOf = (symbol: string, action: string, nth: number): number =>
  rows.flatMap(({ text }, index) =>
    text.startsWith(`{"table":"orderBookL2","action":"${action}"`) && text.includes(`"${symbol}"`) ? [index] : []
  )[nth]!

/** The book as its keys say, by the raw frames alone. */
const naive = (symbol: string) => {
  const levels = new Map<string, { price: number; size: number; bid: boolean }>()
  for (const { table, action, data = [] } of raws) {
    if (table !== "orderBookL2") continue
    for (const row of data.filter((one) => one.symbol === symbol)) {
      const key = `${row.side} ${row.id}`
      const { price } = levels.get(key) ?? row
      if (action === "delete") levels.delete(key)
      else levels.set(key, { price, size: row.size, bid: row.side === "Buy" })
    }
  }
  const side = (bid: boolean) =>
    new Map([...levels.values()].filter((one) => one.bid === bid).map(({ price, size }) => [price, String(size)]))
  return levelsOfMaps(side(true), side(false))
}

describeRecorded("a recording of orderBookL2 and trade", () => {
  for (const [symbol, changes] of [
    ["SOLUSDT", 141],
    ["ADAUSDT", 119]
  ] as const) {
    const result = fold(bitmex, symbol, rows)

    it(`folds ${symbol} to the book of its keys`, () => {
      assert.deepStrictEqual(levelsOf(result.book), naive(symbol))
      assert.isAbove(result.book.bidLevels, 50)
    })
    it(`keeps ${symbol} live, every key known, and tells no history as trades`, () => {
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, resyncs, crossed, trades } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs, crossed, trades], [0, 0, 0, 0])
      assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, changes)
    })
    it(`holds every quote of ${symbol} as its best bid and ask at some time`, () => {
      const tops = new Set(
        result.events.flatMap((event) =>
          event.type === "spread"
            ? [[event.bid?.[0], event.bid?.[1], event.ask?.[0], event.ask?.[1]].map(String).join(" ")]
            : []
        )
      )
      const quotes = raws.filter(({ table, action }) => table === "quote" && action === "insert")
      const ours = quotes.flatMap(({ data = [] }) => data).filter((row) => row.symbol === symbol)
      assert.isAbove(ours.length, 20)
      for (const { bidPrice, bidSize, askPrice, askSize } of ours) {
        assert.include([...tops], [bidPrice, bidSize, askPrice, askSize].join(" "))
      }
    })
  }
})

describeRecorded("corruption of the recording", () => {
  const symbol = "SOLUSDT"
  const shows = (spoilt: typeof rows, pattern: RegExp) => {
    const { story } = fold(bitmex, symbol, spoilt)
    assert.match(story[3] ?? "", pattern)
    const neighbour = fold(bitmex, "ADAUSDT", spoilt)
    assert.strictEqual(neighbour.exchange.counts.resyncs, 0)
  }
  const insert = indexOf(symbol, "insert", 3)
  const update = indexOf(symbol, "update", 3)
  const remove = indexOf(symbol, "delete", 3)

  it("shows a lost insert by the next word of its key", () => {
    shows(rows.toSpliced(insert, 1), /^resyncing: inconsistent: (update|delete) of \w+ \d+: it is not known$/)
  })
  it("shows a repeated insert and a repeated delete", () => {
    shows(rows.toSpliced(insert, 0, rows[insert]!), /^resyncing: inconsistent: insert of .* was there before$/)
    shows(rows.toSpliced(remove, 0, rows[remove]!), /^resyncing: inconsistent: delete of .* is not known$/)
  })
  it("shows a delete that overtook its insert", () => {
    const id = /"id":(\d+)/.exec(rows[remove]!.text)![1]!
    const first = rows.findIndex(({ text }) => text.includes(`"insert"`) && text.includes(`"id":${id}`))
    const order = first < 0 ? rows.toSpliced(remove, 0, rows[remove]!) : rows.toSpliced(first, 0, rows[remove]!)
    shows(order, /^resyncing: inconsistent/)
  })
  it("shows an altered id or side", () => {
    const row = rows[update]!
    shows(rows.with(update, { ...row, text: row.text.replace(/"id":\d/, '"id":9') }), /^resyncing: inconsistent/)
    const flipped = row.text.includes('"Buy"') ? row.text.replace("Buy", "Sell") : row.text.replace("Sell", "Buy")
    shows(rows.with(update, { ...row, text: flipped }), /^resyncing: inconsistent/)
  })
  it("answers a frame that may hold rows of a book by a new snapshot", () => {
    const row = rows[update]!
    for (const text of [
      '{"action":"insert","data":[]}',
      row.text.replace(/"id":\d+/, '"id":1e400'),
      row.text.replace(/"id":\d+/, '"id":9007199254740993')
    ]) {
      assert.notStrictEqual(text, row.text)
      const { story, exchange } = fold(bitmex, symbol, rows.with(update, { ...row, text }))
      assert.match(story[3] ?? "", /^resyncing: unreadable/)
      assert.strictEqual(exchange.counts.unknown, 1)
    }
  })
})
