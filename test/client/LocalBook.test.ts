// A copy of a book, made of a stream: exactly the service's book at every seq, and never called good when it may not
// be.
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { LocalBook } from "../../src/client/LocalBook.ts"
import type { StreamValue } from "../../src/client/StreamValue.ts"
import type { FeedState } from "../../src/domain/FeedState.ts"
import { MarketId } from "../../src/domain/Market.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { shake } from "../support/shake.ts"
import { seeded, StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { streamReader } from "../support/StreamReader.ts"

const head = (seq: number, epoch = 1, market = 1) => ({
  market_id: MarketId.make(market),
  tag: "KRAKEN.SPOT:BTC-USD",
  epoch,
  seq,
  ts_exchange: null,
  ts_received: 1_795_000_000_000_000
})
const status = (state: FeedState, seq: number): StreamValue => ({
  type: "status",
  ...head(seq),
  state,
  reason: null,
  reason_code: null
})
const snapshot = (seq: number, epoch = 1, market = 1): StreamValue => ({
  type: "book_snapshot",
  ...head(seq, epoch, market),
  bids: [
    ["9", "1"],
    ["10.00000000000000001", "2"]
  ],
  asks: [["11", "1"]]
})
const change = (seq: number, bids: ReadonlyArray<[string, string]>, epoch = 1): StreamValue => ({
  type: "book_change",
  ...head(seq, epoch),
  bids,
  asks: []
})
const lost: StreamValue = { type: "disconnected", code: 1006, reason: "cut", retry_in_ms: 250 }
const resume = (resumed: boolean): StreamValue => ({
  type: "resume",
  ...head(3),
  resumed,
  reason: resumed ? null : "kept no more",
  events: 0
})

const filled = (...values: ReadonlyArray<StreamValue>) => {
  const book = new LocalBook(1)
  for (const value of [status("live", 2), snapshot(2), ...values]) book.apply(value)
  return book
}

describe("LocalBook", () => {
  it("sets and removes levels, exactly as they were told", () => {
    const book = filled()
    assert.isTrue(book.live)
    assert.isTrue(
      book.apply(
        change(3, [
          ["9", "0"],
          ["8", "0.10"]
        ])
      )
    )
    assert.deepStrictEqual(book.bids(), [
      ["10.00000000000000001", "2"],
      ["8", "0.1"]
    ])
    assert.deepStrictEqual(book.bids(1), [["10.00000000000000001", "2"]])
    assert.deepStrictEqual([book.epoch, book.seq, book.asks()], [1, 3, [["11", "1"]]])
  })

  it("leaves other markets, tops at intervals and what it knows alone", () => {
    const book = filled(change(5, [["8", "1"]]))
    const top: StreamValue = { ...snapshot(9), type: "book_snapshot", channel: "book_snapshot_1_100ms" } as StreamValue
    for (const value of [snapshot(9, 1, 2), top, change(4, [["8", "7"]])]) assert.isFalse(book.apply(value))
    assert.deepStrictEqual([book.seq, book.bids()[2]], [5, ["8", "1"]])
    assert.isTrue(book.live)
  })

  it("is not good once its epoch is over, until the next snapshot", () => {
    const book = filled(change(5, [["8", "1"]], 2))
    assert.deepStrictEqual([book.live, book.whole, book.seq], [false, false, 2])
    assert.match(book.reason!, /epoch 2 came without its snapshot/)
    assert.isFalse(book.apply(change(6, [["8", "1"]], 2)))
    assert.isTrue(book.apply(snapshot(7, 2)))
    assert.isTrue(book.live)
  })

  it("is not good while unheard, and goes on only where the stream was continued", () => {
    assert.isFalse(filled(lost).live)
    assert.isTrue(filled(lost, resume(true)).live)
    assert.isFalse(filled(lost, resume(false), status("live", 9)).live)
    // with delivery latest there is no word of continuing
    assert.isFalse(filled(lost, status("live", 9)).live)
    assert.isTrue(filled(lost, status("live", 9), snapshot(9)).live)
  })

  it("is not good when changes were skipped, until the newest book comes", () => {
    const skipped: StreamValue = {
      type: "skipped",
      market_id: head(1).market_id,
      tag: "",
      channel: "book_change",
      count: 3
    }
    assert.isFalse(filled(skipped).live)
    assert.isTrue(filled({ ...skipped, channel: "trade" }).live)
    assert.isTrue(filled(skipped, snapshot(9)).live)
  })

  it.each<[FeedState, boolean]>([
    ["stale", true],
    ["halted", true],
    ["resyncing", false],
    ["backoff", false],
    ["stopped", false]
  ])("in state %s is not live; whole: %s", (state, whole) => {
    const book = filled(status(state, 3))
    assert.deepStrictEqual([book.live, book.whole], [false, whole])
    book.apply(status("live", 4))
    assert.strictEqual(book.live, whole)
  })
})

layer(layerApi(inMemory), { timeout: 60_000, excludeTestServices: true })("LocalBook of a stream", (it) => {
  it.effect("is the service's book at every seq, over resyncs and a stop", () =>
    Effect.gen(function* () {
      const hub = yield* EventHub
      const { url } = yield* ApiClient
      const market = stagedMarket(900)
      const feed = new StagedFeed(hub, market)
      feed.snapshot([["100", "1"]], [["101", "1"]])
      const reader = yield* streamReader({ url }, { channels: ["trade", "book_change"], markets: [900] })
      yield* reader.reaches(feed.seq)
      const random = seeded(3)
      for (let round = 0; round < 20; round++) {
        for (let i = 0; i < 100; i++) shake(feed, random)
        if (round % 5 === 4) {
          feed.lose()
          feed.snapshot([["99", "3"]], [["101.5", `${round + 1}`]])
        }
        yield* reader.reaches(feed.seq)
      }
      feed.stop()
      const again = new StagedFeed(hub, market, 1_796_000_000_000_000)
      again.snapshot([["55", "1"]], [["56", "1"]])
      yield* reader.reaches(again.seq)

      const book = new LocalBook(900)
      let compared = 0
      for (const value of reader.values) {
        if (!book.apply(value)) continue
        const expected = feed.books.get(book.seq) ?? again.books.get(book.seq)
        // one instruction may tell several events: the book is compared after its last
        if (expected === undefined) continue
        compared++
        assert.strictEqual(JSON.stringify([book.bids(), book.asks()]), expected, `at seq ${book.seq}`)
      }
      assert.isAbove(compared, 1_500)
      assert.isTrue(book.live)
      assert.strictEqual(JSON.stringify([book.bids(), book.asks()]), again.text)
    }).pipe(Effect.scoped)
  )
})
