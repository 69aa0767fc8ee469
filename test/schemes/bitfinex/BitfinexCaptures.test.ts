// Owns the proof of Bitfinex over captures of 2025 and 2026: one without flags, so without sequence and checksums, one
// of the shapes of today; and of the REST book.
import { assert, describe, it } from "@effect/vitest"
import { canonical } from "../../../src/domain/Decimal.ts"
import type { RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import { captured, describeCaptured } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received } from "../../support/SchemeBench.ts"

type Level = readonly [price: number, count: number, amount: number]

/** The book of one channel, folded with maps. */
const naive = (rows: ReadonlyArray<RecordingRow>, chanId: number) => {
  const bids = new Map<number, string>()
  const asks = new Map<number, string>()
  for (const { kind, text } of rows) {
    if (kind !== "recv" || !text.startsWith(`[${chanId},[`)) continue
    const [, payload] = JSON.parse(text) as readonly [number, Level | ReadonlyArray<Level>]
    for (const [price, count, amount] of (typeof payload[0] === "number"
      ? [payload]
      : payload) as ReadonlyArray<Level>) {
      const side = amount > 0 ? bids : asks
      if (count === 0) side.delete(price)
      else side.set(price, canonical(Math.abs(amount)))
    }
  }
  return levelsOfMaps(bids, asks)
}

describeCaptured("a capture without flags", () => {
  const rows = captured("frames/bitfinex-without-seq-20250815")
  it("is followed without the sequence, and says so once", () => {
    const { book, exchange, story } = fold(bitfinex, "tBTCUSD", rows)
    assert.deepStrictEqual(levelsOf(book), naive(rows, 209_640))
    const { gaps, resyncs, unknown, trades } = exchange.counts
    assert.deepStrictEqual([gaps, resyncs, unknown], [0, 0, 0])
    assert.isAbove(trades, 0)
    const notices = story.filter((line) => line.includes("carry no sequence"))
    assert.deepStrictEqual(notices, [
      "live: frames carry no sequence on this socket: a lost one is not seen before the next checksum"
    ])
    assert.strictEqual(exchange.state, "live")
  })
  it("gives the book up over a frame that is cut short, which no sequence would show", () => {
    const index = rows.findLastIndex(({ text }) => text.startsWith("[209640,["))
    const { story } = fold(
      bitfinex,
      "tBTCUSD",
      rows.with(index, received(rows[index]!.text.slice(0, -3), rows[index]!.at))
    )
    assert.isTrue(story.some((line) => line.startsWith("resyncing: unreadable")))
  })
})

describe("the flags", () => {
  const opened = (...frames: ReadonlyArray<unknown>) => [
    received({ event: "subscribed", channel: "book", chanId: 7, symbol: "tBTCUSD", prec: "P0" }),
    ...frames.map((frame) => received(frame))
  ]
  it("that were not confirmed are told by the first frame", () => {
    const { story } = fold(bitfinex, "tBTCUSD", opened([7, [[1, 1, 1]], 1, 5], [7, [2, 1, 1], 3, 5]))
    assert.match(story.at(-1) ?? "", /^resyncing: gap: after frame 1 of the socket came 3/)
  })
  it("that were confirmed are held to: a frame without its number is a loss", () => {
    const conf = { event: "conf", status: "OK", flags: 229_376 }
    const { story } = fold(bitfinex, "tBTCUSD", [received(conf), ...opened([7, [[1, 1, 1]]])])
    assert.match(story.at(-1) ?? "", /gap: after frame 0 of the socket came undefined/)
  })
})

describeCaptured("shapes of 2026", () => {
  it("hold, with a refused duplicate before its own acknowledgement", () => {
    const rows = captured("frames/bitfinex-2026-09-shapes")
    const { book, exchange } = fold(bitfinex, "tBTCF0:USTF0", rows)
    assert.deepStrictEqual(levelsOf(book), naive(rows, 765_277))
    const { resyncs, unknown } = exchange.counts
    assert.deepStrictEqual([exchange.state, resyncs, unknown], ["live", 0, 0])
  })
})

describe("the REST book", () => {
  const { probe } = bitfinex
  it("is asked for by the symbol, with its t", () => {
    assert.strictEqual(probe?.path("tBTCF0:USTF0"), "/v2/book/tBTCF0:USTF0/P0?len=25")
    assert.strictEqual(probe?.path("BTCUSD"), "/v2/book/tBTCUSD/P0?len=25")
  })
  it("gives both sides by the sign of the amount, and nothing out of a refusal", () => {
    assert.deepStrictEqual(probe?.read("[[6050,1,0.001],[5845.1,2,0.00171083],[6861.7,1,-0.00145736]]", "tBTCUSD"), {
      bids: [
        [6050, 0.001],
        [5845.1, 0.001_710_83]
      ],
      asks: [[6861.7, 0.001_457_36]],
      complete: false
    })
    assert.isNull(probe?.read(`["error",10020,"symbol: invalid"]`, "tBTCUSD"))
    assert.isNull(probe?.read(`{"error":"ERR_RATE_LIMIT"}`, "tBTCUSD"))
  })
})
