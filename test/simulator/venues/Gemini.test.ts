// Proves Gemini's simulated venue against the real scheme, mediator and book: thousands of moves without a difference,
// a lost change found and mended on the same socket; and its words against the sheet's.
import { assert, describe, it } from "@effect/vitest"
import { geminiPerp, geminiSpot } from "../../../src/simulator/venues/Gemini.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

describe("simulated Gemini, followed by the scheme", () => {
  for (const venue of [geminiSpot, geminiPerp]) {
    it(`never differs from the true book: ${venue.marketType}`, () => {
      const harness = new VenueHarness({ venue })
      for (let round = 0; round < 30; round++) {
        harness.run(100)
        harness.settle(200_000)
        harness.assertTrue()
      }
      harness.assertClean()
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 50)
    })
  }

  it("lets markets join and leave while it runs", () => {
    const harness = new VenueHarness({ venue: geminiSpot, symbols: ["btcusd"] })
    harness.run(200)
    harness.join(["ethbtc", "xrpusd"])
    harness.run(500)
    harness.leave(["btcusd"])
    harness.run(200)
    harness.join(["btcusd"])
    harness.run(500)
    harness.settle(200_000)
    harness.assertTrue()
    harness.assertClean()
  })

  it("shows a lost change as a gap, mended on the same socket and without another book's trouble", () => {
    const harness = new VenueHarness({ venue: geminiSpot })
    harness.run(300)
    let seen = 0
    harness.onFrame = ({ kind, symbol, text }) => (kind === "book" && symbol === "ethusd" && ++seen === 1 ? null : text)
    harness.run(600)
    harness.settle(200_000)
    harness.assertTrue()
    assert.strictEqual(harness.feed("ethusd").exchange.counts.gaps, 1)
    assert.strictEqual(harness.feed("btcusd").exchange.counts.resyncs, 0)
    assert.strictEqual(harness.connects, 1)
  })

  it("shows an altered size by the venue's best 20 levels", () => {
    const harness = new VenueHarness({ venue: geminiSpot })
    harness.run(300)
    const { price } = harness.markets.get("ethusd")!.bids[0]!
    let spoiled = false
    harness.onFrame = ({ kind, symbol, text }) => {
      if (spoiled || kind !== "book" || symbol !== "ethusd" || !text.includes('"b":[]')) return text
      spoiled = true
      return text.replace('"b":[]', `"b":[["${price}","77777.000000"]]`)
    }
    harness.run(900)
    harness.settle()
    harness.assertTrue()
    assert.isAtLeast(harness.feed("ethusd").exchange.counts.resyncs, 1)
  })

  it("begins new sequences after a restart", () => {
    const harness = new VenueHarness({ venue: geminiPerp })
    harness.run(300)
    harness.restart()
    harness.run(300)
    harness.settle(200_000)
    harness.assertTrue()
    assert.strictEqual(harness.connects, 2)
  })

  it("refuses an unknown market by name, and no neighbour of it", () => {
    const harness = new VenueHarness({ venue: geminiSpot, symbols: ["btcusd", "nosuchusd"] })
    harness.run(200)
    assert.strictEqual(harness.feed("nosuchusd").exchange.state, "rejected")
    assert.strictEqual(harness.feed("btcusd").exchange.state, "live")
  })
})

