// Owns the proof of Kraken's websocket v1 without anybody's recording: a generated market by the sheet's rules
// (sections 5 and 7, 2026-09), whose checksums are made here from plain maps and node's own CRC32, and what is seen
// when it is spoilt. No venue of the simulator speaks v1.
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { krakenSpotV1 } from "../../../src/schemes/kraken/KrakenV1.ts"
import { countProofs } from "../../support/countProofs.ts"
import { fold, levelsOf, levelsOfMaps, received } from "../../support/SchemeBench.ts"

const PAIR = "A/B"
const FRAMES = 400

type Side = Map<number, readonly [price: string, size: string]>
const text = (price: number, places: number): string => price.toFixed(places)
const best = (side: Side, sign: number) => [...side].sort(([a], [b]) => sign * (a - b)).map(([, level]) => level)
const digits = (decimal: string): string => decimal.replace(".", "").replace(/^0+/, "")
const checksum = (asks: Side, bids: Side): number =>
  crc32(
    [...best(asks, 1).slice(0, 10), ...best(bids, -1).slice(0, 10)]
      .map(([price, size]) => digits(price) + digits(size))
      .join("")
  )

/** A snapshot and changes of either side, near the middle as they are in life. */
const generated = () => {
  const bids: Side = new Map()
  const asks: Side = new Map()
  const set = (side: Side, price: number, size: number): readonly [string, string, string] => {
    const level = [text(price, 5), text(size, 8)] as const
    if (size === 0) side.delete(price)
    else side.set(price, level)
    return [...level, "1618678145.920470"]
  }
  const as = Array.from({ length: 40 }, (_, i) => set(asks, 100.5 + i / 2, 1 + i / 8))
  const bs = Array.from({ length: 40 }, (_, i) => set(bids, 100 - i / 2, 2 + i / 8))
  const rows = [received([1, { as, bs }, "book-1000", PAIR])]
  for (let i = 0; i < FRAMES; i++) {
    const isBid = i % 2 === 0
    const step = ((i * 7919) % 24) / 2
    // the best level of each side stays
    const size = step > 0 && i % 3 === 0 ? 0 : ((i % 11) + 1) / 16
    const level = isBid ? set(bids, 100 - step, size) : set(asks, 100.5 + step, size)
    const change = { [isBid ? "b" : "a"]: [level], c: String(checksum(asks, bids)) }
    rows.push(received([1, change, "book-1000", PAIR], 2_000_000 + i * 20_000))
  }
  const numbers = (side: Side) => new Map([...side].map(([price, [, size]]) => [price, size] as const))
  return { rows, bids: numbers(bids), asks: numbers(asks) }
}

describe("a generated market on Kraken's websocket v1", () => {
  const { rows, bids, asks } = generated()

  it("folds to the book of plain maps, every checksum held", () => {
    const [scheme, proofs] = countProofs(krakenSpotV1)
    const { book, story, exchange } = fold(scheme, PAIR, rows)
    assert.deepStrictEqual(levelsOf(book), levelsOfMaps(bids, asks))
    assert.deepStrictEqual(proofs, { held: FRAMES, failed: 0 })
    assert.deepStrictEqual(story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    assert.strictEqual(exchange.counts.unknown, 0)
  })

  it("shows a lost and an altered change of the best ten by the checksum", () => {
    const lossOf = (spoilt: typeof rows) =>
      fold(krakenSpotV1, PAIR, spoilt).story.find((line) => line.startsWith("resyncing"))
    const near = rows.findIndex(({ text: frame }, at) => at > 100 && frame.includes('"b":[["99.00000"'))
    assert.isAbove(near, 100)
    assert.match(lossOf(rows.toSpliced(near, 1)) ?? "", /^resyncing: checksum/)
    const row = rows[near]!
    const altered = { ...row, text: row.text.replace(/"99.00000","\d/, '"99.00000","7') }
    assert.match(lossOf(rows.with(near, altered)) ?? "", /^resyncing: checksum/)
    assert.match(lossOf(rows.with(near, { ...row, text: row.text.slice(0, 40) })) ?? "", /^resyncing: unreadable/)
  })
})
