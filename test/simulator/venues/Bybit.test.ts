// Holds the simulated Bybit v5, all three categories, to the real scheme and to the frames of its sheet: windows that
// levels enter and leave, update ids that rise by one, restarts of the service in the middle of it, and lost frames.
import { assert, describe, it } from "@effect/vitest"
import { bybitInverse, bybitLinear, bybitSpot } from "../../../src/simulator/venues/Bybit.ts"
import { bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const venues = [bybitSpot, bybitLinear, bybitInverse]

const data = (text: string) =>
  JSON.parse(text) as {
    type: string
    data: { u: number; seq: number; b: Array<[string, string]>; a: Array<[string, string]> }
  }

/** How many levels a side the scheme subscribes to. */
const depthOf = (harness: VenueHarness): number =>
  Number(/orderbook\.(\d+)\./.exec(harness.said.map(({ text }) => text).join())?.[1])

const opened = (venue: (typeof venues)[number], seed = "1"): VenueHarness =>
  new VenueHarness({ venue, seed, depth: depthOf(new VenueHarness({ venue })) })

describe.each(venues)("simulated Bybit $marketType", (venue) => {
  it("shows three markets on one socket exactly as they are, and every trade once", () => {
    const harness = opened(venue)
    for (let round = 0; round < 300; round++) {
      harness.run(10)
      harness.assertTrue()
    }
    harness.assertClean()
    assert.isAbove(harness.feed(venue.listings[0]!.symbol).trades.length, 100)
  })

  it("lets markets join and leave one by one", () => {
    const [one, two] = venue.listings.map(({ symbol }) => symbol)
    const depth = depthOf(opened(venue))
    const harness = new VenueHarness({ venue, symbols: [one!], depth })
    harness.run(300)
    harness.join([two!])
    harness.run(300)
    harness.leave([one!])
    harness.run(300)
    harness.assertTrue()
    harness.assertClean()
    assert.isEmpty(harness.frames.slice(-50).filter(({ symbol }) => symbol === one))
  })

  it("shows a lost, a doubled and two swapped book frames by their ids, and repairs that market alone", () => {
    const symbol = venue.listings[0]!.symbol
    for (const fault of ["lost", "doubled", "swapped"]) {
      const harness = opened(venue, fault)
      harness.run(300)
      let held: string | null = null
      let done = false
      harness.onFrame = ({ kind, symbol: about, text }) => {
        if (done || kind !== "book" || about !== symbol) return text
        if (fault === "swapped" && held === null) {
          held = text
          return null
        }
        done = true
        return fault === "lost" ? null : fault === "doubled" ? [text, text] : [text, held!]
      }
      harness.run(600)
      harness.settle(40_000)
      assert.isTrue(done)
      harness.assertTrue()
      assert.strictEqual(harness.feed(symbol).exchange.counts.gaps, fault === "doubled" ? 0 : 1, fault)
      assert.strictEqual(harness.feed(venue.listings[1]!.symbol).exchange.counts.resyncs, 0)
      assert.strictEqual(harness.connects, 1)
    }
  })

  it("shows a lost restart of the service, after which ids are small", () => {
    const symbol = venue.listings[0]!.symbol
    const harness = opened(venue)
    const lost: Array<string> = []
    harness.onFrame = ({ kind, symbol: about, text }) => {
      if (lost.length > 0 || kind !== "snapshot" || about !== symbol || !text.includes('"u":1,')) return text
      lost.push(text)
      return null
    }
    for (let round = 0; round < 500 && lost.length === 0; round++) harness.run(100)
    assert.isNotEmpty(lost)
    harness.run(50)
    harness.settle(40_000)
    harness.assertTrue()
    assert.strictEqual(harness.feed(symbol).exchange.counts.gaps, 1)
  })

  it("is found again after a restart with other ids", () => {
    const harness = opened(venue)
    harness.run(300)
    harness.restart()
    harness.settle(1_000_000)
    harness.run(300)
    harness.assertTrue()
  })
})

describe("simulated Bybit", () => {
  it("writes each category's frames in its own order and padding", () => {
    const sample = (venue: (typeof venues)[number], kind: string) => {
      const harness = opened(venue)
      harness.run(400)
      return harness.frames.find((frame) => frame.kind === kind && frame.symbol === venue.listings[0]!.symbol)!.text
    }
    const BOOK = new RegExp(
      String.raw`^\{"topic":"orderbook\.\d+\.BTCUSDT","ts":\d{13},"type":"delta","data":\{"s":"BTCUSDT","b":\[.*\],` +
        String.raw`"a":\[.*\],"u":\d+,"seq":\d+\},"cts":\d{13}\}$`
    )
    assert.match(sample(bybitSpot, "book"), BOOK)
    assert.notMatch(sample(bybitSpot, "snapshot"), /\.\d*0"/)
    assert.match(
      sample(bybitLinear, "book"),
      new RegExp(
        String.raw`^\{"topic":"orderbook\.\d+\.BTCUSDT","type":"delta","ts":\d{13},"data":\{"s":"BTCUSDT","b":\[.*\],` +
          String.raw`"a":\[.*\],"u":\d+,"seq":\d+\},"cts":\d{13}\}$`
      )
    )
    assert.match(sample(bybitLinear, "snapshot"), /"b":\[\["\d+\.\d0","\d+\.\d{3}"\]/)
    assert.match(sample(bybitInverse, "snapshot"), /"b":\[\["\d+\.[05]0","\d+"\]/)
    assert.match(
      sample(bybitSpot, "trade"),
      new RegExp(
        String.raw`^\{"topic":"publicTrade\.BTCUSDT","ts":\d+,"type":"snapshot","data":\[\{"i":"\d{19}","T":\d{13},` +
          String.raw`"p":"[\d.]+","v":"[\d.]+","S":"(Buy|Sell)","seq":\d+,"s":"BTCUSDT","BT":false,"RPI":false\}`
      )
    )
    assert.match(
      sample(bybitInverse, "trade"),
      new RegExp(
        String.raw`^\{"topic":"publicTrade\.BTCUSD","type":"snapshot","ts":\d+,"data":\[\{"T":\d{13},"s":"BTCUSD",` +
          String.raw`"S":"(Buy|Sell)","v":"\d+","p":"\d+\.[05]0","L":"(Zero)?(Plus|Minus)Tick","i":"[\da-f-]{36}",` +
          String.raw`"BT":false,"RPI":false,"seq":\d+\}`
      )
    )
  })

  it("acknowledges, refuses and pongs as each category does", () => {
    const open = (venue: (typeof venues)[number], category: string) => {
      const { say } = bareTalk(venue, `/v5/public/${category}`)
      return (request: unknown) => say(request)[0]!.replace(/"conn_id":"[\da-z]{20}-[\da-z]{5}"/, '"conn_id":"x"')
    }
    const spot = open(bybitSpot, "spot")
    const linear = open(bybitLinear, "linear")
    const book = { op: "subscribe", args: ["orderbook.50.BTCUSDT"] }
    assert.strictEqual(linear(book), '{"success":true,"ret_msg":"","conn_id":"x","req_id":"","op":"subscribe"}')
    assert.strictEqual(spot(book), '{"success":true,"ret_msg":"subscribe","conn_id":"x","op":"subscribe"}')
    assert.strictEqual(
      linear({ op: "subscribe", args: ["publicTrade.BTCUSDT"], req_id: "7" }),
      '{"success":true,"ret_msg":"","conn_id":"x","req_id":"7","op":"subscribe"}'
    )
    assert.strictEqual(
      linear({ op: "subscribe", args: ["publicTrade.ETHUSDT", "publicTrade.NOPE"] }),
      '{"success":false,"ret_msg":"error:handler not found,topic:publicTrade.NOPE","conn_id":"x","op":"subscribe"}'
    )
    assert.match(linear(book), /already subscribed/)
    assert.strictEqual(
      spot({ op: "subscribe", args: Array.from({ length: 11 }, () => "publicTrade.ETHUSDT") }),
      '{"success":false,"ret_msg":"args size \\u003e10","conn_id":"x","op":"subscribe"}'
    )
    assert.strictEqual(
      linear({ op: "ping" }),
      '{"success":true,"ret_msg":"pong","conn_id":"x","req_id":"","op":"ping"}'
    )
    assert.strictEqual(spot({ op: "ping" }), '{"success":true,"ret_msg":"pong","conn_id":"x","op":"ping"}')
    assert.match(linear("{nonsense"), /"success":false/)
  })

  it("tells a window of 50 levels whole: what leaves it is removed, what enters it is sent", () => {
    const { say, move, markets } = bareTalk(bybitLinear, "/v5/public/linear")
    const sides = { b: new Map<string, string>(), a: new Map<string, string>() }
    const apply = (text: string): void => {
      const frame = data(text)
      const anew = frame.type === "snapshot" || frame.data.u === 1
      for (const side of ["b", "a"] as const) {
        if (anew) sides[side].clear()
        for (const [price, size] of frame.data[side])
          if (size === "0") assert.isTrue(sides[side].delete(price))
          else sides[side].set(price, size)
      }
    }
    const market = markets.get("BTCUSDT")!
    apply(say({ op: "subscribe", args: ["orderbook.50.BTCUSDT"] })[1]!)
    let quiet = 0
    for (let step = 0; step < 1_500; step++) {
      const sent = move("BTCUSDT", 1_795_000_000_000_000 + step * 20_000)
      if (sent.length === 0) quiet++
      sent.forEach(apply)
      for (const [side, levels] of [["b", market.bids] as const, ["a", market.asks] as const]) {
        assert.strictEqual(sides[side].size, Math.min(50, levels.length))
        for (const { price, size } of levels.slice(0, 50)) assert.strictEqual(sides[side].get(price), size)
      }
    }
    assert.isAbove(quiet, 0)
  })

  it("goes on with another update id where nobody listened for a while", () => {
    const { say, move, markets } = bareTalk(bybitSpot, "/v5/public/spot")
    const args = ["orderbook.50.BTCUSDT"]
    const moved = () => {
      for (let step = 0; ; step++) {
        const sent = move("BTCUSDT", 1_795_000_000_100_000 + step)
        if (sent.length > 0) return data(sent[0]!).data.u
      }
    }
    const { u } = data(say({ op: "subscribe", args })[1]!).data
    assert.strictEqual(moved(), u + 1)
    say({ op: "unsubscribe", args })
    const { version } = markets.get("BTCUSDT")!
    assert.isEmpty(move("BTCUSDT", 1_795_000_000_200_000))
    assert.isAbove(markets.get("BTCUSDT")!.version, version)
    const again = data(say({ op: "subscribe", args })[1]!)
    assert.deepStrictEqual([again.type, again.data.u], ["snapshot", u + 2])
    assert.strictEqual(moved(), u + 3)
  })

  it("cuts a socket that neither pings nor gets data for ten minutes", () => {
    const { talk, say, closes } = bareTalk(bybitLinear, "/v5/public/linear")
    talk.tick(1_795_000_500_000_000)
    say({ op: "ping" })
    talk.tick(1_795_001_050_000_000)
    assert.isEmpty(closes)
    talk.tick(1_795_001_150_000_000)
    assert.strictEqual(closes.length, 1)
  })

  it("serves one category a socket, and the book of the 1000-level topic by REST", () => {
    const { gateway, client, say, markets } = bareTalk(bybitLinear, "/v5/public/linear")
    assert.isString(gateway.connect("/v5/public/spot", client, 0))
    const { u } = data(say({ op: "subscribe", args: ["orderbook.1000.BTCUSDT"] })[1]!).data
    const body = (path: string) =>
      JSON.parse(gateway.rest(path, 0)!.body) as { retCode: number; result: Record<string, unknown> }
    const { result } = body("/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=5")
    assert.strictEqual(result["u"], u)
    assert.deepStrictEqual(
      result["b"],
      markets
        .get("BTCUSDT")!
        .bids.slice(0, 5)
        .map(({ price, size }) => [price, size])
    )
    assert.strictEqual(body("/v5/market/orderbook?category=linear&symbol=NOPE").retCode, 10001)
    assert.strictEqual(body("/v5/market/orderbook?category=spot&symbol=BTCUSDT").retCode, 10001)
    assert.strictEqual(body("/v5/market/instruments-info?category=linear&limit=1000").retCode, 0)
    assert.strictEqual(body("/v5/market/recent-trade?category=linear&symbol=BTCUSDT").retCode, 0)
    assert.isNull(gateway.rest("/v5/market/elsewhere", 0))
  })
})
