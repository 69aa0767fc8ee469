// Binance's three systems against the real schemes: books and trades over thousands of moves, markets joined and left
// on one socket, faults that the ids show, and the answers of the sheet word by word.
import { assert, describe, it } from "@effect/vitest"
import { binanceInverse, binancePerp, binanceSpot } from "../../../src/simulator/venues/Binance.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

describe.each([binanceSpot, binancePerp, binanceInverse])("Binance $marketType", (venue) => {
  it("shows the true books and every trade once, over thousands of moves", () => {
    const harness = new VenueHarness({ venue })
    for (let round = 0; round < 10; round++) {
      harness.run(500)
      harness.settle()
      harness.assertTrue()
    }
    harness.assertClean()
    for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 20)
  })

  it("lets markets join and leave one by one while it runs", () => {
    const [first, second, third] = venue.listings.map(({ symbol }) => symbol) as [string, string, string]
    const harness = new VenueHarness({ venue, symbols: [first] })
    harness.run(200)
    harness.join([second, third])
    harness.run(300)
    harness.leave([first])
    harness.run(300)
    harness.settle()
    assert.deepStrictEqual([...harness.feeds.keys()], [second, third])
    harness.assertTrue()
    harness.assertClean()
    const left = harness.frames.length
    harness.run(100)
    assert.isFalse(harness.frames.slice(left).some(({ symbol }) => symbol === first))
  })

  it("shows a lost book frame by its ids, and is whole again", () => {
    const harness = new VenueHarness({ venue })
    harness.run(300)
    const { symbol } = venue.listings[0]!
    let dropped = 0
    harness.onFrame = (frame) =>
      frame.kind === "book" && frame.symbol === symbol && dropped++ === 0 ? null : frame.text
    harness.run(300)
    harness.settle()
    harness.assertTrue()
    assert.isAbove(dropped, 1)
    const counts = venue.listings.map((listing) => harness.feed(listing.symbol).exchange.counts.gaps)
    assert.deepStrictEqual(counts, [1, 0, 0])
    assert.strictEqual(harness.connects, harness.scheme.lines.length)
  })

  it("has new sequences after a restart, and the feeds come back", () => {
    const harness = new VenueHarness({ venue })
    harness.run(300)
    harness.restart()
    harness.run(300)
    harness.settle()
    harness.assertTrue()
    assert.strictEqual(harness.connects, 2 * harness.scheme.lines.length)
  })

  it("answers an unknown symbol as the sheet says: acknowledged, silent, and refused by REST", () => {
    const harness = new VenueHarness({ venue })
    harness.sayRaw('{"method":"SUBSCRIBE","params":["nosuch@depth@100ms"],"id":77}')
    assert.strictEqual(harness.frames.at(-1)!.text, '{"result":null,"id":77}')
    const { system } = { system: { SPOT: "/api/v3", PERP: "/fapi/v1", INVERSE: "/dapi/v1", FUTURE: "" } }
    assert.deepStrictEqual(harness.gateway.rest(`${system[venue.marketType]}/depth?symbol=NOSUCH&limit=1000`, 0), {
      status: 400,
      body: '{"code":-1121,"msg":"Invalid symbol."}'
    })
  })

  it.each([
    ["{", '{"id":null,"error":{"code":3,"msg":"Invalid json"}}'],
    [
      '{"method":"SUBSCRIBE","params":["x"],"id":2}',
      '{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2}'
    ],
    [
      '{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":"a"}',
      '{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}'
    ]
  ])("answers %s with the venue's error", (said, answer) => {
    const harness = new VenueHarness({ venue })
    harness.sayRaw(said)
    assert.strictEqual(harness.frames.at(-1)!.text, answer)
    assert.deepStrictEqual(harness.unreadable, [])
  })
})

describe("Binance USD-M", () => {
  it("writes depth and trades with the keys of the frames of 2026-07, in their order", () => {
    const keysOf = (path: string, stream: string): ReadonlyArray<string> => {
      const { say, move, talk, sent } = bareTalk(binancePerp, path)
      say({ method: "SUBSCRIBE", params: [stream], id: 1 })
      for (let n = 1; n < 200; n++) move("BTCUSDT", BEGIN + n)
      talk.tick(BEGIN + 1_000_000)
      const { data }: { readonly data: object } = JSON.parse(sent.at(-1)!)
      return Object.keys(data)
    }
    const depth = ["e", "E", "T", "s", "ps", "U", "u", "pu", "b", "a", "st"]
    assert.deepStrictEqual(keysOf("/public/stream", "btcusdt@depth@100ms"), depth)
    const aggTrade = ["e", "E", "a", "s", "p", "q", "nq", "f", "l", "T", "m", "st"]
    assert.deepStrictEqual(keysOf("/market/stream", "btcusdt@aggTrade"), aggTrade)
  })
})
