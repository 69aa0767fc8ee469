// Holds the simulated Poloniex, spot and futures, to the real scheme and to the frames of its sheet and capture.
import { assert, describe, it } from "@effect/vitest"
import { resolve } from "../../../src/schemes/Schemes.ts"
import { poloniexPerp, poloniexSpot } from "../../../src/simulator/venues/Poloniex.ts"
import type { Venue } from "../../../src/simulator/Venue.ts"
import { bareTalk, BEGIN } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const DEPTH = 20
const harnessOf = (venue: Venue, symbols?: ReadonlyArray<string>) =>
  new VenueHarness({ venue, depth: DEPTH, ...(symbols === undefined ? {} : { symbols }) })
const spotTalk = () => bareTalk(poloniexSpot, "/ws/public")
const perpTalk = () => bareTalk(poloniexPerp, "/ws/v3/public")
const subscribe = (channel: ReadonlyArray<string>, symbols: ReadonlyArray<string>) => ({
  event: "subscribe",
  channel,
  symbols
})

describe("simulated Poloniex", () => {
  for (const venue of [poloniexSpot, poloniexPerp]) {
    const [first = "", second = "", third = ""] = venue.listings.map(({ symbol }) => symbol)

    it(`is followed without a difference, every trade once: ${venue.marketType}`, () => {
      const harness = harnessOf(venue)
      let snapshots = 0
      harness.onFrame = ({ kind, text }) => {
        if (kind === "snapshot") snapshots++
        return text
      }
      for (let round = 0; round < 80; round++) {
        harness.run(100)
        harness.assertTrue()
      }
      harness.assertClean()
      assert.isAbove(snapshots, 0, "one came again")
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 100)
    })

    it(`lets markets join and leave while it runs: ${venue.marketType}`, () => {
      const harness = harnessOf(venue, [first])
      harness.run(200)
      harness.join([second, third])
      harness.run(500)
      harness.leave([first])
      harness.run(200)
      harness.join([first])
      harness.run(500)
      harness.assertTrue()
      harness.assertClean()
    })

    it(`shows a lost update by its chain, mended on the same socket without a neighbour: ${venue.marketType}`, () => {
      const harness = harnessOf(venue)
      harness.run(300)
      let left = 1
      harness.onFrame = ({ kind, symbol, text }) => (kind === "book" && symbol === second && left-- > 0 ? null : text)
      harness.run(300)
      harness.assertTrue()
      assert.strictEqual(harness.feed(second).exchange.counts.gaps, 1)
      assert.strictEqual(harness.feed(first).exchange.counts.resyncs, 0)
      assert.strictEqual(harness.connects, 1)
    })

    it(`begins new chains after a restart: ${venue.marketType}`, () => {
      const harness = harnessOf(venue)
      harness.run(300)
      harness.restart()
      harness.run(300)
      harness.assertTrue()
      assert.strictEqual(harness.connects, 2)
    })

    it(`refuses an unknown symbol without its name, and goes on: ${venue.marketType}`, () => {
      const harness = harnessOf(venue, [first])
      harness.join(["NOPE_USDT"])
      harness.run(2_000)
      assert.strictEqual(harness.feed("NOPE_USDT").exchange.status().state, "rejected")
      assert.strictEqual(harness.feed(first).exchange.status().state, "live")
    })
  }

  it("speaks as the capture of spot does", () => {
    const { say, move } = spotTalk()
    const symbols = ["BTC_USDT", "TRX_USDT"]
    const [trades, books, snapshot, other] = say(subscribe(["trades", "book_lv2"], symbols))
    assert.strictEqual(trades, '{"event":"subscribe","channel":"trades","symbols":["BTC_USDT","TRX_USDT"]}')
    assert.strictEqual(books, '{"event":"subscribe","channel":"book_lv2","symbols":["BTC_USDT","TRX_USDT"]}')
    const level = String.raw`\["[1-9]\d*(\.\d*[1-9])?","[\d.]+"\],?`
    const ids = String.raw`"lastId":(\d+),"id":(\d+),"ts":\d{13}`
    const shape = (sides: string, action: string) =>
      new RegExp(
        `^{"channel":"book_lv2","data":\\[{"symbol":"BTC_USDT","createTime":\\d{13},${sides},${ids}}\\],"action":"${action}"}$`
      )
    const full = `"asks":\\[(${level}){20}\\],"bids":\\[(${level}){20}\\]`
    assert.match(snapshot!, shape(full, "snapshot"))
    assert.include(other, '"symbol":"TRX_USDT"')
    const some = `"asks":\\[(${level})*\\],"bids":\\[(${level})*\\]`
    const frames = Array.from({ length: 300 }, (_, n) => move("BTC_USDT", BEGIN + n)).flat()
    const updates = frames.filter((text) => text.includes("book_lv2"))
    for (const text of updates) assert.match(text, shape(some, "update"))
    const chain = updates.map((text) => {
      const [, last, id] = /"lastId":(\d+),"id":(\d+)/.exec(text)!
      return [Number(last), Number(id)] as const
    })
    const began = Number(/"id":(\d+)/.exec(snapshot!)![1])
    chain.forEach(([last], n) => assert.strictEqual(last, n === 0 ? began : chain[n - 1]![1]))
    assert.isTrue(
      chain.some(([last, id]) => id - last > 1),
      "not dense"
    )
    const trade = frames.find((text) => text.includes('"trades"'))!
    assert.match(
      trade,
      new RegExp(
        String.raw`^\{"channel":"trades","data":\[\{"symbol":"BTC_USDT","amount":"[\d.]+","quantity":"0\.\d*[1-9]",` +
          String.raw`"takerSide":"(buy|sell)","createTime":\d{13},"price":"\d{5,6}(\.\d?[1-9])?","id":"\d+",` +
          String.raw`"ts":\d{13}\}\]\}$`
      )
    )
    const { amount, quantity, price } = (JSON.parse(trade) as { data: ReadonlyArray<Record<string, string>> }).data[0]!
    assert.closeTo(Number(amount), Number(quantity) * Number(price), 1e-6)
  })

  it("speaks as the probe of futures does", () => {
    const { say, move } = perpTalk()
    const [snapshot] = say(subscribe(["book_lv2"], ["BTC_USDT_PERP"])).slice(-1)
    assert.match(
      snapshot!,
      new RegExp(
        String.raw`^\{"channel":"book_lv2","data":\[\{"asks":\[(\["\d+\.\d\d","\d+"\],?){20}\],` +
          String.raw`"bids":\[(\["\d+\.\d\d","\d+"\],?){20}\],"lid":\d+,"id":\d+,"ts":\d{13},"s":"BTC_USDT_PERP",` +
          String.raw`"cT":\d{13}\}\],"action":"snapshot"\}$`
      )
    )
    say(subscribe(["trades"], ["BTC_USDT_PERP"]))
    const frames = Array.from({ length: 300 }, (_, n) => move("BTC_USDT_PERP", BEGIN + n)).flat()
    assert.match(
      frames.find((text) => text.includes('"trades"'))!,
      new RegExp(
        String.raw`^\{"channel":"trades","data":\[\{"id":\d+,"ts":\d{13},"s":"BTC_USDT_PERP","px":"\d+\.\d\d",` +
          String.raw`"qty":"\d+","amt":"[\d.]+","side":"(buy|sell)","cT":\d{13}\}\]\}$`
      )
    )
  })

  it("may send a change of futures before the first snapshot, never of spot", () => {
    const early = ({ say, move }: ReturnType<typeof bareTalk>, symbol: string): number => {
      let count = 0
      for (let n = 0; n < 300; n++) {
        move(symbol, BEGIN + n)
        const [, first] = say(subscribe(["book_lv2"], [symbol]))
        if (first!.includes('"update"')) count++
        say({ event: "unsubscribe", channel: ["book_lv2"], symbols: [symbol] })
      }
      return count
    }
    assert.isAbove(early(perpTalk(), "BTC_USDT_PERP"), 0)
    assert.strictEqual(early(spotTalk(), "BTC_USDT"), 0)
  })

  it("removes what leaves the window of 20", () => {
    const { say, move, markets } = spotTalk()
    type Side = ReadonlyArray<readonly [string, string]>
    const sidesOf = (text: string) =>
      (JSON.parse(text) as { data: ReadonlyArray<Record<"bids" | "asks", Side>> }).data[0]!
    const snapshot = sidesOf(say(subscribe(["book_lv2"], ["ETH_USDT"])).at(-1)!)
    const bids = new Map(snapshot.bids.map(([price, size]) => [Number(price), Number(size)]))
    for (let n = 0; n < 2_000; n++) {
      for (const text of move("ETH_USDT", BEGIN + n)) {
        for (const [price, size] of sidesOf(text).bids) {
          if (size !== "0") bids.set(Number(price), Number(size))
          else assert.isTrue(bids.delete(Number(price)))
        }
      }
      assert.deepStrictEqual(
        [...bids].sort(([a], [b]) => b - a),
        markets
          .get("ETH_USDT")!
          .bids.slice(0, DEPTH)
          .map(({ price, size }) => [Number(price), Number(size)])
      )
    }
  })

  it("drops unknown symbols among known ones, and refuses in words that name nobody", () => {
    const { say } = spotTalk()
    assert.deepStrictEqual(say(subscribe(["trades"], ["NOPE_USDT", "ETH_USDT"])), [
      '{"event":"subscribe","channel":"trades","symbols":["ETH_USDT"]}'
    ])
    const refusals = [
      subscribe(["trades"], ["BTC_USDT_PERP"]),
      subscribe(["nope"], ["ETH_USDT"]),
      subscribe(["book_lv2"], ["all"]),
      "hello"
    ].flatMap((request) => say(request))
    assert.deepStrictEqual(refusals, [
      '{"message":"no valid symbols","event":"error"}',
      '{"message":"Invalid channel values [\\"nope\\"]","event":"error"}',
      '{"message":"All symbols subscription is not allowed","event":"error"}',
      '{"message":"Not JSON string：hello","event":"error"}'
    ])
    assert.deepStrictEqual(say({ event: "list_subscriptions" }), [
      '{"event":"list_subscriptions","subscriptions":["trades"]}'
    ])
    assert.deepStrictEqual(say({ event: "unsubscribe_all" }), ['{"event":"unsubscribe_all"}'])
  })

  it("shows the books of its streams by REST, as each platform writes them, and refuses unknown symbols", () => {
    for (const [venue, talk, symbol, unknown] of [
      [poloniexSpot, spotTalk(), "BTC_USDT", { status: 400, body: '{"code":400,"message":"Invalid symbol"}' }],
      [poloniexPerp, perpTalk(), "BTC_USDT_PERP", { status: 200, body: '{"code":400,"msg":"Invalid symbol"}' }]
    ] as const) {
      const found = resolve({
        exchange: "Poloniex",
        base: "",
        quote: "",
        market_type: venue.marketType,
        native_symbol: symbol
      })
      const probe = typeof found === "string" ? assert.fail(found) : found.scheme.probe!
      const book = probe.read(talk.gateway.rest(probe.path(symbol), BEGIN)!.body, symbol)!
      const plain = (levels: ReadonlyArray<{ readonly price: string; readonly size: string }>) =>
        levels.slice(0, 20).map(({ price, size }) => [Number(price), Number(size)])
      const { bids, asks } = talk.markets.get(symbol)!
      assert.deepEqual([book.bids, book.asks], [plain(bids), plain(asks)])
      assert.deepStrictEqual(talk.gateway.rest(probe.path("NO_SUCH"), BEGIN), unknown)
      assert.isNull(talk.gateway.rest("/v2/nothing", BEGIN))
    }
  })

  it("answers pings, and drops a client that says nothing for 30 s, busy or not", () => {
    const { say, talk, closes, move } = spotTalk()
    say(subscribe(["book_lv2"], ["ETH_USDT"]))
    talk.tick(BEGIN + 29_000_000)
    assert.deepStrictEqual([...say({ event: "ping" }), ...say("ping")], ['{"event":"pong"}', '{"event":"pong"}'])
    talk.tick(BEGIN + 58_000_000)
    assert.isEmpty(closes)
    move("ETH_USDT", BEGIN + 58_500_000)
    talk.tick(BEGIN + 59_000_000)
    assert.strictEqual(closes.length, 1)
  })
})
