// Proves FTX's simulated venue, which is history, against the real scheme, mediator and book: thousands of moves of a
// window of 100 levels without a difference, a lost update and a false checksum found and mended; and its words against
// the captures'.
import { assert, describe, it } from "@effect/vitest"
import { canonical } from "../../../src/domain/Decimal.ts"
import type { RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { resolve } from "../../../src/schemes/Schemes.ts"
import { randomOf } from "../../../src/simulator/Random.ts"
import type { SimLevel, SimStep } from "../../../src/simulator/Venue.ts"
import { ftxPerp, ftxSpot } from "../../../src/simulator/venues/FTX.ts"
import { fold, levelsOf, received } from "../../support/SchemeBench.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const DEPTH = 100

/** A market of up to 160 levels a side of which a few come and go a step, most of them about the 100th. */
const deepMarket = () => {
  const rand = randomOf("deep")
  const sizes = { bid: new Map<number, number>(), ask: new Map<number, number>() }
  const level = (side: "bid" | "ask", rank: number): SimLevel => {
    const size = sizes[side].get(rank) ?? 0
    const price = (2_400 + (side === "bid" ? -1 : 1) * (rank + 1) * 0.5).toFixed(1)
    return { price, size: size.toFixed(3), orders: size === 0 ? 0 : 1 }
  }
  const all = (side: "bid" | "ask"): ReadonlyArray<SimLevel> =>
    [...sizes[side].keys()].sort((a, b) => a - b).map((rank) => level(side, rank))
  const toggle = (side: "bid" | "ask"): ReadonlyArray<SimLevel> => {
    const ranks = new Set(Array.from({ length: 4 }, () => Math.floor(rand() * 160)))
    for (const rank of ranks) {
      if (sizes[side].has(rank) && rand() < 0.4) sizes[side].delete(rank)
      else sizes[side].set(rank, 1 + Math.floor(rand() * 9_000) / 1_000)
    }
    return [...ranks].map((rank) => level(side, rank))
  }
  for (let n = 0; n < 60; n++) for (const side of ["bid", "ask"] as const) toggle(side)
  const listing = ftxPerp.listings.find(({ symbol }) => symbol === "MKR-PERP")!
  const now = { ...listing, bids: all("bid"), asks: all("ask"), trades: [], version: 0, state: "trading" as const }
  return {
    now,
    step: (version: number): SimStep => {
      const step = { version, at: BEGIN + version, bids: toggle("bid"), asks: toggle("ask"), trades: [] }
      Object.assign(now, { version, bids: all("bid"), asks: all("ask") })
      return step
    }
  }
}

describe("simulated FTX, followed by the scheme", () => {
  for (const venue of [ftxSpot, ftxPerp]) {
    it(`never differs from the true book: ${venue.marketType}`, () => {
      const harness = new VenueHarness({ venue, depth: DEPTH, symbols: venue.listings.map(({ symbol }) => symbol) })
      for (let round = 0; round < 40; round++) {
        harness.run(100)
        harness.assertTrue()
      }
      harness.assertClean()
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 50)
    })
  }

  it("lets markets join and leave while it runs", () => {
    const harness = new VenueHarness({ venue: ftxSpot, depth: DEPTH, symbols: ["BTC/USD"] })
    harness.run(200)
    harness.join(["SHIB/USD", "CHZ/USDT"])
    harness.run(500)
    harness.leave(["BTC/USD"])
    harness.run(200)
    harness.join(["BTC/USD"])
    harness.run(500)
    harness.assertTrue()
    harness.assertClean()
  })

  it("shows a lost update by the next checksum, mended on the same socket and without another book's trouble", () => {
    const harness = new VenueHarness({ venue: ftxPerp, depth: DEPTH })
    harness.run(300)
    let dropped = 0
    harness.onFrame = ({ kind, symbol, text }) =>
      kind === "book" && symbol === "ETH-PERP" && text.includes('"update"') && ++dropped === 1 ? null : text
    harness.run(20)
    harness.settle(1_500_000)
    harness.run(300)
    harness.assertTrue()
    assert.strictEqual(harness.feed("ETH-PERP").exchange.counts.checksum_failures, 1)
    assert.strictEqual(harness.feed("BTC-PERP").exchange.counts.resyncs, 0)
    assert.strictEqual(harness.connects, 1)
  })

  it("has a false checksum mended", () => {
    const harness = new VenueHarness({ venue: ftxSpot, depth: DEPTH })
    harness.run(300)
    let spoiled = 0
    harness.onChecksum = (symbol, value) => (symbol === "ETH/USD" && ++spoiled === 1 ? value ^ 1 : value)
    harness.run(400)
    harness.assertTrue()
    assert.strictEqual(harness.feed("ETH/USD").exchange.counts.checksum_failures, 1)
    assert.strictEqual(harness.connects, 1)
  })

  it("shows the best 100 levels of a deeper book, in and out of the window, each frame proven", () => {
    const market = deepMarket()
    const gateway = ftxPerp.gateway(new Map([[market.now.symbol, market.now]]), () => 0)
    const rows: Array<RecordingRow> = [{ ...received("", BEGIN), kind: "open" }]
    const client = {
      send: (_kind: string, _symbol: string | null, text: string) => void rows.push(received(text, BEGIN)),
      close: () => {},
      checksum: (_symbol: string, value: number) => value
    }
    const talk = gateway.connect("/ws/", client, BEGIN)
    if (typeof talk === "string") return assert.fail(talk)
    talk.text('{"op":"subscribe","channel":"orderbook","market":"MKR-PERP"}')
    for (let n = 1; n <= 500; n++) {
      const step = market.step(n)
      gateway.step(market.now, step)
      talk.step(market.now, step)
    }
    const found = resolve({ exchange: "FTX", base: "MKR", quote: "USD", market_type: "PERP", native_symbol: null })
    const { book, exchange } = fold(typeof found === "string" ? assert.fail(found) : found.scheme, "MKR-PERP", rows)
    assert.strictEqual(exchange.state, "live")
    assert.strictEqual(exchange.counts.resyncs, 0)
    assert.isAbove(rows.length, 400)
    assert.isAbove(Math.min(market.now.bids.length, market.now.asks.length), DEPTH)
    const { bids, asks } = levelsOf(book)
    const prices = (levels: ReadonlyArray<SimLevel>) => levels.slice(0, DEPTH).map(({ price }) => canonical(price))
    assert.deepStrictEqual(
      bids.map(([price]) => price),
      prices(market.now.bids)
    )
    assert.deepStrictEqual(
      asks.map(([price]) => price),
      prices(market.now.asks)
    )
  })

  it("refuses an unknown market by its error", () => {
    const harness = new VenueHarness({ venue: ftxSpot, depth: DEPTH, symbols: ["BTC/USD", "NO/SUCH"] })
    harness.run(200)
    assert.notStrictEqual(harness.feed("NO/SUCH").exchange.state, "live")
    assert.isTrue(harness.frames.some(({ kind }) => kind === "error"))
  })
})

