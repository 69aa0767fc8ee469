// Owns the proof of the Kraken spot v2 scheme by the documents' snapshot and its checksum, and by sequences generated
// by the documents' rules, with the zeros that JSON loses and without them. Captures are KrakenCaptures.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import type { RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { countProofs } from "../../support/countProofs.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

const documented = (text: string): string =>
  `[${text
    .split(" ")
    .map((pair) => `{"price":0${pair.replace("/", `,"qty":`)}}`)
    .join(",")}]`
const BIDS = documented(
  ".5666/4831.75496356 .5665/6658.22734739 .5664/18724.91513344 .5663/11563.92544914 .5662/14006.65365711 " +
    ".5661/17454.85679807 .566/18097.1547 .5659/33644.89175666 .5658/148.3464 .5657/606.70854372"
)
const ASKS = documented(
  ".5668/4410.79769741 .5669/4655.40412487 .567/49844.89424998 .5671/24306.41678 .5672/29783.25223475 " +
    ".5673/57234.71239278 .5674/45065.04744 .5675/5912.76380354 .5676/42514.92434778 .5677/36304.0847022"
)
const snapshotOf = (bids: string, asks: string, checksum: number): string =>
  `{"channel":"book","type":"snapshot","data":[{"symbol":"MATIC/USD","bids":${bids},"asks":${asks},"checksum":${checksum}}]}`

describe("the documents' snapshot", () => {
  const lossOf = (text: string) => fold(krakenSpot, "MATIC/USD", [received(text)]).story.at(-1)
  it("matches its checksum, though JSON lost the padding", () => {
    assert.strictEqual(lossOf(snapshotOf(BIDS, ASKS, 2_439_117_997)), "live: ")
  })
  it("matches with the zeros on the wire as well", () => {
    const padded = (text: string) => text.replace(`0.566,"qty":18097.1547}`, `0.5660,"qty":18097.15470000}`)
    assert.strictEqual(lossOf(snapshotOf(padded(BIDS), ASKS, 2_439_117_997)), "live: ")
  })
  it("fails with one digit changed", () => {
    assert.match(lossOf(snapshotOf(BIDS.replace("148.3464", "148.3465"), ASKS, 2_439_117_997)) ?? "", /checksum/)
  })
  it("fails with the checksum of the unpadded numbers", () => {
    assert.match(lossOf(snapshotOf(BIDS, ASKS, 3_830_085_102)) ?? "", /checksum/)
  })
})

type Side = Map<number, string>
const digits = (text: string) => text.replace(".", "").replace(/^0+/, "")
const sortedTop = (side: Side, sign: number) => [...side].sort(([a], [b]) => sign * (a - b))

/** The venue's side, by its documents: text of fixed decimals, the best 1,000 a side, CRC32 of the ten best. */
class Venue {
  readonly bids: Side = new Map()
  readonly asks: Side = new Map()
  readonly rows: Array<RecordingRow> = []
  private seed = 7
  private readonly zeros: boolean
  constructor(zeros: boolean) {
    this.zeros = zeros
  }
  random(below: number): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647
    return this.seed % below
  }
  set(side: Side, price: number, size: number): readonly [number, string] {
    const text = size.toFixed(8)
    if (size === 0) side.delete(price)
    else side.set(price, text)
    return [price, text]
  }
  checksum(): number {
    const part = (side: Side, sign: number) =>
      sortedTop(side, sign)
        .slice(0, 10)
        .map(([price, size]) => digits(price.toFixed(2)) + digits(size))
        .join("")
    return crc32(part(this.asks, 1) + part(this.bids, -1))
  }
  say(type: string, bids: Iterable<readonly [number, string]>, asks: Iterable<readonly [number, string]>): void {
    for (const [side, sign] of [[this.bids, -1] as const, [this.asks, 1] as const]) {
      for (const [price] of sortedTop(side, sign).slice(1000)) side.delete(price)
    }
    const text = (levels: Iterable<readonly [number, string]>) =>
      [...levels].map(
        ([price, qty]) => `{"price":${this.zeros ? price.toFixed(2) : price},"qty":${this.zeros ? qty : Number(qty)}}`
      )
    const data = `"bids":[${text(bids).join()}],"asks":[${text(asks).join()}],"checksum":${this.checksum()}`
    const stamp = `"timestamp":"2026-11-23T10:00:00.${String(this.rows.length).padStart(6, "0")}Z"`
    this.rows.push(received(`{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD",${data},${stamp}}]}`))
  }
  run(levels: number, updates: number): void {
    for (let i = 1; i <= levels; i++) {
      this.set(this.bids, (900_000 - i * 50) / 100, 1 + this.random(1e9) / 1e8)
      this.set(this.asks, (900_000 + i * 50) / 100, 1 + this.random(1e9) / 1e8)
    }
    this.say("snapshot", this.bids, this.asks)
    for (let i = 0; i < updates; i++) {
      const near = this.random(4) > 0 ? 15 : levels
      const size = this.random(3) === 0 ? 0 : 1 + this.random(1e9) / 1e8
      const away = 25 + this.random(near) * 25
      if (this.random(2) === 0) this.say("update", [this.set(this.bids, (900_000 - away) / 100, size)], [])
      else this.say("update", [], [this.set(this.asks, (900_000 + away) / 100, size)])
    }
  }
}

