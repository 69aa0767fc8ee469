// Holds the simulated BitMEX, three types of market, to the real scheme and to the frames of its sheet: rows known by
// their keys, pools named apart, and lost frames that a later row of the same key or price betrays.
import { assert, describe, it } from "@effect/vitest"
import { bitmexInverse, bitmexPerp, bitmexSpot } from "../../../src/simulator/venues/BitMEX.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

const subscribe = (...args: ReadonlyArray<string>) => ({ op: "subscribe", args })

describe.each([bitmexSpot, bitmexPerp, bitmexInverse])("simulated BitMEX $marketType", (venue) => {
  const [one, two] = venue.listings.map(({ symbol }) => symbol)

  it("shows its markets on one socket exactly as they are, and every trade once", () => {
    const harness = new VenueHarness({ venue })
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

  it.each([
    ["insert", 0],
    ["insert", 2],
    ["delete", 0],
    ["delete", 2]
  ])(
    "betrays a lost or doubled frame (%s, %i times) by the keys of later rows, which repairs that market alone",
    (action, times) => {
      const harness = new VenueHarness({ venue, seed: action })
      harness.run(300)
      let struck = false
      harness.onFrame = ({ kind, symbol, text }) => {
        if (struck || kind !== "book" || symbol !== one || !text.includes(`"action":"${action}"`)) return text
        struck = true
        return Array.from({ length: times }, () => text)
      }
      const { counts } = harness.feed(one!).exchange
      for (let round = 0; round < 200 && counts.resyncs === 0; round++) harness.run(100)
      harness.run(100)
      harness.assertTrue()
      assert.strictEqual(counts.resyncs, 1)
      assert.strictEqual(harness.feed(two!).exchange.counts.resyncs, 0)
      assert.strictEqual(harness.connects, 1)
    }
  )

  it("is found again after a restart with other ids", () => {
    const harness = new VenueHarness({ venue })
    harness.run(300)
    harness.restart()
    harness.settle(1_000_000)
    harness.run(300)
    harness.assertTrue()
  })
})

describe("simulated BitMEX", () => {
  it("speaks as the sheet does", () => {
    const { say, move, sent } = bareTalk(bitmexInverse, "/realtime")
    assert.match(sent[0]!, /^\{"info":"Welcome to the BitMEX Realtime API\.","version":"2\.0\.0","timestamp":".{24}"/)
    const request = subscribe("orderBookL2:XBTUSD:Primary", "trade:XBTUSD:Primary")
    const [book, trade, partial, history] = say(request)
    const asked = JSON.stringify(request)
    assert.strictEqual(book, `{"success":true,"subscribe":"orderBookL2:XBTUSD","pool":"Primary","request":${asked}}`)
    assert.strictEqual(trade, `{"success":true,"subscribe":"trade:XBTUSD","pool":"Primary","request":${asked}}`)
    const ROW = new RegExp(
      String.raw`^\{"symbol":"XBTUSD","id":\d{11},"side":"Sell","size":\d+00,"price":\d{5}\.[05],"pool":"Primary",` +
        String.raw`"timestamp":".{24}","transactTime":".{24}"\}`
    )
    assert.match(partial!, /^\{"table":"orderBookL2","action":"partial","keys":\["symbol","id","side"\],"types":/)
    assert.match(partial!.slice(partial!.indexOf('"data":[') + 8), ROW)
    assert.match(history!, /^\{"table":"trade","action":"partial",.*"filter":\{"symbol":"XBTUSD"\},"data":\[\]\}$/)
    const moves = Array.from({ length: 200 }, (_, step) => move("XBTUSD", BEGIN + step * 1_000)).flat()
    const sample = (part: string): string => moves.find((text) => text.includes(part)) ?? assert.fail(part)
    assert.match(
      sample('"action":"delete"'),
      new RegExp(
        String.raw`^\{"table":"orderBookL2","action":"delete","data":\[\{"symbol":"XBTUSD","id":\d{11},` +
          String.raw`"side":"(Buy|Sell)","price":[\d.]+,"pool":"Primary",`
      )
    )
    assert.match(
      sample('"table":"trade"'),
      new RegExp(
        String.raw`^\{"table":"trade","action":"insert","data":\[\{"timestamp":".{24}","symbol":"XBTUSD",` +
          String.raw`"side":"(Buy|Sell)","size":\d+,"price":\d+\.\d,"tickDirection":"(Zero)?(Plus|Minus)Tick",` +
          String.raw`"trdMatchID":"[\da-f-]{36}","grossValue":\d+,"homeNotional":[\d.e-]+,"foreignNotional":\d+,` +
          String.raw`"trdType":"Regular","pool":"Primary"\}`
      )
    )
  })

  it("keeps the pools apart: Aggregated where none is named, Secondary empty", () => {
    const { say, move } = bareTalk(bitmexPerp, "/realtime")
    assert.include(say(subscribe("orderBookL2:XBTUSDT"))[0], '"pool":"Aggregated"')
    const [, secondary] = say(subscribe("orderBookL2:ETHUSDT:Secondary"))
    assert.include(secondary, '"filter":{"symbol":"ETHUSDT"},"data":[]}')
    assert.isTrue(move("XBTUSDT", BEGIN).every((text) => !text.includes("Primary")))
    assert.isEmpty(move("ETHUSDT", BEGIN))
  })

  it("takes topics of its address, lets them go, and refuses what it has not, each topic alone", () => {
    const { say, move, sent } = bareTalk(bitmexPerp, "/realtime?subscribe=orderBookL2:XBTUSDT:Primary")
    assert.strictEqual(sent.length, 3)
    assert.isNotEmpty(move("XBTUSDT", BEGIN))
    const leave = { op: "unsubscribe", args: ["orderBookL2:XBTUSDT:Primary"] }
    assert.deepStrictEqual(say(leave), [
      `{"success":true,"unsubscribe":"orderBookL2:XBTUSDT","pool":"Primary","request":${JSON.stringify(leave)}}`
    ])
    assert.isEmpty(move("XBTUSDT", BEGIN))
    const two = subscribe("quote:Primary", "orderBookL2:nope", "trade:SOLUSDT")
    assert.deepStrictEqual(
      say(two).map((text) => text.replace(`"request":${JSON.stringify(two)}`, "…")),
      [
        '{"status":400,"error":"Unknown table: quote","meta":{},…}',
        '{"status":400,"error":"Unknown symbol NOPE","meta":{},…}',
        '{"success":true,"subscribe":"trade:SOLUSDT","pool":"Aggregated",…}',
        sent.at(-1)
      ]
    )
    assert.match(say(subscribe("trade:SOLUSDT"))[0]!, /already subscribed to this topic: trade:SOLUSDT/)
    const many = Array.from({ length: 21 }, () => "trade:XBTUSDT")
    assert.match(say(subscribe(...many))[0]!, /Too many args sent\. Max length is 20\./)
    assert.deepStrictEqual(say("ping"), ["pong"])
    assert.match(say("{nonsense")[0]!, /"error":/)
  })

  it("keeps a price's id on either side of the book", () => {
    const { say, move } = bareTalk(bitmexInverse, "/realtime")
    const rows = (text: string) =>
      (JSON.parse(text) as { data: ReadonlyArray<{ id: number; price: number; side: string }> }).data
    const seen = new Map<number, { id: number; sides: Set<string> }>()
    const see = (text: string): void => {
      for (const { id, price, side } of rows(text)) {
        const known = seen.get(price)
        if (known === undefined) seen.set(price, { id, sides: new Set([side]) })
        else {
          assert.strictEqual(known.id, id)
          known.sides.add(side)
        }
      }
    }
    see(say(subscribe("orderBookL2:XBTUSD:Primary"))[1]!)
    for (let step = 0; step < 3_000; step++) move("XBTUSD", BEGIN + step).forEach(see)
    assert.strictEqual(new Set([...seen.values()].map(({ id }) => id)).size, seen.size)
    assert.isTrue([...seen.values()].some(({ sides }) => sides.size === 2))
  })

  it("gives the book by REST, sells first, and what it lists", () => {
    const { gateway, markets } = bareTalk(bitmexPerp, "/realtime")
    type Row = Readonly<Record<"symbol" | "side" | "pool", string>> & { readonly price: number }
    const body = (path: string) => JSON.parse(gateway.rest(path, BEGIN)!.body) as ReadonlyArray<Row>
    const rows = body("/api/v1/orderBook/L2?symbol=XBTUSDT&depth=25&pool=Primary")
    const { bids, asks } = markets.get("XBTUSDT")!
    assert.deepStrictEqual(
      rows.map(({ price }) => price),
      [...asks.slice(0, 25).reverse(), ...bids.slice(0, 25)].map(({ price }) => Number(price))
    )
    assert.isTrue(rows.every(({ side, pool }, place) => pool === "Primary" && side === (place < 25 ? "Sell" : "Buy")))
    assert.strictEqual(body("/api/v1/orderBook/L2?symbol=XBTUSDT").length, bids.length + asks.length)
    assert.strictEqual(gateway.rest("/api/v1/orderBook/L2?symbol=NOPE", BEGIN)!.status, 400)
    assert.deepStrictEqual(
      body("/api/v1/instrument/active").map(({ symbol }) => symbol),
      ["XBTUSDT", "ETHUSDT", "SOLUSDT", ".BXBT"]
    )
    assert.isNull(gateway.rest("/elsewhere", BEGIN))
  })
})
