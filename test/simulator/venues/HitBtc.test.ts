// Proves HitBTC's simulated venue against the real scheme, mediator and book: thousands of moves without a difference,
// a lost update found by its sequence and mended on the same socket; and its words against the sheet's.
import { assert, describe, it } from "@effect/vitest"
import { hitBtcPerp, hitBtcSpot } from "../../../src/simulator/venues/HitBtc.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

describe("simulated HitBTC, followed by the scheme", () => {
  for (const venue of [hitBtcSpot, hitBtcPerp]) {
    it(`never differs from the true book: ${venue.marketType}`, () => {
      const harness = new VenueHarness({ venue })
      for (let round = 0; round < 30; round++) {
        harness.run(100)
        harness.assertTrue()
      }
      harness.assertClean()
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 50)
    })
  }

  it("lets markets join and leave while it runs", () => {
    const harness = new VenueHarness({ venue: hitBtcSpot, symbols: ["BTCUSDT"] })
    harness.run(200)
    harness.join(["ETHBTC", "NEOBTC"])
    harness.run(500)
    harness.leave(["BTCUSDT"])
    harness.run(200)
    harness.join(["BTCUSDT"])
    harness.run(500)
    harness.assertTrue()
    harness.assertClean()
  })

  it("shows a lost update as a gap, mended on the same socket and without another book's trouble", () => {
    const harness = new VenueHarness({ venue: hitBtcSpot })
    harness.run(300)
    let seen = 0
    harness.onFrame = ({ kind, symbol, text }) =>
      kind === "book" && symbol === "ETHUSDT" && ++seen === 1 ? null : text
    harness.run(600)
    harness.assertTrue()
    assert.strictEqual(harness.feed("ETHUSDT").exchange.counts.gaps, 1)
    assert.strictEqual(harness.feed("BTCUSDT").exchange.counts.resyncs, 0)
    assert.strictEqual(harness.connects, 1)
  })

  it("has a doubled update dropped", () => {
    const harness = new VenueHarness({ venue: hitBtcPerp })
    harness.onFrame = ({ kind, text }) => (kind === "book" ? [text, text] : text)
    harness.run(500)
    harness.assertTrue()
    harness.assertClean()
  })

  it("begins new sequences after a restart", () => {
    const harness = new VenueHarness({ venue: hitBtcPerp })
    harness.run(300)
    harness.restart()
    harness.run(300)
    harness.assertTrue()
    assert.strictEqual(harness.connects, 2)
  })

  it("only leaves an unknown symbol out, which is enough to refuse it", () => {
    const harness = new VenueHarness({ venue: hitBtcSpot, symbols: ["BTCUSDT", "NOSUCH"] })
    harness.run(200)
    assert.strictEqual(harness.feed("NOSUCH").exchange.state, "rejected")
    assert.strictEqual(harness.feed("BTCUSDT").exchange.state, "live")
  })
})