describe("generated sequences", () => {
  for (const zeros of [true, false]) {
    it(`folds to the venue's book with every checksum, ${zeros ? "with" : "without"} trailing zeros`, () => {
      const venue = new Venue(zeros)
      venue.run(1000, 800)
      const [scheme, proofs] = countProofs(krakenSpot)
      const result = fold(scheme, "BTC/USD", venue.rows)
      assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(venue.bids, venue.asks))
      assert.deepStrictEqual(proofs, { held: 801, failed: 0 })
      assert.isAtMost(result.book.bidLevels, 1000)
      const { unknown, resyncs } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs], [0, 0])
    })
  }

  const venue = new Venue(true)
  venue.run(20, 60)
  const { rows } = venue
  const lossOf = (spoiledRows: ReadonlyArray<RecordingRow>) =>
    fold(krakenSpot, "BTC/USD", spoiledRows).story.find((line) => line.startsWith("resyncing")) ?? ""
  it("detects every missing frame of the top ten, at the latest when the level matters", () => {
    const missing = rows.slice(1, 40).filter((_, index) => lossOf(rows.toSpliced(index + 1, 1)).includes("checksum"))
    assert.isAbove(missing.length, 25)
  })
  it("gives the book up over a truncated frame, and over no frame of another channel", () => {
    assert.match(lossOf(rows.with(30, received(rows[30]!.text.slice(0, -5)))), /^resyncing: unreadable/)
    assert.match(lossOf(rows.with(30, received({ channel: "book", data: 1 }))), /^resyncing: unreadable/)
    const added = [{ channel: "novelty", data: [1] }, { method: "novelty" }, { notice: "x" }]
    for (const frame of added) assert.strictEqual(lossOf(rows.toSpliced(30, 0, received(frame))), "")
  })
})

const joined = (...symbols: ReadonlyArray<string>) => {
  const session = krakenSpot.session("all")
  session.join(symbols)
  return session
}

