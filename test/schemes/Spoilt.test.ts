// Every venue under the table of spoilt frames: what its protocol shows is shown, with that reason, and what a book may
// still be wrong after is what its guarantee says it cannot show. The frames are a simulated venue's, the truth is its
// own book. What is special to one venue (refusals, names, halts, odd frames) is in that venue's tests.
import { assert, describe, it } from "@effect/vitest"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { foldRecording } from "../../src/feeds/recording/Replay.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { simulatedRecording } from "../support/simulatedRecording.ts"
import { outcomeOf, spoilt, SPOILINGS, type Spoiling } from "../support/spoiltFrames.ts"

type Shown = Readonly<Record<Spoiling, ReadonlyArray<string>>>

/** A sequence: what is lost or out of order is a gap, and what is altered keeps its number. */
const SEQUENCE: Shown = {
  dropped: ["gap"],
  doubled: ["same"],
  swapped: ["gap"],
  altered: ["same", "wrong"],
  truncated: ["gap"],
  unknown: ["same"]
}
/** A checksum of the best levels after every change. */
const CHECKSUM: Shown = {
  dropped: ["checksum"],
  doubled: ["same"],
  swapped: ["checksum"],
  altered: ["checksum"],
  truncated: ["unreadable"],
  unknown: ["same"]
}

const TABLE: Readonly<Record<string, Shown>> = {
  Binance: SEQUENCE,
  Bybit: SEQUENCE,
  // the venue's own best levels, sent beside the changes, show some of what is altered
  Gemini: { ...SEQUENCE, altered: ["same", "wrong", "audit"] },
  HitBTC: { ...SEQUENCE, truncated: ["unreadable"] },
  // a repeated frame breaks its chain
  Poloniex: { ...SEQUENCE, doubled: ["gap"] },
  "Kraken PERP": SEQUENCE,
  "Kraken INVERSE": SEQUENCE,
  FTX: CHECKSUM,
  // the checksum covers ten levels a side; the deeper ones are audited
  "Kraken SPOT": { ...CHECKSUM, altered: ["checksum", "wrong"] },
  // every frame is numbered, and every so often a checksum covers 25 levels a side
  Bitfinex: {
    ...SEQUENCE,
    doubled: ["gap"],
    altered: ["same", "wrong", "checksum"],
    truncated: ["unreadable, gap"]
  },
  // a middle price in each frame, and the whole book again every few seconds
  bitFlyer: {
    dropped: ["same", "mid_price"],
    doubled: ["same"],
    swapped: ["same", "mid_price"],
    altered: ["same"],
    truncated: ["unreadable"],
    unknown: ["same"]
  },
  // times alone: what is lost is found by audits
  Coinbase: {
    dropped: ["wrong", "same"],
    doubled: ["same"],
    swapped: ["time_reversed"],
    altered: ["same", "wrong"],
    truncated: ["unreadable"],
    unknown: ["same"]
  },
  // times, and the venue's own best levels on a second channel
  Bitstamp: {
    dropped: ["same", "wrong", "crossed"],
    doubled: ["same"],
    swapped: ["time_reversed"],
    altered: ["same", "wrong"],
    truncated: ["unreadable"],
    unknown: ["same"]
  },
  // ids of levels: a change of a level that is not there, or an insertion of one that is, is inconsistent
  BitMEX: {
    dropped: ["same", "wrong", "inconsistent"],
    doubled: ["same", "inconsistent"],
    swapped: ["same", "inconsistent"],
    altered: ["same", "wrong"],
    truncated: ["unreadable"],
    unknown: ["same"]
  }
}

/** What no frame shows, in the words of the guarantee. */
const UNSEEN: Readonly<Record<string, RegExp>> = {
  Binance: /No checksum exists/,
  Bybit: /altered inside a frame is not seen/,
  Gemini: /deeper levels altered inside a frame are not seen/,
  HitBTC: /altered inside a frame is not seen/,
  Poloniex: /altered inside a frame is not seen/,
  "Kraken SPOT": /a loss deeper in the book is seen when it reaches the top ten/,
  "Kraken PERP": /altered on its way would not be seen/,
  "Kraken INVERSE": /altered on its way would not be seen/,
  FTX: /Trades have ids but no sequence, so a missed one is not seen/,
  Bitfinex: /a CRC32 of the 25 best levels a side is checked whenever the venue sends one/,
  bitFlyer: /a lost change deeper in the book is not seen/,
  Coinbase: /no sequence and no checksum/,
  Bitstamp: /a lost or altered frame is seen by these, and until then it is not/,
  BitMEX: /a lost change of one level's size is seen by the next audit/
}

const rowOf = <A>(table: Readonly<Record<string, A>>, exchange: string, marketType: MarketType): A =>
  table[`${exchange} ${marketType}`] ??
  table[exchange] ??
  assert.fail(`${exchange} ${marketType} has no row in the table`)

describe.each(venues.map(({ exchange, marketType }) => ({ exchange, marketType })))(
  "$exchange $marketType",
  (venue) => {
    const { exchange, marketType } = venue
    const recording = simulatedRecording(exchange, marketType, { steps: 120 })
    const { rows, scheme, symbol, truth } = recording

    it("unspoilt, folds to the venue's own book, with every trade once", () => {
      const trades: Array<string> = []
      const { book, exchange: label } = foldRecording(scheme, symbol, symbol, rows, (event) => {
        if (event.type === "trade") trades.push(`${Number(event.price)} ${Number(event.size)} ${event.side}`)
      })
      const { state, reason } = label.truth()
      assert.deepStrictEqual([state, reason], ["live", null])
      assert.isAbove(book.bidLevels, 10)
      assert.isAbove(book.askLevels, 10)
      assert.deepStrictEqual(book.bidTexts(book.bidLevels), truth.bids.slice(0, book.bidLevels))
      assert.deepStrictEqual(book.askTexts(book.askLevels), truth.asks.slice(0, book.askLevels))
      assert.deepStrictEqual(
        trades,
        recording.trades.map((trade) => trade.replaceAll(/[\d.]+/g, (number) => String(Number(number))))
      )
      const { gaps, resyncs, unknown, invalid_levels, trades_missed, trades_repeated } = label.counts
      assert.deepStrictEqual(
        [gaps, resyncs, unknown, invalid_levels, trades_missed, trades_repeated],
        [0, 0, 0, 0, 0, 0]
      )
    })

    it("says in its guarantee what no frame shows", () => {
      assert.match(scheme.guarantee, rowOf(UNSEEN, exchange, marketType))
    })

    for (const spoiling of SPOILINGS)
      it(`${spoiling}: only what the protocol cannot show stays unseen`, () => {
        const shown = rowOf(TABLE, exchange, marketType)[spoiling]
        const outcomes = spoilt(recording, spoiling).map((one) => outcomeOf(recording, one))
        for (const outcome of outcomes) assert.include(shown, outcome)
      })
  }
)
