// The register as a whole: who is in it, what is refused and why, and every recording there is, simulated and real,
// through the scheme that the register finds for it.
import { assert, describe, it } from "@effect/vitest"
import type { MarketType } from "../../src/domain/MarketType.ts"
import type { MarketEvent } from "../../src/domain/Event.ts"
import { publicEvent } from "../../src/feeds/core/FeedEvent.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { foldRecording } from "../../src/feeds/recording/Replay.ts"
import { describeExchange, exchangeNames, resolve } from "../../src/schemes/Schemes.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { describeRecorded, recorded } from "../support/realRecordings.ts"
import { simulatedRecording } from "../support/simulatedRecording.ts"

interface Recorded {
  readonly file: string
  readonly exchange: string
  readonly type: MarketType
  readonly native: string
  readonly protocol?: string
}

/** Every symbol with a book in the recordings. */
const RECORDED: ReadonlyArray<Recorded> = [
  { file: "binance-spot", exchange: "Binance", type: "SPOT", native: "NKNUSDT" },
  { file: "binance-perp", exchange: "Binance", type: "PERP", native: "AKROUSDT" },
  { file: "binance-inverse", exchange: "Binance", type: "INVERSE", native: "XRPUSD_PERP" },
  ...["tIOTETH", "tDOGUSD", "tMNABTC", "tTESTBTC:TESTUSD", "tODEUSD", "tSNGUSD"].map((native): Recorded => ({
    file: "bitfinex",
    exchange: "Bitfinex",
    type: "SPOT",
    native
  })),
  { file: "bitflyer", exchange: "bitFlyer", type: "SPOT", native: "BTC_USD" },
  { file: "bitflyer", exchange: "bitFlyer", type: "SPOT", native: "ETH_JPY" },
  { file: "bitmex", exchange: "BitMEX", type: "PERP", native: "SOLUSDT" },
  { file: "bitmex", exchange: "BitMEX", type: "PERP", native: "ADAUSDT" },
  { file: "bitstamp", exchange: "Bitstamp", type: "SPOT", native: "ethusd" },
  { file: "bitstamp", exchange: "Bitstamp", type: "SPOT", native: "batbtc" },
  { file: "coinbase", exchange: "Coinbase", type: "SPOT", native: "SKL-USD" },
  { file: "ftx", exchange: "FTX", type: "PERP", native: "MKR-PERP" },
  { file: "ftx", exchange: "FTX", type: "SPOT", native: "CHZ/USDT" },
  { file: "gemini", exchange: "Gemini", type: "SPOT", native: "BTCGBP", protocol: "v2" },
  { file: "gemini", exchange: "Gemini", type: "SPOT", native: "ANKRUSD", protocol: "v2" },
  { file: "hitbtc-v3", exchange: "HitBTC", type: "SPOT", native: "NEOBTC" },
  { file: "kraken-v1", exchange: "Kraken", type: "SPOT", native: "XMR/USD", protocol: "v1" },
  { file: "kraken-v1", exchange: "Kraken", type: "SPOT", native: "OMG/USD", protocol: "v1" },
  { file: "kraken-futures", exchange: "Kraken", type: "INVERSE", native: "PI_LTCUSD" },
  { file: "poloniex", exchange: "Poloniex", type: "SPOT", native: "BTC_USDT" }
]

const TYPES: Readonly<Record<string, ReadonlyArray<MarketType>>> = {
  Binance: ["SPOT", "PERP", "INVERSE", "FUTURE"],
  Bitfinex: ["SPOT", "PERP"],
  bitFlyer: ["SPOT", "PERP"],
  BitMEX: ["SPOT", "PERP", "INVERSE", "FUTURE"],
  Bitstamp: ["SPOT", "PERP"],
  Bybit: ["SPOT", "PERP", "INVERSE", "FUTURE"],
  Coinbase: ["SPOT"],
  FTX: ["SPOT", "PERP", "FUTURE"],
  Gemini: ["SPOT", "PERP"],
  HitBTC: ["SPOT", "PERP"],
  Kraken: ["SPOT", "PERP", "INVERSE", "FUTURE"],
  Poloniex: ["SPOT", "PERP"]
}