describe("simulated Gemini, word by word", () => {
  const PATH = "/?snapshot=-1"
  const subscribe = (...params: ReadonlyArray<string>) => ({ id: "x", method: "SUBSCRIBE", params })
  const OK = '{"id":"x","status":200}'

  it("says a fresh socket's snapshot before the acknowledgement, a later one after it, and none twice", () => {
    const { say } = bareTalk(geminiSpot, PATH)
    const [snapshot, acknowledgement] = say(subscribe("btcusd@depth@100ms"))
    assert.match(snapshot!, /"s":"btcusd","U":(\d+),"u":\1,/)
    assert.strictEqual(acknowledgement, OK)
    const [first, second] = say(subscribe("ETHUSD@depth@100ms"))
    assert.strictEqual(first, OK)
    assert.match(second!, /"s":"ethusd","U":(\d+),"u":\1,/)
    assert.deepStrictEqual(say(subscribe("ethusd@depth@100ms")), [OK])
  })

  it("sends as much of a snapshot as the connection asked for", () => {
    const first = (path: string) => bareTalk(geminiSpot, path).say(subscribe("btcusd@depth@100ms"))[0]!
    assert.strictEqual(first("/"), OK)
    assert.strictEqual((JSON.parse(first("/?snapshot=5")) as { readonly b: ReadonlyArray<unknown> }).b.length, 5)
  })

  it("writes frames as the sheet shows them", () => {
    const { say, move, talk, sent } = bareTalk(geminiSpot, PATH)
    const level = String.raw`\["\d+\.\d\d","\d+\.\d{8}"\]`
    const levels = String.raw`\[(${level}(,${level})*)?\]`
    const ids = String.raw`"U":\d{16},"u":\d{16}`
    const depth = new RegExp(
      String.raw`^\{"e":"depthUpdate","E":\d{19},"s":"btcusd",${ids},"b":${levels},"a":${levels}\}$`
    )
    const trade = /^\{"E":\d{19},"s":"btcusd","t":\d+,"p":"\d+\.\d\d","q":"\d+\.\d{8}","m":(true|false)\}$/
    assert.match(say(subscribe("btcusd@depth@100ms", "btcusd@trade", "ethusd@depth5"))[0]!, depth)
    const said = Array.from({ length: 200 }, (_, n) => move("btcusd", BEGIN + n)).flat()
    assert.isAbove(said.filter((text) => trade.test(text)).length, 10)
    for (const text of said) if (!trade.test(text)) assert.match(text, depth)
    talk.tick(BEGIN + 1_000_000)
    assert.match(sent.at(-1)!, /^\{"lastUpdateId":\d{16},"symbol":"ethusd","bids":\[\["/)
  })

  it("gathers the changes of 100 ms, now and then of less, and lets the first event overlap the snapshot", () => {
    const { say, move, talk, sent } = bareTalk(geminiSpot, PATH)
    const idsOf = (text: string) => {
      const { U, u } = JSON.parse(text) as { readonly U: number; readonly u: number }
      return { U, u }
    }
    for (let n = 0; n < 4; n++) move("btcusd", BEGIN + n)
    const { u: snapshot } = idsOf(say(subscribe("btcusd@depth@100ms"))[0]!)
    let [at, last, first, told] = [BEGIN, snapshot, true, 0]
    for (let n = 0; n < 2_000; n++) {
      at += 10_000
      const before = sent.length
      move("btcusd", at)
      if (n % 10 === 9) talk.tick(at)
      for (const text of sent.slice(before)) {
        const { U, u } = idsOf(text)
        if (first) assert.isAtMost(U, last)
        else assert.strictEqual(U, last)
        last = u
        first = false
        told++
      }
    }
    // 2,000 changes in 20 s: 200 events of 100 ms, and the early ones
    assert.isAbove(told, 200)
    assert.isBelow(told, 400)
  })

  it("answers as the sheet shows", () => {
    const { say, move } = bareTalk(geminiSpot, PATH)
    const said = [
      '{"id":100,"method":"ping"}',
      '{"id":4,"method":"SUBSCRIBE","params":["ethbtc@trade","nosuchperp@depth@100ms"]}',
      '{"id":11,"method":"depth"}',
      '{"id":2,"method":"subscribe","params":["ethbtc@trade"]}',
      '{"id":5,"method":"list_subscriptions"}',
      '{"id":3,"method":"UNSUBSCRIBE","params":["ethbtc@trade"]}'
    ].flatMap((text) => say(text))
    assert.deepStrictEqual(said, [
      '{"id":100,"status":200}',
      '{"id":4,"status":400,"error":{"code":-1013,"msg":"Invalid stream name: nosuchperp@depth@100ms"}}',
      '{"id":11,"status":400,"error":{"code":-1020,"msg":"Unsupported operation"}}',
      '{"id":2,"status":200}',
      '{"id":5,"status":200,"result":["ethbtc@trade"]}',
      '{"id":3,"status":200}'
    ])
    for (let n = 0; n < 100; n++) assert.deepStrictEqual(move("ethbtc", BEGIN + n), [])
  })

  it("closes the socket of a client that names too many streams", () => {
    const { say, closes } = bareTalk(geminiSpot, PATH)
    say(subscribe(...Array.from({ length: 101 }, () => "ethbtc@trade")))
    assert.deepStrictEqual(closes, [{ code: 1009, reason: "" }])
  })

  it("lists its symbols and shows its book by REST", () => {
    const { gateway, markets } = bareTalk(geminiSpot, "/")
    const get = (path: string): unknown => JSON.parse(gateway.rest(path, BEGIN)!.body)
    assert.deepStrictEqual(get("/v1/symbols"), ["btcusd", "ethusd", "solusd", "ethbtc", "xrpusd"])
    const details = { base_currency: "BTC", tick_size: 1e-8, product_type: "spot" }
    assert.deepInclude(get("/v1/symbols/details/BTCUSD"), details)
    const { price, size } = markets.get("btcusd")!.bids[0]!
    assert.deepInclude(get("/v1/book/btcusd?limit_bids=1"), { bids: [{ price, amount: size, timestamp: "0" }] })
    assert.strictEqual(gateway.rest("/v1/book/nosuch", BEGIN)!.status, 400)
    assert.isNull(gateway.rest("/v2/ticker", BEGIN))
  })
})
