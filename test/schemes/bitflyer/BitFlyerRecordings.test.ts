// Owns what a real recording of bitFlyer shows of the scheme: the books of plain maps with every mid price checked, and
// what spoilt copies of it show and heal.
import { assert, it } from "@effect/vitest"
import { bitflyer } from "../../../src/schemes/bitflyer/BitFlyer.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps } from "../../support/SchemeBench.ts"

const SECOND = 1_000_000
const rows = recorded("bitflyer")

interface RawLevel {
  readonly price: number
  readonly size: number
}
interface Raw {
  readonly params: {
    readonly channel: string
    readonly message: { readonly bids: ReadonlyArray<RawLevel>; readonly asks: ReadonlyArray<RawLevel> }
  }
}
const indexesOf = (channel: string): ReadonlyArray<number> =>
  rows.flatMap(({ kind, text }, index) => (kind === "recv" && text.includes(`"${channel}"`) ? [index] : []))

const naive = (symbol: string) => {
  const sides = { bids: new Map<number, string>(), asks: new Map<number, string>() }
  let seen = false
  for (const { kind, text } of rows) {
    if (kind !== "recv") continue
    const { channel, message } = (JSON.parse(text) as Raw).params
    const whole = channel === `lightning_board_snapshot_${symbol}`
    if (!whole && (channel !== `lightning_board_${symbol}` || !seen)) continue
    for (const name of ["bids", "asks"] as const) {
      if (whole) sides[name].clear()
      for (const { price, size } of message[name]) {
        if (size === 0) sides[name].delete(price)
        else sides[name].set(price, String(size))
      }
    }
    seen = true
  }
  return levelsOfMaps(sides.bids, sides.asks)
}

describeRecorded("a recording of boards and executions", () => {
  for (const [symbol, changes, trades] of [
    ["BTC_USD", 109, 4],
    ["ETH_JPY", 133, 13]
  ] as const) {
    const result = fold(bitflyer, symbol, rows)

    it(`folds ${symbol} to the book of plain maps`, () => {
      assert.deepStrictEqual(levelsOf(result.book), naive(symbol))
    })
    it(`keeps ${symbol} live, every mid price proven, each trade told`, () => {
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, resyncs, crossed, invalid_levels } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs, crossed, invalid_levels], [0, 0, 0, 0])
      const count = (type: string) => result.events.filter((event) => event.type === type).length
      assert.deepStrictEqual([count("book_snapshot"), count("book_change"), count("trade")], [6, changes, trades])
    })
  }
})

describeRecorded("corruption of the recording", () => {
  const symbol = "ETH_JPY"
  const deltas = indexesOf(`lightning_board_${symbol}`)
  const snapshots = indexesOf(`lightning_board_snapshot_${symbol}`)
  // far from a snapshot, so that nothing is forgiven
  const late = deltas.find(
    (index) => index > snapshots[1]! && rows[index]!.at - rows[snapshots[1]!]!.at > 2 * SECOND && index < snapshots[2]!
  )!

  it("shows an altered best bid by the mid price, and heals with the next snapshot", () => {
    const row = rows[late]!
    const frame = JSON.parse(row.text) as Raw
    const { message } = frame.params
    const bids = [...message.bids, { price: 4_723_000, size: 1 }]
    const spoilt = {
      ...row,
      text: JSON.stringify({ ...frame, params: { ...frame.params, message: { ...message, bids } } })
    }
    const back = fold(bitflyer, symbol, rows.with(late, { ...spoilt, at: row.at - 3_600 * SECOND }))
    assert.match(back.story[3] ?? "", /^resyncing: mid_price: best /)
    const { story: told, book } = fold(bitflyer, symbol, rows.with(late, spoilt))
    assert.match(told[3] ?? "", /^resyncing: mid_price: best /)
    assert.deepStrictEqual(told.slice(4), ["live: "])
    assert.deepStrictEqual(levelsOf(book), naive(symbol))
  })
  it("does not trust a book after a frame that may hold a board, until the next snapshot", () => {
    const row = rows[late]!
    for (const text of [
      row.text.slice(0, -9),
      row.text.replace(/"price": ?[\d.]+/, '"price":-1'),
      row.text.replace(/"size": ?[\d.]+/, '"size":1e400')
    ]) {
      assert.notStrictEqual(text, row.text)
      const { story: told, exchange } = fold(bitflyer, symbol, rows.with(late, { ...row, text }))
      assert.match(told[3] ?? "", /^resyncing: unreadable/)
      assert.strictEqual(told.at(-1), "live: ")
      assert.strictEqual(exchange.counts.unknown, 1)
    }
  })
})