describe("simulated FTX, word by word", () => {
  const PATH = "/ws/"
  const ask = (op: string, channel: string, market: string) => ({ op, channel, market })

  it("acknowledges before the partial", () => {
    const { say } = bareTalk(ftxPerp, PATH)
    const [acknowledgement, partial] = say(ask("subscribe", "orderbook", "MKR-PERP"))
    assert.strictEqual(acknowledgement, '{"type": "subscribed", "channel": "orderbook", "market": "MKR-PERP"}')
    const head = '{"channel": "orderbook", "market": "MKR-PERP", "type": "partial", "data": {"time": 1795000000.0, '
    assert.isTrue(partial!.startsWith(head))
    assert.match(partial!, /"checksum": \d+, "bids": \[\[\d+\.[05], \d+\.\d+\], .*\]\], "action": "partial"\}\}$/)
    const { data } = JSON.parse(partial!) as { data: { bids: ReadonlyArray<unknown>; asks: ReadonlyArray<unknown> } }
    assert.isAtMost(Math.max(data.bids.length, data.asks.length), DEPTH)
  })

  it("writes updates and trades as the captures show them", () => {
    const { say, move } = bareTalk(ftxSpot, PATH)
    say(ask("subscribe", "orderbook", "SHIB/USD"))
    const history = say(ask("subscribe", "trades", "SHIB/USD"))
    assert.deepStrictEqual(history, ['{"type": "subscribed", "channel": "trades", "market": "SHIB/USD"}'])
    const said = Array.from({ length: 300 }, (_, n) => move("SHIB/USD", BEGIN + n * 500_000)).flat()
    const numeral = String.raw`(\d+\.\d+|\d(\.\d+)?e-\d\d)`
    const levels = String.raw`\[(\[${numeral}, ${numeral}\](, )?)*\]`
    const time = String.raw`"time": \d{10}\.\d+`
    const book = `"data": \\{${time}, "checksum": \\d+, "bids": ${levels}, "asks": ${levels}, "action": "update"\\}`
    const update = new RegExp(`^\\{"channel": "orderbook", "market": "SHIB/USD", "type": "update", ${book}\\}$`)
    const iso = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00"`
    const sides = `"side": "(buy|sell)", "liquidation": false, "time": ${iso}`
    const fill = `\\{"id": \\d+, "price": ${numeral}, "size": ${numeral}, ${sides}\\}`
    const trade = new RegExp(
      `^\\{"channel": "trades", "market": "SHIB/USD", "type": "update", "data": \\[${fill}(, ${fill})*\\]\\}$`
    )
    const trades = said.filter((text) => trade.test(text))
    assert.isAbove(trades.length, 10)
    assert.isTrue(trades.some((text) => text.includes(':00+00:00"') || /:\d\d\+00:00"/.test(text)))
    for (const text of said) if (!trade.test(text)) assert.match(text, update)
    assert.isTrue(
      said.some((text) => /e-05/.test(text)),
      "Python's scientific text"
    )
  })

  it("repeats a quiet book's checksum every second", () => {
    const { say, talk, sent } = bareTalk(ftxSpot, PATH)
    const checksum = (text: string): string | undefined => /"checksum": (\d+)/.exec(text)?.[1]
    const [, partial] = say(ask("subscribe", "orderbook", "ETH/USD"))
    for (let n = 1; n <= 35; n++) talk.tick(BEGIN + n * 100_000)
    const idle = sent.slice(2)
    assert.strictEqual(idle.length, 3)
    for (const text of idle) {
      assert.isTrue(text.includes('"bids": [], "asks": [], "action": "update"'))
      assert.strictEqual(checksum(text), checksum(partial!))
    }
  })

  it("answers pings, and refuses", () => {
    const { say } = bareTalk(ftxSpot, PATH)
    const said = [
      { op: "ping" },
      ask("subscribe", "orderbook", "NO/SUCH"),
      ask("subscribe", "trades", "BTC/USD"),
      ask("subscribe", "trades", "BTC/USD"),
      ask("unsubscribe", "trades", "BTC/USD"),
      ask("unsubscribe", "trades", "BTC/USD"),
      ask("subscribe", "candles", "BTC/USD"),
      { op: "nope" },
      "{nope"
    ].flatMap(say)
    assert.deepStrictEqual(said, [
      '{"type": "pong"}',
      '{"type": "error", "code": 404, "msg": "No such market: NO/SUCH"}',
      '{"type": "subscribed", "channel": "trades", "market": "BTC/USD"}',
      '{"type": "error", "code": 400, "msg": "Already subscribed"}',
      '{"type": "unsubscribed", "channel": "trades", "market": "BTC/USD"}',
      '{"type": "error", "code": 400, "msg": "Not subscribed"}',
      '{"type": "error", "code": 400, "msg": "Invalid channel: candles"}',
      '{"type": "error", "code": 400, "msg": "Invalid op: nope"}',
      '{"type": "error", "code": 400, "msg": "Invalid JSON"}'
    ])
  })

  it("announces maintenance by the info frame that asks to dial again", () => {
    const { gateway, client, sent } = bareTalk(ftxSpot, PATH)
    gateway.maintenance(client, BEGIN)
    assert.deepStrictEqual(sent, ['{"type": "info", "code": 20001, "msg": "Please reconnect"}'])
  })

  it("is history", () => {
    assert.isTrue(ftxSpot.history && ftxPerp.history)
  })

  it("lists its markets and shows its book by REST", () => {
    const { gateway, markets } = bareTalk(ftxSpot, PATH)
    const get = (path: string): unknown => JSON.parse(gateway.rest(path, BEGIN)!.body)
    const { result } = get("/api/markets") as { result: ReadonlyArray<{ name: string; priceIncrement: number }> }
    assert.deepStrictEqual(
      result.map(({ name, priceIncrement }) => [name, priceIncrement]),
      [
        ["BTC/USD", 1],
        ["ETH/USD", 0.1],
        ["CHZ/USDT", 1e-6],
        ["SHIB/USD", 1e-8],
        ["BTC-MOVE-0722", 1]
      ]
    )
    const { price, size } = markets.get("ETH/USD")!.bids[0]!
    const book = get("/api/markets/ETH/USD/orderbook?depth=1") as { result: { bids: ReadonlyArray<unknown> } }
    assert.deepStrictEqual(book.result.bids, [[Number(price), Number(size)]])
    assert.strictEqual(gateway.rest("/api/markets/NO/SUCH/orderbook", BEGIN)!.status, 404)
    assert.isNull(gateway.rest("/api/nosuch", BEGIN))
  })
})
