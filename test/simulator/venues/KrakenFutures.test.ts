// Holds the simulated Kraken derivatives to the real scheme, and to the frames of its sheet and capture.
import { assert, describe, it } from "@effect/vitest"
import { krakenFutures } from "../../../src/schemes/kraken/KrakenFutures.ts"
import type { Venue } from "../../../src/simulator/Venue.ts"
import { krakenInverse, krakenPerp } from "../../../src/simulator/venues/KrakenFutures.ts"
import { bareTalk, BEGIN } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const names = (venue: Venue): ReadonlyArray<string> => venue.listings.map(({ symbol }) => symbol)

describe("simulated Kraken derivatives", () => {
  for (const venue of [krakenPerp, krakenInverse]) {
    it(`is followed without a difference, every trade once: ${venue.marketType}`, () => {
      const harness = new VenueHarness({ venue })
      for (let round = 0; round < 40; round++) {
        harness.run(100)
        harness.assertTrue()
      }
      harness.assertClean()
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 100)
    })

    it(`shows a lost level by its sequence, mended on the same socket without a neighbour: ${venue.marketType}`, () => {
      const harness = new VenueHarness({ venue })
      const [first, second] = names(venue)
      harness.run(300)
      let left = 1
      harness.onFrame = ({ kind, symbol, text }) => (kind === "book" && symbol === first && left-- > 0 ? null : text)
      harness.run(300)
      harness.assertTrue()
      assert.strictEqual(harness.feed(first!).exchange.counts.gaps, 1)
      assert.strictEqual(harness.feed(second!).exchange.counts.resyncs, 0)
      assert.strictEqual(harness.connects, 1)
    })
  }

  it("shows a lost trade by the other sequence, and no book is lost for it", () => {
    const harness = new VenueHarness({ venue: krakenInverse })
    harness.run(300)
    let left = 1
    harness.onFrame = ({ kind, symbol, text }) =>
      kind === "trade" && symbol === "PI_XBTUSD" && left-- > 0 ? null : text
    harness.run(1_000)
    harness.assertTrue()
    assert.strictEqual(harness.feed("PI_XBTUSD").exchange.counts.trades_missed, 1)
    assert.strictEqual(harness.feed("PI_XBTUSD").exchange.counts.resyncs, 0)
  })

  it("lets markets join and leave while it runs", () => {
    const harness = new VenueHarness({ venue: krakenPerp, symbols: ["PF_XBTUSD"] })
    harness.run(200)
    harness.join(["PF_ETHUSD", "PF_PEPEUSD"])
    harness.run(500)
    harness.leave(["PF_XBTUSD"])
    harness.run(200)
    harness.join(["PF_XBTUSD"])
    harness.run(500)
    harness.assertTrue()
    harness.assertClean()
  })

  it("begins new sequences after a restart", () => {
    const harness = new VenueHarness({ venue: krakenInverse })
    harness.run(300)
    harness.restart()
    harness.run(300)
    harness.assertTrue()
    assert.strictEqual(harness.connects, 2)
  })

  it("refuses an unknown product by an alert, and goes on", () => {
    const harness = new VenueHarness({ venue: krakenPerp, symbols: ["PF_XBTUSD"] })
    harness.join(["PF_NOPEUSD"])
    harness.run(2_000)
    assert.strictEqual(harness.feed("PF_NOPEUSD").exchange.status().state, "rejected")
    assert.strictEqual(harness.feed("PF_XBTUSD").exchange.status().state, "live")
  })

  it("speaks as the capture does", () => {
    const { say, move, sent, markets, talk } = bareTalk(krakenInverse, "/ws/v1")
    assert.deepStrictEqual(sent, ['{"event":"info","version":1}'])
    const answers = say({ event: "subscribe", feed: "book", product_ids: ["pi_ltcusd", "nope", "PI_XBTUSD"] })
    assert.deepStrictEqual(answers.slice(0, 3), [
      '{"event":"subscribed","feed":"book","product_ids":["PI_LTCUSD"]}',
      '{"event":"alert","message":"Couldn\'t subscribe to invalid product `NOPE`"}',
      '{"event":"subscribed","feed":"book","product_ids":["PI_XBTUSD"]}'
    ])
    assert.match(
      answers[3]!,
      new RegExp(
        String.raw`^\{"feed":"book_snapshot","product_id":"PI_LTCUSD","timestamp":\d{13},"seq":\d+,"tickSize":null,` +
          String.raw`"bids":\[(\{"price":1\d\d\.\d{1,2},"qty":\d+\.0\},?)+\],"asks":\[(\{.*?\},?)+\]\}$`
      )
    )
    say({ event: "subscribe", feed: "trade", product_ids: ["PI_LTCUSD"] })
    const frames = Array.from({ length: 200 }, (_, n) => move("PI_LTCUSD", BEGIN + n)).flat()
    const books = frames.filter((text) => text.startsWith('{"feed":"book"'))
    for (const text of books)
      assert.match(
        text,
        new RegExp(
          String.raw`^\{"feed":"book","product_id":"PI_LTCUSD","side":"(buy|sell)","seq":\d+,"price":1\d\d\.\d{1,2},` +
            String.raw`"qty":\d+\.0,"timestamp":\d{13}\}$`
        )
      )
    const seqs = books.map((text) => Number(/"seq":(\d+)/.exec(text)![1]))
    const first = Number(/"seq":(\d+)/.exec(answers[3]!)![1])
    assert.deepStrictEqual(
      seqs,
      seqs.map((_, n) => first + 1 + n)
    )
    assert.match(
      frames.find((text) => text.includes('"feed":"trade"'))!,
      new RegExp(
        String.raw`^\{"product_id":"PI_LTCUSD","feed":"trade","uid":"[\da-f-]{36}","side":"(buy|sell)","type":"fill",` +
          String.raw`"time":\d{13},"qty":\d+\.0,"price":1\d\d\.\d{1,2},"seq":\d+\}$`
      )
    )
    say({ event: "unsubscribe", feed: "trade", product_ids: ["PI_LTCUSD"] })
    const [, history] = say({ event: "subscribe", feed: "trade", product_ids: ["PI_LTCUSD"] })
    const { trades } = JSON.parse(history!) as { trades: ReadonlyArray<{ seq: number; price: number }> }
    assert.strictEqual(trades[0]!.price, Number(markets.get("PI_LTCUSD")!.trades.at(-1)!.price), "newest first")
    assert.deepStrictEqual(say({ event: "subscribe", feed: "heartbeat" }), [
      '{"event":"subscribed","feed":"heartbeat"}'
    ])
    const before = sent.length
    talk.tick(BEGIN + 60_000_000)
    assert.deepStrictEqual(sent.slice(before), [`{"feed":"heartbeat","time":${(BEGIN + 60_000_000) / 1000}}`])
  })

  it("never crosses the book between the frames of one step, and shows levels of size zero", () => {
    const { say, move, markets } = bareTalk(krakenInverse, "/ws/v1")
    const symbol = "PI_XBTUSD"
    const book = { buy: new Map<number, number>(), sell: new Map<number, number>() }
    const set = (side: "buy" | "sell", price: number, qty: number): void => {
      if (qty === 0) book[side].delete(price)
      else book[side].set(price, qty)
      assert.isBelow(Math.max(...book.buy.keys()), Math.min(...book.sell.keys()))
    }
    let zeros = 0
    for (let round = 0; round < 30; round++) {
      const snapshot = say({ event: "subscribe", feed: "book", product_ids: [symbol] }).at(-1)!
      zeros += snapshot.split('"qty":0.0').length - 1
      const { bids, asks } = JSON.parse(snapshot) as Record<"bids" | "asks", ReadonlyArray<Record<string, number>>>
      book.buy = new Map(bids.filter(({ qty }) => qty! > 0).map(({ price, qty }) => [price!, qty!]))
      book.sell = new Map(asks.filter(({ qty }) => qty! > 0).map(({ price, qty }) => [price!, qty!]))
      for (let n = 0; n < 100; n++) {
        for (const text of move(symbol, BEGIN + n)) {
          const { side, price, qty } = JSON.parse(text) as { side: "buy" | "sell"; price: number; qty: number }
          set(side, price, qty)
        }
      }
      const sorted = [...book.buy].sort(([a], [b]) => b - a)
      const truth = markets.get(symbol)!.bids.map(({ price, size }) => [Number(price), Number(size)])
      assert.deepStrictEqual(sorted, truth)
    }
    assert.isAbove(zeros, 0)
  })

  it("answers a repeated subscription by an alert and a new snapshot", () => {
    const { say } = bareTalk(krakenPerp, "/ws/v1")
    const asked = { event: "subscribe", feed: "book", product_ids: ["PF_XBTUSD"] }
    say(asked)
    const [alert, snapshot] = say(asked)
    assert.strictEqual(alert, '{"event":"alert","message":"Already subscribed to feed, re-requesting"}')
    assert.match(snapshot!, /^\{"feed":"book_snapshot","product_id":"PF_XBTUSD"/)
  })

  it("gives the whole book by REST, as the scheme reads it", () => {
    const { gateway, markets } = bareTalk(krakenPerp, "/ws/v1")
    const { probe } = krakenFutures
    const answer = gateway.rest(probe!.path("PF_XBTUSD"), BEGIN)!
    const { bids, asks } = markets.get("PF_XBTUSD")!
    const rows = (side: typeof bids) => side.map(({ price, size }) => [Number(price), Number(size)] as const)
    assert.deepStrictEqual(probe!.read(answer.body, "PF_XBTUSD"), {
      bids: rows(bids),
      asks: rows(asks),
      complete: true
    })
    assert.isNull(probe!.read(gateway.rest(probe!.path("PF_NOPEUSD"), BEGIN)!.body, "PF_NOPEUSD"))
  })

  it("answers nonsense with an error and stays open", () => {
    const { say, closes } = bareTalk(krakenPerp, "/ws/v1")
    const errors = ["{", "[]", '{"event":"x"}', '{"event":"subscribe","feed":"x"}'].flatMap((text) => say(text))
    assert.deepStrictEqual(
      errors.map((text) => /"message":"(.*)"/.exec(text)?.[1]),
      ["Bad websocket message", "Bad websocket message", "Bad websocket message", "Couldn't subscribe to invalid feed"]
    )
    assert.isEmpty(closes)
  })
})