describe("simulated HitBTC, word by word", () => {
  const PATH = "/api/3/ws/public"
  const request = (method: string, ch: string, symbols: ReadonlyArray<string>, more: object = {}) => ({
    method,
    ch,
    params: { symbols, ...more },
    id: 7
  })

  it("lists every active symbol of the channel, and gives each a snapshot once", () => {
    const { say } = bareTalk(hitBtcSpot, PATH)
    const [first, snapshot] = say(request("subscribe", "orderbook/full", ["BTCUSDT", "NOSUCH"]))
    assert.strictEqual(first, '{"result":{"ch":"orderbook/full","subscriptions":["BTCUSDT"]},"id":7}')
    assert.match(snapshot!, /^\{"ch":"orderbook\/full","snapshot":\{"BTCUSDT":\{"t":\d{13},"s":\d+,"a":\[\["/)
    const [second, ...more] = say(request("subscribe", "orderbook/full", ["BTCUSDT", "ETHBTC"]))
    assert.strictEqual(second, '{"result":{"ch":"orderbook/full","subscriptions":["BTCUSDT","ETHBTC"]},"id":7}')
    assert.strictEqual(more.length, 1)
    const left = say(request("unsubscribe", "orderbook/full", ["BTCUSDT"]))
    assert.deepStrictEqual(left, ['{"result":{"ch":"orderbook/full","subscriptions":["ETHBTC"]},"id":7}'])
    const none = say(request("subscribe", "trades", ["*"]))
    assert.deepStrictEqual(none, ['{"result":{"ch":"trades","subscriptions":[]},"id":7}'])
  })

  it("writes updates and trades as the capture shows them", () => {
    const { say, move } = bareTalk(hitBtcSpot, PATH)
    say(request("subscribe", "orderbook/full", ["NEOBTC"]))
    say(request("subscribe", "trades", ["NEOBTC"]))
    const said = Array.from({ length: 3_000 }, (_, n) => move("NEOBTC", BEGIN + n * 1000)).flat()
    const levels = String.raw`\[(\["0\.\d{7}","(0|\d+\.\d\d)"\],?)*\]`
    const book = String.raw`"t":\d{13},"s":(\d+),"a":${levels},"b":${levels}`
    const update = new RegExp(String.raw`^\{"ch":"orderbook/full","update":\{"NEOBTC":\{${book}\}\}\}$`)
    const fill = String.raw`\{"t":\d{13},"i":\d+,"p":"0\.\d{7}","q":"\d+\.\d\d","s":"(buy|sell)"\}`
    const trade = new RegExp(String.raw`^\{"ch":"trades","update":\{"NEOBTC":\[${fill}(,${fill})*\]\}\}$`)
    assert.isAbove(said.filter((text) => trade.test(text)).length, 50)
    const updates = said.filter((text) => !trade.test(text))
    const sequence = updates.map((text) => Number(update.exec(text)?.[1]))
    assert.deepStrictEqual(
      sequence,
      sequence.map((_, n) => sequence[0]! + n)
    )
    assert.isTrue(updates.some((text) => text.includes('"a":[],"b":[]')))
    assert.isTrue(updates.some((text) => text.includes(',"0"]')))
  })

  it("gives history of trades only where it is asked for", () => {
    const { say, move } = bareTalk(hitBtcSpot, PATH)
    for (let n = 0; n < 100; n++) move("BTCUSDT", BEGIN + n)
    assert.strictEqual(say(request("subscribe", "trades", ["BTCUSDT"])).length, 1)
    say(request("unsubscribe", "trades", ["BTCUSDT"]))
    const [, history] = say(request("subscribe", "trades", ["BTCUSDT"], { limit: 3 }))
    assert.match(history!, /^\{"ch":"trades","snapshot":\{"BTCUSDT":\[(\{"t":[^}]+\},?){3}\]\}\}$/)
  })

  it("refuses as the sheet shows", () => {
    const { say } = bareTalk(hitBtcSpot, PATH)
    const said = ['{"method":"nope","id":20}', request("subscribe", "orderbook/D30/100ms", []), "{nope"].flatMap(say)
    assert.deepStrictEqual(said, [
      '{"error":{"code":404,"message":"Unsupported API method","description":"Method is not supported: nope"},"id":20}',
      '{"error":{"code":2003,"message":"Unknown channel","description":"Channel is not supported: orderbook/D30/100ms"},"id":7}',
      '{"error":{"code":1,"message":"Invalid json","description":"JSON request is corrupted."}}'
    ])
  })

  it("lists its symbols and shows its book by REST", () => {
    const { gateway, markets } = bareTalk(hitBtcPerp, PATH)
    const get = (path: string): unknown => JSON.parse(gateway.rest(path, BEGIN)!.body)
    const { BTCUSDT_PERP: row } = get("/api/3/public/symbol") as Readonly<Record<string, unknown>>
    assert.deepInclude(row, { type: "futures", underlying: "BTC", base_currency: null, status: "working" })
    const { price, size } = markets.get("BTCUSDT_PERP")!.bids[0]!
    const book = get("/api/3/public/orderbook/BTCUSDT_PERP?depth=1")
    assert.deepInclude(book, { timestamp: new Date(BEGIN / 1000).toISOString(), bid: [[price, size]] })
    const sides = get("/api/3/public/orderbook/BTCUSDT_PERP?depth=0") as { readonly ask: ReadonlyArray<unknown> }
    assert.strictEqual(sides.ask.length, markets.get("BTCUSDT_PERP")!.asks.length)
    assert.strictEqual(gateway.rest("/api/3/public/orderbook/NOSUCH", BEGIN)!.status, 400)
    assert.isNull(gateway.rest("/api/3/public/nosuch", BEGIN))
    const client = { send: () => {}, close: () => {}, checksum: (_symbol: string, value: number) => value }
    assert.isString(gateway.connect("/api/2/ws", client, BEGIN))
  })
})
