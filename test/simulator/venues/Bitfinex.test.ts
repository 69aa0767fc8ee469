// Holds the simulated Bitfinex to the real scheme, to the frames of its capture, and its checksum to the vendor's
// vector.
import { assert, describe, it } from "@effect/vitest"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import type { SimLevel, Venue } from "../../../src/simulator/Venue.ts"
import { bitfinexPerp, bitfinexSpot } from "../../../src/simulator/venues/Bitfinex.ts"
import { bookChecksum } from "../../../src/simulator/venues/bitfinexFrames.ts"
import { bareTalk, BEGIN } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

/** What the scheme asks for. */
const DEPTH = 100
const FLAGS = 32_768 + 65_536 + 131_072

const harnessOf = (venue: Venue, symbols?: ReadonlyArray<string>) =>
  new VenueHarness({ venue, depth: DEPTH, ...(symbols === undefined ? {} : { symbols }) })

const book = (symbol: string, len = "25") => ({ event: "subscribe", channel: "book", symbol, len })
const chanIdOf = (text: string): number => Number(/"chanId":(\d+)/.exec(text)![1])

describe("simulated Bitfinex", () => {
  for (const venue of [bitfinexSpot, bitfinexPerp]) {
    it(`is followed without a difference, every trade once: ${venue.marketType}`, () => {
      const symbols = venue.listings.map(({ symbol }) => symbol)
      const harness = harnessOf(venue, symbols)
      const seen = { cs: false, hb: false, exponent: false }
      harness.onFrame = ({ text }) => {
        seen.cs ||= text.includes(',"cs",')
        seen.hb ||= text.includes(',"hb",')
        seen.exponent ||= text.includes("e-7")
        return text
      }
      harness.settle()
      for (let round = 0; round < 40; round++) {
        harness.run(100)
        harness.assertTrue()
      }
      harness.assertClean()
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 50)
      assert.deepStrictEqual(seen, { cs: true, hb: true, exponent: venue === bitfinexSpot })
    })
  }

  it("lets markets join and leave while it runs", () => {
    const harness = harnessOf(bitfinexSpot, ["tBTCUSD"])
    harness.run(200)
    harness.join(["tTRXBTC", "tDOGE:USD"])
    harness.run(500)
    harness.leave(["tBTCUSD"])
    harness.run(200)
    harness.join(["tBTCUSD"])
    harness.run(500)
    harness.assertTrue()
    harness.assertClean()
  })

  it("shows any lost frame of a socket by its one sequence, even a trade", () => {
    for (const lost of ["book", "trade", "heartbeat"] as const) {
      const harness = harnessOf(bitfinexSpot)
      harness.run(300)
      let left = 1
      harness.onFrame = ({ kind, text }) => (kind === lost && left-- > 0 ? null : text)
      harness.run(4_000)
      harness.assertTrue()
      const { gaps, resyncs } = harness.feed("tBTCUSD").exchange.counts
      assert.isAtLeast(gaps + resyncs, 1, lost)
    }
  })

  it("shows a corrupted checksum, which is mended on the same socket without a neighbour", () => {
    const harness = harnessOf(bitfinexPerp)
    harness.run(300)
    let left = 1
    harness.onChecksum = (symbol, value) => (symbol === "tETHF0:USTF0" && left-- > 0 ? value ^ 1 : value)
    harness.run(1_000)
    harness.assertTrue()
    assert.strictEqual(harness.feed("tETHF0:USTF0").exchange.counts.checksum_failures, 1)
    assert.strictEqual(harness.feed("tBTCF0:USTF0").exchange.counts.resyncs, 0)
    assert.strictEqual(harness.connects, 1)
  })

  it("is followed again after a restart", () => {
    const harness = harnessOf(bitfinexSpot)
    harness.run(300)
    harness.restart()
    harness.run(400)
    harness.assertTrue()
    assert.strictEqual(harness.connects, 2)
  })

  it("refuses an unknown pair by its name, and goes on", () => {
    const harness = harnessOf(bitfinexSpot, ["tBTCUSD"])
    harness.join(["tNOPUSD"])
    assert.strictEqual(harness.feed("tNOPUSD").exchange.status().state, "rejected")
    harness.run(300)
    assert.strictEqual(harness.feed("tBTCUSD").exchange.status().state, "live")
  })

  it("makes the vendor's checksum", () => {
    const levels = (pairs: string): ReadonlyArray<SimLevel> =>
      pairs.split(" ").map((pair) => {
        const [price = "", size = ""] = pair.split("/")
        return { price, size, orders: 1 }
      })
    const bids = levels(
      "0.0000011/266122.94 0.00000109/500793.10790141 0.00000108/776367.43 0.00000107/23329.54842056 " +
        "0.00000106/116868.87735849 0.00000105/205000 0.00000103/227308.25386407 0.00000102/105000 0.00000101/2970 " +
        "0.000001/21000 0.0000007/10000 0.00000066/10000 0.0000006/100000 0.00000049/10000 0.00000025/2000 " +
        "0.00000006/100000 0.00000005/200000 0.00000001/640000"
    )
    const asks = levels(
      "0.00000111/4847.13 0.00000112/528102.69042633 0.00000113/302397.07 0.00000114/339088.93 0.00000126/245944.06 " +
        "0.00000127/5000 0.0000013/5000 0.00000134/8249.18938656 0.00000136/13161.25184766 0.00000145/2914 " +
        "0.0000015/54448.5 0.00000152/5538.54849594 0.00000153/62691.75475079 0.00000159/2914 " +
        "0.0000016/52631.10296831 " +
        "0.00000164/4000 0.00000166/3831.46784605 0.00000171/14575.17730379 0.00000174/3124.81815395 0.0000018/18000 " +
        "0.00000182/16000 0.00000186/4000 0.00000189/10000.686624 0.00000191/14500 0.00000193/2422"
    )
    assert.strictEqual(bookChecksum({ bids, asks }, 25), -1_175_357_890)
  })

  it("speaks as the capture does", () => {
    const { say, move, sent, talk } = bareTalk(bitfinexSpot, "/ws/2")
    assert.match(sent[0]!, /^\{"event":"info","version":2,"serverId":"[\da-f-]{36}","platform":\{"status":1\}\}$/)
    assert.deepStrictEqual(say({ event: "conf", flags: 65_536 }), ['{"event":"conf","status":"OK","flags":65536}'])
    const [told, history] = say({ event: "subscribe", channel: "trades", symbol: "tBTCUSD" })
    const id = chanIdOf(told!)
    assert.strictEqual(
      told,
      `{"event":"subscribed","channel":"trades","chanId":${id},"symbol":"tBTCUSD","pair":"BTCUSD"}`
    )
    assert.strictEqual(history, `[${id},[],1]`)
    const request = { ...book("tBTCUSD", "100"), prec: "P0", freq: "F0" }
    const before = sent.length
    say(request)
    talk.tick(BEGIN + 1)
    const [acknowledged, snapshot] = sent.slice(before)
    const bookId = chanIdOf(acknowledged!)
    assert.strictEqual(
      acknowledged,
      `{"event":"subscribed","channel":"book","chanId":${bookId},"symbol":"tBTCUSD","prec":"P0","freq":"F0","len":"100","pair":"BTCUSD"}`
    )
    assert.match(
      snapshot!,
      new RegExp(`^\\[${bookId},\\[(\\[\\d{5},\\d+,[\\d.]+\\],)+(\\[\\d{5},\\d+,-[\\d.]+\\],?)+\\],2\\]$`)
    )
    const frames = Array.from({ length: 300 }, (_, n) => move("tBTCUSD", BEGIN + n)).flat()
    frames.forEach((text, n) => assert.isTrue(text.endsWith(`,${n + 3}]`), text))
    const update = new RegExp(`^\\[${bookId},\\[\\d{5},(\\d+,-?[\\d.]+|0,1|0,-1)\\],\\d+\\]$`)
    const trade = new RegExp(`^\\[${id},"t[eu]",\\[\\d+,\\d{13},-?[\\d.]+,\\d{5}\\],\\d+\\]$`)
    for (const text of frames) assert.isTrue(update.test(text) || trade.test(text), text)
    assert.isTrue(frames.some((text) => text.includes('"te"')) && frames.some((text) => text.includes('"tu"')))
    say({ event: "conf", flags: FLAGS })
    const from = sent.length
    talk.tick(BEGIN + 16_000_000)
    const [sum, ...beats] = sent.slice(from)
    assert.match(sum!, new RegExp(`^\\[${bookId},"cs",-?\\d+,\\d+,\\d{13}\\]$`))
    assert.match(beats.join("\n"), new RegExp(`^\\[${id},"hb",\\d+,\\d{13}\\]\n\\[${bookId},"hb",\\d+,\\d{13}\\]$`))
    assert.deepStrictEqual(say({ event: "unsubscribe", chanId: bookId }), [
      `{"event":"unsubscribed","status":"OK","chanId":${bookId}}`
    ])
    assert.deepStrictEqual(say({ event: "ping", cid: 1234 }), [
      `{"event":"pong","ts":${(BEGIN + 16_000_000) / 1000},"cid":1234}`
    ])
  })

  it("keeps a client to the best 25 by explicit removals, never crossed between the frames of a step", () => {
    const { say, move, markets, talk, sent } = bareTalk(bitfinexSpot, "/ws/2")
    say(book("tETHUST"))
    talk.tick(BEGIN)
    const bids = new Map<number, number>()
    const asks = new Map<number, number>()
    const apply = ([price, count, amount]: ReadonlyArray<number>): void => {
      const side = amount! > 0 ? bids : asks
      if (count! > 0) side.set(price!, Math.abs(amount!))
      else assert.isTrue(side.delete(price!), "no unknown price is removed")
      assert.isBelow(Math.max(...bids.keys()), Math.min(...asks.keys()))
      assert.isAtMost(Math.max(bids.size, asks.size), 25)
    }
    const payload = (text: string): unknown => (JSON.parse(text) as ReadonlyArray<unknown>)[1]
    for (const level of payload(sent.at(-1)!) as ReadonlyArray<ReadonlyArray<number>>) apply(level)
    for (let n = 0; n < 3_000; n++) {
      for (const text of move("tETHUST", BEGIN + n)) apply(payload(text) as ReadonlyArray<number>)
      const best = markets.get("tETHUST")!.bids.slice(0, 25)
      assert.deepStrictEqual(
        [...bids].sort(([a], [b]) => b - a),
        best.map(({ price, size }) => [Number(price), Number(size)])
      )
    }
  })

  it("is late with a book's acknowledgement now and then, and never sends its data first", () => {
    const { say, move, sent, talk } = bareTalk(bitfinexSpot, "/ws/2")
    let late = 0
    for (let n = 0; n < 200; n++) {
      const at = sent.length
      if (say(book("tBTCUSD")).length === 0) {
        late++
        assert.isEmpty(move("tBTCUSD", BEGIN + n))
      }
      talk.tick(BEGIN + n)
      const id = chanIdOf(sent[at]!)
      assert.isTrue(sent[at + 1]!.startsWith(`[${id},[[`))
      say({ event: "unsubscribe", chanId: id })
    }
    assert.isAbove(late, 5)
  })

  it("refuses by number and repeats the request", () => {
    const { say, talk } = bareTalk(bitfinexPerp, "/ws/2")
    assert.deepStrictEqual(
      say({ event: "subscribe", channel: "book", symbol: "tNOPEF0:USTF0", prec: "P0", len: "25" }),
      [
        '{"channel":"book","symbol":"tNOPEF0:USTF0","prec":"P0","len":"25","event":"error","msg":"symbol: invalid","code":10300,"pair":"NOPEF0:USTF0"}'
      ]
    )
    const trades = { event: "subscribe", channel: "trades", symbol: "tBTCF0:USTF0", subId: "x" }
    const id = chanIdOf(say(trades)[0]!)
    assert.match(
      say(trades).join(),
      new RegExp(`"subId":"x","chanId":${id},"event":"error","msg":"subscribe: dup","code":10301,`)
    )
    assert.match(say({ event: "unsubscribe", chanId: 1 }).join(), /"code":10400/)
    assert.match(say({ event: "nonsense" }).join(), /"code":10000/)
    assert.deepStrictEqual(say("{nonsense"), [])
    const lens = ["1", "25", "100", "250"]
    const asked = lens.flatMap((len) => bitfinexPerp.listings.map(({ symbol }) => book(symbol, len)))
    assert.notMatch(asked.flatMap((one) => say(one)).join(), /"error"/)
    talk.tick(BEGIN)
    const rest = bitfinexPerp.listings.slice(1).map(({ symbol }) => ({ event: "subscribe", channel: "trades", symbol }))
    assert.notMatch(rest.flatMap((one) => say(one)).join(), /"error"/, "fifteen of thirty")
  })

  it("gives the book by REST, as the scheme reads it", () => {
    const { gateway, markets } = bareTalk(bitfinexPerp, "/ws/2")
    const symbol = "tBTCF0:USTF0"
    const { bids, asks } = markets.get(symbol)!
    const rows = (side: typeof bids) =>
      side.slice(0, 25).map(({ price, size }) => [Number(price), Number(size)] as const)
    const read = bitfinex.probe!.read(gateway.rest(bitfinex.probe!.path(symbol), BEGIN)!.body, symbol)
    assert.deepStrictEqual(read, { bids: rows(bids), asks: rows(asks), complete: false })
    assert.isNull(bitfinex.probe!.read(gateway.rest(bitfinex.probe!.path("tNOPUSD"), BEGIN)!.body, symbol))
  })

  it("allows a socket 30 channels", () => {
    const listings = Array.from({ length: 36 }, (_, n) => bitfinexSpot.listing(n))
    const { say } = bareTalk({ ...bitfinexSpot, listings }, "/ws/2")
    const answers = listings.flatMap(({ symbol }) => say({ event: "subscribe", channel: "trades", symbol }))
    assert.strictEqual(answers.filter((text) => text.includes('"subscribed"')).length, 30)
    assert.strictEqual(answers.filter((text) => text.includes('"subscribe: limit","code":10305')).length, 6)
  })

  it("closes a socket that follows nothing for a minute, and announces maintenance", () => {
    const { talk, closes, gateway, client, sent } = bareTalk(bitfinexSpot, "/ws/2")
    gateway.maintenance(client, BEGIN)
    assert.match(sent.at(-1)!, /^\{"event":"info","code":20060,"msg":"/)
    talk.tick(BEGIN + 59_000_000)
    assert.isEmpty(closes)
    talk.tick(BEGIN + 60_000_000)
    assert.strictEqual(closes.length, 1)
  })
})
