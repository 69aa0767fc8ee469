// Owns the proof that Kraken's own frames of August and September 2026 hold: captures of three subscriptions, none of
// the depth that we ask for, replayed live with every checksum, and equal to maps that are cut to the acknowledged
// depth.
import { assert, it } from "@effect/vitest"
import type { RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"
import { countProofs } from "../../support/countProofs.ts"
import { captured, capturedLines, describeCaptured } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received } from "../../support/SchemeBench.ts"

const LEVEL = /\{"price":([^,]+),"qty":([^}]+)\}/g
interface BookFrame {
  readonly channel?: string
  readonly type: string
  readonly data: ReadonlyArray<{ readonly symbol: string }>
}

/** Maps of the wire's own texts, cut to the depth after every frame. */
const naive = (rows: ReadonlyArray<RecordingRow>, symbol: string, depth: number) => {
  let books = { bids: new Map<number, string>(), asks: new Map<number, string>() }
  let proofs = 0
  for (const { kind, text } of rows) {
    if (kind !== "recv") continue
    const { channel, type, data } = JSON.parse(text) as BookFrame
    if (channel !== "book" || data[0]?.symbol !== symbol) continue
    if (type === "snapshot") books = { bids: new Map(), asks: new Map() }
    proofs++
    for (const [side, sign] of [["bids", -1] as const, ["asks", 1] as const]) {
      const from = text.indexOf(`"${side}":[`)
      const book = books[side]
      for (const [, price, size] of text.slice(from, text.indexOf("]", from)).matchAll(LEVEL)) {
        if (Number(size) === 0) book.delete(Number(price))
        else book.set(Number(price), size!)
      }
      for (const price of [...book.keys()].sort((a, b) => sign * (a - b)).slice(depth)) book.delete(price)
    }
  }
  return { levels: levelsOfMaps(books.bids, books.asks), proofs }
}

const acknowledged = (symbol: string, depth: number) =>
  received({ method: "subscribe", result: { channel: "book", depth, snapshot: true, symbol }, success: true })

const holds = (rows: ReadonlyArray<RecordingRow>, symbol: string, depth: number, least: number) => {
  const [scheme, proofs] = countProofs(krakenSpot)
  const { book, exchange, story } = fold(scheme, symbol, rows)
  const expected = naive(rows, symbol, depth)
  assert.deepStrictEqual(levelsOf(book), expected.levels)
  assert.deepStrictEqual(proofs, { held: expected.proofs, failed: 0 })
  assert.isAtLeast(proofs.held, least)
  const { resyncs, unknown } = exchange.counts
  assert.deepStrictEqual([resyncs, unknown, exchange.state], [0, 0, "live"])
  assert.isFalse(story.some((line) => line.startsWith("resyncing")))
  return book
}

describeCaptured("captures of Kraken's websocket v2", () => {
  const depth10 = captured("frames/kraken-v2-depth10-20260912")
  it("hold for BTC/USD at the acknowledged depth of ten", () => {
    const book = holds(depth10, "BTC/USD", 10, 78)
    assert.deepStrictEqual([book.bidLevels, book.askLevels], [10, 10])
  })
  it("hold for MINA/GBP at a depth of 25", () => {
    holds(captured("frames/kraken-v2-mina-20260818"), "MINA/GBP", 25, 14)
  })
  it("hold for frames of BTC/USD behind an acknowledgement of ten", () => {
    const frames = capturedLines("frames/kraken-v2-btc10-20260816").map((line, index) =>
      received(line, 2_000_000 + index)
    )
    holds([acknowledged("BTC/USD", 10), ...frames], "BTC/USD", 10, 7)
  })
  it("do not hold at another depth than theirs", () => {
    const other = depth10.map(({ text, at }) => received(text.replace(`"depth":10,`, `"depth":1000,`), at))
    assert.isTrue(fold(krakenSpot, "BTC/USD", other).story.some((line) => line.startsWith("resyncing: checksum")))
  })
})
