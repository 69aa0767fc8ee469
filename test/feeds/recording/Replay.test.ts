// Owns the proof that a fold keeps the sockets of a recording apart: lines of one market, lost connections, and answers
// of REST, each as the live feed has them.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { binanceLinear, binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { readRecording, type RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { SIMULATED_FILE } from "../../support/naiveSimulated.ts"
import { HAS_RECORDINGS, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf } from "../../support/SchemeBench.ts"

const SYMBOL = "BTCUSDT"

const simulated = () => Effect.runPromise(readRecording(SIMULATED_FILE))

const changed = (row: RecordingRow, by: Partial<RecordingRow>): RecordingRow => ({ ...row, ...by })

/** A recording as one whose scheme has a socket for depth and one for trades, and both sent everything. */
const twoLines = (rows: ReadonlyArray<RecordingRow>): ReadonlyArray<RecordingRow> =>
  rows.flatMap((row) => {
    if (row.kind === "http") return [row]
    return [changed(row, { url: "wss://venue/stream#public" }), changed(row, { url: "wss://venue/stream#market" })]
  })

describe("foldRecording", () => {
  it("tells the lines of one market apart by the fragment of their URL", async () => {
    const rows = await simulated()
    const one = fold(binanceSpot, SYMBOL, rows)
    const two = fold({ ...binanceSpot, lines: binanceLinear.lines }, SYMBOL, twoLines(rows))
    assert.deepStrictEqual(two.events, one.events)
    assert.strictEqual(two.frames, 2 * one.frames)
  })

  it.skipIf(!HAS_RECORDINGS)("does so with frames that a real venue sent", async () => {
    const rows = recorded("binance-perp")
    const one = fold(binanceLinear, "AKROUSDT", rows)
    const two = fold(binanceLinear, "AKROUSDT", twoLines(rows))
    assert.deepStrictEqual(two.events, one.events)
    assert.strictEqual(two.frames, 2 * one.frames)
  })

  it("begins a new book after a lost connection, closed or only opened again", async () => {
    const rows = await simulated()
    const last = rows.at(-1)!
    const once = fold(binanceSpot, SYMBOL, rows)
    const closed = fold(binanceSpot, SYMBOL, [...rows, { ...last, kind: "close", text: "1006" }, ...rows])
    const reopened = fold(binanceSpot, SYMBOL, [...rows, ...rows])
    for (const [folded, reason] of [
      [closed, "1006"],
      [reopened, "the recording opens another connection"]
    ] as const) {
      assert.include(folded.story, `backoff: ${reason}`)
      assert.strictEqual(folded.exchange.epoch, 2)
      assert.strictEqual(folded.exchange.state, "live")
      assert.deepStrictEqual(levelsOf(folded.book), levelsOf(once.book))
    }
  })

  it("is in backoff where the recording ends with a lost connection", async () => {
    const rows = await simulated()
    const { exchange } = fold(binanceSpot, SYMBOL, [...rows, { ...rows.at(-1)!, kind: "close", text: "1006" }])
    assert.strictEqual(exchange.state, "backoff")
  })

  it("leaves an answer alone that nobody asked for, and that of a market whose name only begins the same", async () => {
    const rows = await simulated()
    const answer = rows.find(({ kind }) => kind === "http")!
    const once = fold(binanceSpot, SYMBOL, rows)
    const emptied = { ...answer, at: rows.at(-1)!.at, text: '{"lastUpdateId":1,"bids":[],"asks":[]}' }
    assert.deepStrictEqual(fold(binanceSpot, SYMBOL, [...rows, emptied]).events, once.events)
    const other = { ...emptied, url: answer.url.replace(SYMBOL, `${SYMBOL}C`) }
    const before = rows.indexOf(answer)
    assert.deepStrictEqual(fold(binanceSpot, SYMBOL, rows.toSpliced(before, 0, other)).events, once.events)
  })

  it("hands an answer's status to the session", async () => {
    const rows = await simulated()
    const refusal = { status: 400, text: '{"code":-1121,"msg":"Invalid symbol."}' }
    const refused = rows.map((row) => (row.kind === "http" ? changed(row, refusal) : row))
    assert.strictEqual(fold(binanceSpot, SYMBOL, refused).exchange.state, "rejected")
  })
})
