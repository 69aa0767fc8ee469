// Holds the simulated Bitstamp, spot and perpetual, to the real scheme and to the frames of its sheet: REST books out
// of a cache that the diffs must be fitted to, and lost diffs that only the sampled best levels can show.
import { assert, describe, it } from "@effect/vitest"
import { bitstampPerp, bitstampSpot } from "../../../src/simulator/venues/Bitstamp.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const subscribe = (channel: string) => ({ event: "bts:subscribe", data: { channel } })
const error = (message: string) => [`{"event":"bts:error","channel":"","data":{"code":null,"message":"${message}"}}`]

describe.each([bitstampSpot, bitstampPerp])("simulated Bitstamp $marketType", (venue) => {
  const [one, two] = venue.listings.map(({ symbol }) => symbol)

  it("shows three markets on one socket exactly as they are, and every trade once", () => {
    const harness = new VenueHarness({ venue })
    harness.run(300)
    for (let round = 0; round < 300; round++) {
      harness.run(10)
      harness.assertTrue()
    }
    harness.assertClean()
    assert.isAbove(harness.feed(one!).trades.length, 100)
  })

  it("lets markets join and leave one by one", () => {
    const harness = new VenueHarness({ venue, symbols: [one!] })
    harness.run(300)
    harness.join([two!])
    harness.run(300)
    harness.leave([one!])
    harness.run(300)
    harness.assertTrue()
    harness.assertClean()
    assert.isEmpty(harness.frames.slice(-50).filter(({ symbol }) => symbol === one))
  })

  it("shows a lost diff by the best levels, which repairs that market alone", () => {
    const harness = new VenueHarness({ venue })
    harness.run(600)
    let lost = 0
    harness.onFrame = ({ kind, symbol, text }) => {
      const spoilt = kind === "book" && symbol === one && text.includes('"diff_order_book_') && lost < 5
      if (spoilt) lost++
      return spoilt ? null : text
    }
    harness.run(200)
    assert.strictEqual(lost, 5)
    harness.run(3_000)
    harness.assertTrue()
    assert.isAtLeast(harness.feed(one!).exchange.counts.resyncs, 1)
    assert.strictEqual(harness.feed(two!).exchange.counts.resyncs, 0)
  })

  it("shows swapped diffs by their stamps", () => {
    const harness = new VenueHarness({ venue })
    harness.run(600)
    let held: string | null = null
    let swapped = false
    harness.onFrame = ({ kind, symbol, text }) => {
      if (swapped || kind !== "book" || symbol !== one || !text.includes('"diff_order_book_')) return text
      if (held === null) {
        held = text
        return null
      }
      swapped = true
      return [text, held]
    }
    harness.run(3_000)
    assert.isTrue(swapped)
    harness.assertTrue()
    assert.strictEqual(harness.feed(one!).exchange.counts.gaps, 1)
  })

  it("is found again after a restart", () => {
    const harness = new VenueHarness({ venue })
    harness.run(300)
    harness.restart()
    harness.settle(1_000_000)
    harness.run(300)
    harness.assertTrue()
  })
})

