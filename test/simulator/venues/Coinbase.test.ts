// Holds the simulated Coinbase to the real scheme, and to the frames of its sheet: what one writes the other reads. A
// lost `l2update` cannot be seen by protocol there; what can (a missed trade, a silent product, a restart) is tried.
import { assert, describe, it } from "@effect/vitest"
import { coinbase } from "../../../src/simulator/venues/Coinbase.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const texts = (harness: VenueHarness, part: string): ReadonlyArray<string> =>
  harness.frames.filter(({ text }) => text.includes(part)).map(({ text }) => text)

describe("simulated Coinbase", () => {
  it("shows three products on one socket exactly as they are, and every trade once", () => {
    const harness = new VenueHarness({ venue: coinbase })
    for (let round = 0; round < 20; round++) {
      harness.run(200)
      harness.settle(200_000)
      harness.assertTrue()
    }
    harness.assertClean()
    assert.isAbove(harness.feed("BTC-USD").trades.length, 100)
  })

  it("lets products join and leave one by one", () => {
    const harness = new VenueHarness({ venue: coinbase, symbols: ["BTC-USD"] })
    harness.run(300)
    harness.join(["SKL-USD"])
    harness.run(300)
    harness.leave(["BTC-USD"])
    harness.run(300)
    harness.settle(200_000)
    assert.strictEqual(
      texts(harness, '"subscriptions"').at(-1),
      '{"type":"subscriptions","channels":[{"name":"level2_50","product_ids":["SKL-USD"],"account_ids":null},' +
        '{"name":"matches","product_ids":["SKL-USD"],"account_ids":null},' +
        '{"name":"heartbeat","product_ids":["SKL-USD"],"account_ids":null}]}'
    )
    harness.assertTrue()
    harness.assertClean()
  })

  it("speaks as the sheet does", () => {
    const harness = new VenueHarness({ venue: coinbase, symbols: ["SKL-USD"] })
    harness.run(1_000)
    harness.join(["ETH-USD"])
    const sample = (part: string): string => texts(harness, part)[0] ?? assert.fail(part)
    assert.match(sample('"snapshot"'), /^\{"type":"snapshot","product_id":"[A-Z]+-USD","asks":\[\["[\d.]+","[\d.]+"\]/)
    assert.match(
      sample('"l2update"'),
      new RegExp(
        String.raw`^\{"type":"l2update","product_id":"SKL-USD","changes":\[\["(buy|sell)","0\.\d{4}","\d+\.\d"\].*\],` +
          String.raw`"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"\}$`
      )
    )
    assert.match(
      sample('"match"'),
      new RegExp(
        String.raw`^\{"type":"match","trade_id":\d+,"maker_order_id":"[\da-f-]{36}","taker_order_id":"[\da-f-]{36}",` +
          String.raw`"side":"(buy|sell)","size":"[\d.]+","price":"0\.\d+","product_id":"SKL-USD","sequence":\d+,` +
          String.raw`"time":".{27}"\}$`
      )
    )
    assert.match(
      sample('"heartbeat","last_trade_id"'),
      /^\{"type":"heartbeat","last_trade_id":\d+,"product_id":"SKL-USD","sequence":\d+,"time":".{27}"\}$/
    )
    assert.match(sample('"last_match"'), /^\{"type":"last_match","trade_id":\d+,"maker/)
  })

  it("gathers the changes of 50 ms, each price once and buys before sells, in order of their times", () => {
    const harness = new VenueHarness({ venue: coinbase, symbols: ["BTC-USD"], pace: 1_000 })
    harness.run(2_000)
    const updates = texts(harness, '"l2update"').map(
      (text) => JSON.parse(text) as { changes: ReadonlyArray<ReadonlyArray<string>>; time: string }
    )
    assert.isAtMost(updates.length, 2_000 / 50)
    for (const { changes } of updates) {
      const sides = changes.map(([side]) => side)
      assert.isBelow(sides.lastIndexOf("buy"), sides.includes("sell") ? sides.indexOf("sell") : Infinity)
      assert.strictEqual(new Set(changes.map(([side, price]) => `${side} ${price}`)).size, changes.length)
    }
    assert.isTrue(updates.some(({ changes }) => changes.length > 5))
    const snapshot = JSON.parse(texts(harness, '"snapshot"')[0]!) as { time: string }
    assert.strictEqual(updates[0]!.time, snapshot.time)
    const times = updates.map(({ time }) => time).filter((time) => !time.startsWith("0001"))
    assert.isTrue(times.every((time, n) => n === 0 || time >= times[n - 1]!))
    assert.isTrue(
      times.some((time) => time.endsWith(".000000Z")),
      "a heartbeat's second"
    )
  })

  it("refuses as the sheet says, a whole frame for one bad product, and goes on", () => {
    const { say } = bareTalk(coinbase, "/")
    const refused = (reason: string) => [JSON.stringify({ type: "error", message: "Failed to subscribe", reason })]
    const eth = { type: "subscribe", product_ids: ["ETH-USD"] }
    assert.deepStrictEqual(say({ ...eth, channels: [] }), refused("No channels provided"))
    assert.match(say({ ...eth, channels: ["level2"] }).join(), /now require authentication/)
    assert.deepStrictEqual(
      say({ type: "subscribe", product_ids: ["ETH-USD", "XXX-YYY"], channels: ["matches"] }),
      refused("XXX-YYY is not a valid product")
    )
    assert.deepStrictEqual(say("{nonsense"), ['{"type":"error","message":"Malformed JSON"}'])
    assert.deepStrictEqual(say({ type: "subscribe", channels: [{ name: "heartbeat", product_ids: ["SOL-USD"] }] }), [
      '{"type":"subscriptions","channels":[{"name":"heartbeat","product_ids":["SOL-USD"],"account_ids":null}]}'
    ])
  })

  it("lets a refused product be known as refused", () => {
    const harness = new VenueHarness({ venue: coinbase, symbols: ["BTC-USD"] })
    harness.join(["NOPE-USD"])
    assert.strictEqual(harness.feed("NOPE-USD").exchange.status().state, "rejected")
    harness.run(100)
    assert.strictEqual(harness.feed("BTC-USD").exchange.status().state, "live")
  })

  it("closes a socket that asks for nothing within 5 s", () => {
    const { talk, closes } = bareTalk(coinbase, "/")
    talk.tick(BEGIN + 4_900_000)
    assert.isEmpty(closes)
    talk.tick(BEGIN + 5_100_000)
    assert.deepStrictEqual(
      closes.map(({ code }) => code),
      [1008]
    )
  })

  it("shows a lost match by the next trade's id", () => {
    const harness = new VenueHarness({ venue: coinbase, symbols: ["BTC-USD"] })
    harness.run(200)
    let lost = 0
    harness.onFrame = (frame) => (frame.kind === "trade" && lost++ === 0 ? null : frame.text)
    harness.run(2_000)
    assert.isAbove(lost, 1)
    assert.strictEqual(harness.feed("BTC-USD").exchange.counts.trades_missed, 1)
  })

  it("is found again after a restart with other sequences", () => {
    const harness = new VenueHarness({ venue: coinbase })
    harness.run(500)
    harness.restart()
    harness.settle(1_000_000)
    harness.run(500)
    harness.settle(200_000)
    harness.assertTrue()
    assert.strictEqual(harness.feed("BTC-USD").exchange.status().epoch, 2)
  })

  it("gives the book, the trades and the products by REST", () => {
    const harness = new VenueHarness({ venue: coinbase })
    harness.run(500)
    const body = (path: string): unknown => JSON.parse(harness.gateway.rest(path, harness.at)!.body)
    const market = harness.markets.get("SKL-USD")!
    const book = body("/products/SKL-USD/book?level=2") as { bids: Array<unknown>; asks: Array<unknown> }
    assert.deepStrictEqual(
      book.bids,
      market.bids.map(({ price, size, orders }) => [price, size, orders])
    )
    assert.strictEqual(book.asks.length, market.asks.length)
    const [newest] = body("/products/SKL-USD/trades") as Array<{ trade_id: number; side: string }>
    const last = market.trades.at(-1)!
    assert.deepInclude(newest, { trade_id: last.id, side: last.side === "buy" ? "sell" : "buy" })
    assert.strictEqual((body("/products") as Array<{ id: string }>)[0]!.id, "BTC-USD")
    assert.strictEqual(harness.gateway.rest("/products/XXX-YYY/book?level=2", harness.at)!.status, 404)
    assert.isNull(harness.gateway.rest("/elsewhere", harness.at))
  })
})
