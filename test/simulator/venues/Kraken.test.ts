// Holds the simulated Kraken spot to the real scheme, and to the frames of its sheet: what one writes the other reads.
// The windows that the scheme never asks for (depth 10) are held to the true book by a reader of their own.
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { krakenSpot } from "../../../src/simulator/venues/Kraken.ts"
import { bareTalk, BEGIN } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`
const subscribe = (channel: string, symbol: ReadonlyArray<string>, more: object = {}) => ({
  method: "subscribe",
  params: { channel, symbol, ...more },
  req_id: 7
})

describe("simulated Kraken spot", () => {
  it("is followed without a difference, every trade once", () => {
    const harness = new VenueHarness({ venue: krakenSpot, symbols: krakenSpot.listings.map(({ symbol }) => symbol) })
    for (let round = 0; round < 40; round++) {
      harness.run(100)
      harness.assertTrue()
    }
    harness.assertClean()
    assert.isAbove(harness.feed("BTC/USD").trades.length, 100)
  })

  it("lets markets join and leave while it runs", () => {
    const harness = new VenueHarness({ venue: krakenSpot, symbols: ["BTC/USD"] })
    harness.run(200)
    harness.join(["ETH/BTC", "DOGE/EUR"])
    harness.run(500)
    harness.leave(["BTC/USD"])
    harness.run(200)
    harness.join(["BTC/USD"])
    harness.run(500)
    harness.assertTrue()
    harness.assertClean()
  })

  it("shows a lost update by the next checksum, mended on the same socket without a neighbour", () => {
    const harness = new VenueHarness({ venue: krakenSpot })
    harness.run(300)
    let lost = false
    harness.onFrame = ({ kind, symbol, text }) => {
      if (lost || kind !== "book" || symbol !== "ETH/USD" || !touchesTop(text, harness)) return text
      lost = true
      return null
    }
    harness.run(900)
    harness.assertTrue()
    assert.isTrue(lost)
    assert.isAtLeast(harness.feed("ETH/USD").exchange.counts.checksum_failures, 1)
    assert.strictEqual(harness.feed("BTC/USD").exchange.counts.resyncs, 0)
    assert.strictEqual(harness.connects, 1)
  })

  it("shows a corrupted checksum, which is mended too", () => {
    const harness = new VenueHarness({ venue: krakenSpot })
    harness.run(300)
    let left = 1
    harness.onChecksum = (symbol, value) => (symbol === "ETH/BTC" && left-- > 0 ? value ^ 1 : value)
    harness.run(300)
    harness.assertTrue()
    assert.strictEqual(harness.feed("ETH/BTC").exchange.counts.checksum_failures, 1)
    assert.strictEqual(harness.connects, 1)
  })

  it("is followed again after a restart and after maintenance", () => {
    const harness = new VenueHarness({ venue: krakenSpot })
    harness.run(300)
    harness.restart()
    harness.run(300)
    harness.assertTrue()
    const { gateway, client, sent } = bareTalk(krakenSpot, "/v2")
    gateway.maintenance(client, BEGIN)
    assert.match(
      sent.join("\n"),
      /"system":"online".*\n.*"system":"maintenance","api_version":"v2",.*"emergency":\[\]\}\]\}$/
    )
  })

  it("refuses an unknown pair by its name, and goes on", () => {
    const harness = new VenueHarness({ venue: krakenSpot, symbols: ["BTC/USD"] })
    harness.join(["FOO/BAR"])
    assert.strictEqual(harness.feed("FOO/BAR").exchange.status().state, "rejected")
    harness.run(100)
    assert.strictEqual(harness.feed("BTC/USD").exchange.status().state, "live")
  })

  it("speaks as the sheet does", () => {
    const { say, move, talk, sent } = bareTalk(krakenSpot, "/v2")
    assert.match(
      sent[0]!,
      new RegExp(
        String.raw`^\{"channel":"status","type":"update","data":\[\{"version":"2.0.10","system":"online",` +
          String.raw`"api_version":"v2","connection_id":\d{20},`
      )
    )
    const [first, second, snapshot] = say(subscribe("book", ["BTC/USD", "FOO/BAR", "ETH/USD"], { depth: 10 }))
    const times = `"time_in":"${TIME}","time_out":"${TIME}"`
    assert.match(
      first!,
      new RegExp(
        `^{"method":"subscribe","result":{"channel":"book","depth":10,"snapshot":true,"symbol":"BTC/USD"},"success":true,${times},"req_id":7}$`
      )
    )
    assert.match(
      second!,
      new RegExp(
        `^{"error":"Currency pair not supported FOO/BAR","method":"subscribe","req_id":7,"success":false,"symbol":"FOO/BAR",${times}}$`
      )
    )
    assert.include(snapshot, `"symbol":"ETH/USD"},"success":true`)
    assert.match(
      sent.at(-2)!,
      new RegExp(
        `^{"channel":"book","type":"snapshot","data":\\[{"symbol":"BTC/USD",` +
          `"bids":\\[({"price":\\d+\\.\\d,"qty":\\d+\\.\\d{8}},?){10}\\],` +
          `"asks":\\[.*\\],"checksum":\\d+,"timestamp":"${TIME}"}\\]}$`
      )
    )
    assert.deepStrictEqual(
      say(subscribe("book", ["BTC/USD"], { depth: 25 })).map((text) => text.match(/"error":"(.*?)"/)?.[1]),
      ["Already subscribed"]
    )
    assert.match(say({ method: "ping", req_id: 42 })[0]!, new RegExp(`^{"method":"pong","req_id":42,${times}}$`))
    say(subscribe("trade", ["BTC/USD"]))
    const trade = Array.from({ length: 200 }, (_, n) => move("BTC/USD", BEGIN + n * 1_000))
      .flat()
      .find((text) => text.includes(`"channel":"trade"`))
    assert.match(
      trade!,
      new RegExp(
        `^{"channel":"trade","type":"update","data":\\[{"symbol":"BTC/USD","side":"(buy|sell)","price":\\d+\\.\\d,"qty":\\d+\\.\\d{8},"ord_type":"limit","trade_id":\\d+,"timestamp":"${TIME}"}`
      )
    )
    const before = sent.length
    talk.tick(BEGIN + 2_000_000)
    assert.deepStrictEqual(sent.slice(before), ['{"channel":"heartbeat"}'])
    const [left] = say({ method: "unsubscribe", params: { channel: "book", symbol: ["BTC/USD"], depth: 10 } })
    assert.match(left!, /^\{"method":"unsubscribe","result":\{"channel":"book","depth":10,"symbol":"BTC\/USD"\},"succ/)
    assert.notInclude(move("BTC/USD", BEGIN + 3_000_000).join(), `"channel":"book"`)
  })

  it("leaves the cutting of a window to the client, whose checksum then holds", () => {
    const { say, move } = bareTalk(krakenSpot, "/v2")
    const texts = say(subscribe("book", ["DOGE/EUR"], { depth: 10 }))
    const book = { bids: new Map<string, string>(), asks: new Map<string, string>() }
    let widest = 0
    const apply = (text: string): void => {
      for (const side of ["bids", "asks"] as const) {
        const [, levels = ""] = new RegExp(`"${side}":\\[(.*?)\\]`).exec(text)!
        for (const [, price = "", qty = ""] of levels.matchAll(/"price":([\d.]+),"qty":([\d.]+)/g)) {
          if (Number(qty) === 0) book[side].delete(price)
          else book[side].set(price, qty)
        }
        const sign = side === "bids" ? -1 : 1
        const sorted = [...book[side]].sort(([a], [b]) => sign * (Number(a) - Number(b)))
        widest = Math.max(widest, sorted.length)
        book[side] = new Map(sorted.slice(0, 10))
      }
      const digits = [...book.asks, ...book.bids].flat().map((one) => one.replace(".", "").replace(/^0+/, ""))
      assert.strictEqual(Number(/"checksum":(\d+)/.exec(text)![1]), crc32(digits.join("")))
    }
    apply(texts.at(-1)!)
    for (let n = 0; n < 3_000; n++) move("DOGE/EUR", BEGIN + n).forEach(apply)
    assert.isAbove(widest, 10, "levels were pushed out without a removal")
  })

  it("gives the book of a tokenised stock in its asset class alone", () => {
    const listing = { ...krakenSpot.listings[0]!, symbol: "AAPLx/USD", base: "AAPLx" }
    const { gateway } = bareTalk({ ...krakenSpot, listings: [listing, krakenSpot.listings[1]!] }, "/v2")
    const body = (query: string) => gateway.rest(`/0/public/Depth?${query}`, BEGIN)!.body
    const stocks = "&asset_class=tokenized_asset"
    assert.match(body(`pair=AAPLxUSD&count=5${stocks}`), /"AAPLxUSD":\{"asks":\[\[/)
    assert.match(body("pair=ETHUSD&count=5"), /"ETHUSD":\{"asks":\[\[/)
    for (const query of ["pair=AAPLxUSD&count=5", `pair=ETHUSD&count=5${stocks}`])
      assert.match(body(query), /EQuery:Unknown asset pair/)
  })

  it("closes a socket that follows nothing for a minute", () => {
    const { talk, closes, say } = bareTalk(krakenSpot, "/v2")
    say(subscribe("trade", ["BTC/USD"]))
    talk.tick(BEGIN + 70_000_000)
    assert.isEmpty(closes)
    say({ method: "unsubscribe", params: { channel: "trade", symbol: ["BTC/USD"] } })
    talk.tick(BEGIN + 140_000_000)
    assert.strictEqual(closes.length, 1)
  })

  it("answers nonsense with an error and stays open", () => {
    const { say, closes } = bareTalk(krakenSpot, "/v2")
    for (const text of ["{", "7", `{"method":5}`, `{"method":"x"}`, `{"method":"subscribe","params":{"channel":"x"}}`])
      assert.match(say(text).join(), /"error":.*"success":false/)
    assert.isEmpty(closes)
  })
})

/** Whether an update says something that the ten best levels, and with them the checksum, show. */
const touchesTop = (text: string, harness: VenueHarness): boolean => {
  const { bids, asks } = harness.markets.get("ETH/USD")!
  const top = new Set([...bids.slice(0, 5), ...asks.slice(0, 5)].map(({ price }) => price))
  return [...text.matchAll(/"price":([\d.]+)/g)].some(([, price]) => top.has(price!))
}