describe("simulated Bitstamp", () => {
  const told = (venue: typeof bitstampSpot, part: string): string => {
    const harness = new VenueHarness({ venue })
    harness.run(300)
    return harness.frames.find(({ text }) => text.includes(part))?.text ?? assert.fail(part)
  }

  it("writes its frames as the sheet does, spot trades other than perpetual ones", () => {
    assert.match(
      told(bitstampSpot, '"diff_order_book_ethusd","event":"data"'),
      new RegExp(
        String.raw`^\{"data":\{"timestamp":"\d{10}","microtimestamp":"\d{16}","bids":\[(\["\d+\.\d\d",` +
          String.raw`"\d+\.\d{8}"\],?)*\],"asks":\[(\["\d+\.\d\d","\d+\.\d{8}"\],?)*\]\},` +
          String.raw`"channel":"diff_order_book_ethusd","event":"data"\}$`
      )
    )
    assert.match(
      told(bitstampSpot, '"event":"trade"'),
      new RegExp(
        String.raw`^\{"data":\{"id":\d+,"timestamp":"\d{10}","amount":[\d.]+,"amount_str":"\d+\.\d{8}",` +
          String.raw`"price":[\d.]+,"price_str":"[\d.]+","type":[01],"microtimestamp":"\d{13}000","buy_order_id":\d+,` +
          String.raw`"sell_order_id":\d+\},"channel":"live_trades_[a-z]+usd","event":"trade"\}$`
      )
    )
    assert.match(
      told(bitstampPerp, '"event":"trade"'),
      new RegExp(
        String.raw`^\{"data":\{"id":(\d{19}),"id_str":"\1","type":[01],"sell_order_id":\d+,"buy_order_id":\d+,` +
          String.raw`"amount":[\d.]+,"amount_str":"[\d.]+","price":[\d.]+,"price_str":"[\d.]+",` +
          String.raw`"microtimestamp":"\d{13}000","timestamp":"\d{13}"\},"channel":"live_trades_[a-z]+usd-perp",` +
          String.raw`"event":"trade"\}$`
      )
    )
  })

  it("gives the taker the newer order", () => {
    const { say, move, markets } = bareTalk(bitstampSpot, "/")
    say(subscribe("live_trades_btcusd"))
    const sides: Array<string> = []
    for (let step = 0; step < 200; step++) {
      for (const text of move("btcusd", BEGIN + step * 1000)) {
        const { data } = JSON.parse(text) as { data: { type: number; buy_order_id: number; sell_order_id: number } }
        assert.strictEqual(data.type === 0, data.buy_order_id > data.sell_order_id)
        sides.push(data.type === 0 ? "buy" : "sell")
      }
    }
    assert.deepStrictEqual(
      sides,
      markets.get("btcusd")!.trades.map(({ side }) => side)
    )
  })

  it("acknowledges and refuses as the sheet says", () => {
    const { say, closes, client, gateway, sent } = bareTalk(bitstampSpot, "/")
    assert.deepStrictEqual(say(subscribe("diff_order_book_btcusd")), [
      '{"event":"bts:subscription_succeeded","channel":"diff_order_book_btcusd","data":{}}'
    ])
    assert.deepStrictEqual(say(subscribe("diff_order_book_nopeusd")), [
      '{"event":"bts:subscription_succeeded","channel":"diff_order_book_nopeusd","data":{}}'
    ])
    assert.deepStrictEqual(say(subscribe("diff_order_book_BTC/USD")), error("Invalid channel provided."))
    assert.deepStrictEqual(say(subscribe("nonsense")), error("Bad subscription string."))
    assert.deepStrictEqual(say("{nonsense"), error("Incorrect JSON format."))
    assert.deepStrictEqual(say({ event: "bts:heartbeat" }), [
      '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}'
    ])
    gateway.maintenance(client, BEGIN)
    assert.strictEqual(sent.at(-1), '{"event":"bts:request_reconnect","channel":"","data":null}')
    assert.isEmpty(closes)
    say(`${" ".repeat(512)}{}`)
    assert.deepStrictEqual(closes, [{ code: 1009, reason: "" }])
  })

  it("closes a socket with more than 1,024 channels", () => {
    const { say, closes } = bareTalk(bitstampSpot, "/")
    for (let n = 0; n < 1_024; n++) say(subscribe(`live_trades_s${n}usd`))
    assert.isEmpty(closes)
    say(subscribe("live_trades_btcusd"))
    assert.strictEqual(closes.length, 1)
  })

  it("samples the best levels, and gives them the stamp of their last change", () => {
    const { say, move, talk, sent } = bareTalk(bitstampSpot, "/")
    say(subscribe("order_book_btcusd"))
    assert.strictEqual(move("btcusd", BEGIN + 1_000_000).length, 1)
    assert.isEmpty(move("btcusd", BEGIN + 1_050_000))
    talk.tick(BEGIN + 1_100_000)
    assert.strictEqual(sent.length, 2)
    talk.tick(BEGIN + 1_200_000)
    assert.strictEqual(sent.length, 3)
    assert.include(sent[2], `"microtimestamp":"${BEGIN + 1_050_000}"`)
    talk.tick(BEGIN + 1_400_000)
    assert.strictEqual(sent.length, 3)
  })

  it("answers REST out of a cache, in the spelling of the capture", () => {
    const { gateway, move, markets } = bareTalk(bitstampSpot, "/")
    const path = "/api/v2/order_book/btcusd/?group=1"
    const first = gateway.rest(path, BEGIN)!.body
    assert.match(first, /^\{"timestamp": "\d{10}", "microtimestamp": "\d{16}", "bids": \[\["[\d.]+", "[\d.]+"\], \[/)
    move("btcusd", BEGIN + 100_000)
    assert.strictEqual(gateway.rest(path, BEGIN + 200_000)!.body, first)
    const { microtimestamp, bids } = JSON.parse(gateway.rest(path, BEGIN + 700_000)!.body) as {
      microtimestamp: string
      bids: ReadonlyArray<unknown>
    }
    assert.strictEqual(microtimestamp, String(BEGIN + 100_000))
    assert.strictEqual(bids.length, markets.get("btcusd")!.bids.length)
    assert.strictEqual(gateway.rest("/api/v2/order_book/nopeusd/?group=1", BEGIN)!.status, 404)
    assert.include(gateway.rest("/api/v2/markets/", BEGIN)!.body, '"market_symbol":"btcusd","name":"BTC/USD"')
    assert.isNull(gateway.rest("/elsewhere", BEGIN))
  })
})