describe("frames", () => {
  it("subscribes both channels, twenty symbols a frame", () => {
    assert.deepStrictEqual(krakenSpot.session("all").join(["BTC/USD"]), [
      `{"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":1000,"snapshot":true}}`,
      `{"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"],"snapshot":false}}`
    ])
    assert.deepStrictEqual(joined("BTC/USD").leave(["BTC/USD"]), [
      `{"method":"unsubscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":1000}}`,
      `{"method":"unsubscribe","params":{"channel":"trade","symbol":["BTC/USD"]}}`
    ])
    assert.lengthOf(krakenSpot.session("all").join(Array.from({ length: 21 }, (_, i) => `A${i}/USD`)), 4)
  })
  it("tells trades, and takes a snapshot of them as an anchor alone", () => {
    const data = [
      {
        symbol: "BTC/USD",
        side: "buy",
        price: 105_944.2,
        qty: 0.00027625,
        ord_type: "limit",
        trade_id: 10_218_208,
        timestamp: "2023-10-06T17:35:55.440295Z"
      },
      {
        symbol: "BTC/USD",
        side: "sell",
        price: 105_944.1,
        qty: 1,
        trade_id: 10_218_209,
        timestamp: "2023-10-06T17:35:55.440296123Z"
      }
    ]
    const session = joined("BTC/USD")
    assert.deepStrictEqual(told(session, { channel: "trade", type: "update", data }), [
      {
        type: "trades",
        symbol: "BTC/USD",
        trades: [
          { id: 10_218_208, price: 105_944.2, size: 0.00027625, side: "buy", time: 1_696_613_755_440_295 },
          { id: 10_218_209, price: 105_944.1, size: 1, side: "sell", time: 1_696_613_755_440_296 }
        ]
      }
    ])
    assert.deepStrictEqual(told(session, { channel: "trade", type: "snapshot", data }), [
      { type: "trade_anchor", symbol: "BTC/USD", id: 10_218_209 }
    ])
    assert.deepStrictEqual(told(joined("ETH/USD"), { channel: "trade", type: "update", data }), [])
  })
  it("keeps a quantity that no double carries as its text, and takes one-sided updates", () => {
    const session = joined("SHIB/USD")
    told(session, `{"channel":"book","type":"snapshot","data":[{"symbol":"SHIB/USD","checksum":0}]}`)
    const update = `{"channel":"book","type":"update","data":[{"symbol":"SHIB/USD","bids":[{"price":0.00000811,"qty":1234567890.12345678}],"checksum":1}]}`
    assert.deepStrictEqual(told(session, update), [
      {
        type: "changes",
        symbol: "SHIB/USD",
        bids: [[0.00000811, "1234567890.12345678"]],
        asks: [],
        time: null,
        proof: 1
      }
    ])
  })
  it("drops updates until a snapshot came, and after a repair", () => {
    const update = { channel: "book", type: "update", data: [{ symbol: "A/B", bids: [], asks: [], checksum: 0 }] }
    const session = joined("A/B")
    assert.deepStrictEqual(told(session, update), [])
    assert.lengthOf(told(session, { ...update, type: "snapshot" }), 1)
    assert.lengthOf(told(session, update), 1)
    const [repair] = session.repair("A/B", { reason: "checksum", detail: "x" })
    assert.match(repair?.type === "resubscribe" ? repair.send.join() : "", /unsubscribe.*"snapshot":true/)
    assert.deepStrictEqual(told(session, update), [])
  })
  it("knows acknowledgements, heartbeats, pongs, other channels and other markets", () => {
    for (const frame of [
      `{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":13834774380200032777,"system":"online","version":"2.0.0"}]}`,
      { channel: "heartbeat" },
      { method: "pong", req_id: 42, time_in: "2023-09-25T09:05:00.123456Z" },
      { method: "subscribe", result: { channel: "book", depth: 1000, symbol: "A/B" }, success: true, req_id: 1 },
      { method: "unsubscribe", success: true },
      { channel: "ticker", type: "update", data: [] },
      { channel: "instrument", type: "snapshot", data: { pairs: [] } },
      { channel: "book", type: "snapshot", data: [{ symbol: "C/D", checksum: 1 }] }
    ]) {
      assert.deepStrictEqual(told(joined("A/B"), frame), [])
    }
  })
  it("halts under maintenance, whatever else its notice bears", () => {
    const data = [
      { version: "2.0.10", system: "maintenance", api_version: "v2", upcoming_maintenance: [], emergency: [] }
    ]
    assert.strictEqual(told(joined("A/B"), { channel: "status", type: "update", data })[0]?.type, "halted")
  })
  it("is live again when the venue trades again, although the market itself rests", () => {
    const status = (system: string) => received({ channel: "status", type: "update", data: [{ system }] })
    const rows = [received(snapshotOf(BIDS, ASKS, 2_439_117_997)), status("cancel_only")]
    const { exchange, book } = fold(krakenSpot, "MATIC/USD", rows)
    assert.strictEqual(exchange.state, "halted")
    const after = fold(krakenSpot, "MATIC/USD", [...rows, status("online")])
    assert.strictEqual(after.exchange.state, "live")
    assert.deepStrictEqual(levelsOf(after.book), levelsOf(book))
  })
  it("rejects an unknown pair alone, and waits when it was too fast", () => {
    const detail = "Currency pair not supported FOO/BAR"
    const refusal = (error: string, symbol?: string) =>
      told(joined("FOO/BAR", "A/B"), {
        method: "subscribe",
        success: false,
        error,
        ...(symbol === undefined ? {} : { symbol })
      })
    assert.deepStrictEqual(refusal(detail, "FOO/BAR"), [{ type: "rejected", symbol: "FOO/BAR", detail }])
    assert.deepStrictEqual(refusal(detail), [{ type: "rejected", symbol: "FOO/BAR", detail }])
    assert.deepStrictEqual(told(joined("FOO/BAR"), { error: detail, success: false, symbol: "FOO/BAR" }), [
      { type: "rejected", symbol: "FOO/BAR", detail }
    ])
    assert.deepStrictEqual(refusal("Already subscribed", "A/B"), [])
    assert.deepStrictEqual(told(joined("A/B"), { Error: "Exceeded msg rate" }), [
      { type: "reconnect", reason: "rate_limited", detail: "Exceeded msg rate", retryAfter: 10_000 }
    ])
  })
  it("calls a spoiled frame of its own channels unreadable, whatever else it bears", () => {
    for (const frame of [
      { channel: "book", type: "update", data: [{ symbol: "A/B", bids: [], asks: [] }] },
      { channel: "book", type: "update", data: [{ symbol: "A/B", bids: [{ price: 1 }], checksum: 1 }] },
      { channel: "book", type: "update", data: [{ symbol: "A/B", bids: [[1, 2]], checksum: 1 }] },
      { channel: "trade", type: "update", data: [{ symbol: "A/B", side: "up" }] },
      { channel: "book", method: "subscribe", success: true },
      { channel: "book", Error: "x" }
    ]) {
      assert.instanceOf(joined("A/B").receive(Buffer.from(JSON.stringify(frame)), 1), Unreadable)
    }
  })
})

it("refuses a name that is no pair", () => {
  assert.isNull(krakenSpot.fromNative("BTCUSD", "SPOT"))
})