/** A client that knows events alone: what it holds after each must be the book. */
class Consumer {
  seq = 0
  private readonly sides = { bids: new Map<string, string>(), asks: new Map<string, string>() }
  hear(event: MarketEvent): void {
    assert.strictEqual(event.seq, ++this.seq, "seq rises by one")
    if (event.type !== "book_snapshot" && event.type !== "book_change") return
    for (const side of ["bids", "asks"] as const) {
      if (event.type === "book_snapshot") this.sides[side].clear()
      for (const [price, size] of event[side]) {
        if (size === "0") this.sides[side].delete(price)
        else this.sides[side].set(price, size)
      }
    }
  }
  top(side: "bids" | "asks"): ReadonlyArray<readonly [string, string]> {
    const sign = side === "bids" ? -1 : 1
    return [...this.sides[side]].sort(([a], [b]) => (Number(a) - Number(b)) * sign)
  }
}

const BTCUSD = { base: "BTC", quote: "USD", native_symbol: null }

describe("the register of schemes", () => {
  it("names the twelve exchanges with the market types they have", () => {
    assert.sameMembers([...exchangeNames()], Object.keys(TYPES))
    for (const [name, types] of Object.entries(TYPES)) {
      assert.sameMembers([...describeExchange(name).market_types], [...types], name)
      for (const offer of describeExchange(name).offers) assert.isAbove(offer.guarantee.length, 40, name)
    }
  })

  it("knows exchanges without case, and calls those retired that closed", () => {
    assert.isTrue(describeExchange("KRAKEN").supported)
    const retired = exchangeNames().filter((name) => describeExchange(name.toLowerCase()).status === "retired")
    assert.deepStrictEqual(retired, ["BitMEX", "FTX"])
    assert.strictEqual(exchangeNames().length - retired.length, 10)
    assert.strictEqual(describeExchange("Nowhere").status, "unsupported")
  })

  it("says why a market can't be followed", () => {
    const refusal = (exchange: string, market_type: MarketType, protocol: string | null = null): string => {
      const found = resolve({ ...BTCUSD, exchange, market_type }, protocol)
      return typeof found === "string" ? found : "resolved"
    }
    assert.match(refusal("Nowhere", "SPOT"), /no scheme for Nowhere/)
    assert.match(refusal("Coinbase", "PERP"), /Coinbase has no PERP/)
    assert.match(refusal("Kraken", "FUTURE"), /needs its native_symbol/)
    assert.match(refusal("Kraken", "SPOT", "v9"), /no protocol v9.*v1/)
  })

  it("finds the system that carries a dated contract by its spelling", () => {
    const dated = (exchange: string, native_symbol: string) => {
      const found = resolve({ ...BTCUSD, exchange, market_type: "FUTURE", native_symbol })
      return typeof found === "string" ? found : found.scheme.protocol
    }
    assert.match(dated("Binance", "BTCUSDT_210924"), /USD-M/)
    assert.match(dated("Binance", "BTCUSD_210924"), /COIN-M/)
    assert.notStrictEqual(dated("Bybit", "BTCUSDH23"), dated("Bybit", "BTCUSDT-26MAR27"))
  })
})

/** Folds rows to their end beside a consumer of the events, through the scheme that the register finds. */
const replay = (market: Omit<Recorded, "file">, rows: ReadonlyArray<RecordingRow>): void => {
  const { exchange, type: market_type, native: native_symbol, protocol } = market
  const found = resolve({ exchange, base: "", quote: "", market_type, native_symbol }, protocol ?? null)
  if (typeof found === "string") return assert.fail(found)
  const consumer = new Consumer()
  const { exchange: out, book } = foldRecording(found.scheme, native_symbol, "replay", rows, (event) =>
    consumer.hear(publicEvent(event))
  )
  assert.deepStrictEqual(consumer.top("bids"), book.bidTexts(Infinity))
  assert.deepStrictEqual(consumer.top("asks"), book.askTexts(Infinity))
  assert.strictEqual(consumer.seq, out.seq)
  assert.strictEqual(out.counts.unknown, 0)
  assert.strictEqual(out.counts.resyncs, 0)
  assert.strictEqual(out.status().state, "live")
  assert.strictEqual(out.status().epoch, 1)
  assert.isAbove(book.bidLevels + book.askLevels, 4)
  // what is known of a recording is what its rows hold: nothing may be left over
  assert.strictEqual(out.counts.frames, rows.filter(({ kind }) => kind === "recv").length)
}

describe("a simulated market replays with no unknown frame, live to the end", () => {
  it.each(venues)("$exchange $marketType", ({ exchange, marketType }) => {
    const { rows, symbol } = simulatedRecording(exchange, marketType)
    replay({ exchange, type: marketType, native: symbol }, rows)
  })
})

describeRecorded("a recorded market replays with no unknown frame, live to the end", () => {
  it.each(RECORDED)("$file $native", ({ file, ...market }) => replay(market, recorded(file)))
})
