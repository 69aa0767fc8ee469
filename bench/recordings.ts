// Owns the measurement of the way from text to events: every recording with a book through its scheme, mediator and book,
// production code without sockets, divided by JSON.parse alone on the same texts. Rounds of the two are interleaved and
// medians compared, since machines are shared and noisy; only the ratio is worth quoting.
//
//   npm run bench [-- DIR] [--json]
import { readdirSync, readFileSync } from "node:fs"
import { join, resolve as absolute } from "node:path"
import { gunzipSync } from "node:zlib"
import type { MarketType } from "../src/domain/MarketType.ts"
import { MarketId } from "../src/domain/Market.ts"
import type { RecordingRow } from "../src/feeds/Recording.ts"
import { FeedExchange } from "../src/feeds/FeedExchange.ts"
import { Mediator } from "../src/feeds/Mediator.ts"
import { OrderBook } from "../src/feeds/OrderBook.ts"
import { resolve } from "../src/schemes/Schemes.ts"
import type { TranslationScheme } from "../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../src/schemes/Wire.ts"

const ROUNDS = 15
/** A round repeats a recording until about so many frames went through. */
const FRAMES_A_ROUND = 6_000

/** What each recording holds: exchange, type, protocol and the symbols whose books are followed. */
const KNOWN: Readonly<Record<string, readonly [string, MarketType, string | null, ReadonlyArray<string>]>> = {
  "binance-spot": ["Binance", "SPOT", null, ["NKNUSDT"]],
  "binance-perp": ["Binance", "PERP", null, ["AKROUSDT"]],
  "binance-inverse": ["Binance", "INVERSE", null, ["XRPUSD_PERP"]],
  bitfinex: ["Bitfinex", "SPOT", null, ["tIOTETH", "tDOGUSD", "tMNABTC", "tTESTBTC:TESTUSD", "tODEUSD", "tSNGUSD"]],
  bitflyer: ["bitFlyer", "SPOT", null, ["BTC_USD", "ETH_JPY"]],
  bitmex: ["BitMEX", "PERP", null, ["SOLUSDT", "ADAUSDT"]],
  bitstamp: ["Bitstamp", "SPOT", null, ["ethusd", "batbtc"]],
  coinbase: ["Coinbase", "SPOT", null, ["SKL-USD"]],
  ftx: ["FTX", "PERP", null, ["MKR-PERP", "CHZ/USDT"]],
  gemini: ["Gemini", "SPOT", "v2", ["BTCGBP", "ANKRUSD"]],
  "hitbtc-v3": ["HitBTC", "SPOT", null, ["NEOBTC"]],
  "kraken-v1": ["Kraken", "SPOT", "v1", ["XMR/USD", "OMG/USD"]],
  "kraken-futures": ["Kraken", "INVERSE", null, ["PI_LTCUSD"]],
  poloniex: ["Poloniex", "SPOT", null, ["BTC_USDT"]]
}

interface Row {
  readonly recording: string
  readonly frames: number
  readonly bytes: number
  readonly json_parse_frames_per_s: number
  readonly level4_frames_per_s: number
  readonly ratio: number
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const timed = (work: () => void): number => {
  const begun = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - begun)
}

const rowsOf = (file: string): ReadonlyArray<RecordingRow> =>
  gunzipSync(readFileSync(file))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => Object.assign({ text: "" }, JSON.parse(line)) as RecordingRow)

const NO_PORTS = { fetch: () => {}, reconnect: () => {}, reject: () => {} }
const NO_SEND = (): void => {}

/** One pass over a recording: one session for all its symbols, as on a shared socket, and a mediator and book for each. */
const fold = (scheme: TranslationScheme, symbols: ReadonlyArray<string>, rows: ReadonlyArray<RecordingRow>): number => {
  let events = 0
  const sink = { wanted: true, emit: () => void events++ }
  const session = scheme.session("all")
  session.join(symbols)
  const mediators = new Map<string, Mediator>()
  for (const symbol of symbols) {
    const exchange = new FeedExchange(MarketId.make(1), "bench", sink, 0)
    exchange.signal("dial", null, 0)
    const mediator = new Mediator(scheme, symbol, new OrderBook(scheme.keepsText), exchange, NO_PORTS, 0)
    mediator.connected(0)
    mediators.set(symbol, mediator)
  }
  for (const { kind, url, text, at } of rows) {
    if (kind === "http") {
      const symbol = symbols.find((one) => url.includes(one))
      if (symbol !== undefined)
        mediators.get(symbol)!.execute(session.answer(symbol, 200, text, at), at, session, NO_SEND)
    }
    if (kind !== "recv") continue
    const result = session.receive(text, at)
    if (result instanceof Unreadable) throw new Error(result.detail)
    for (const instruction of result) {
      if ("symbol" in instruction && instruction.symbol !== null) {
        mediators.get(instruction.symbol)?.step(instruction, at, session, NO_SEND)
      }
    }
  }
  return events
}

const measure = (recording: string, file: string): Row | null => {
  const known = KNOWN[recording]
  if (known === undefined) return null
  const [exchange, market_type, protocol, symbols] = known
  const found = resolve({ exchange, base: "", quote: "", market_type, native_symbol: symbols[0]! }, protocol)
  if (typeof found === "string") throw new Error(found)
  const rows = rowsOf(file)
  const texts = rows.filter(({ kind }) => kind === "recv" || kind === "http").map(({ text }) => text)
  const repeats = Math.max(1, Math.round(FRAMES_A_ROUND / texts.length))
  const parse = () => {
    for (let i = 0; i < repeats; i++) for (const text of texts) JSON.parse(text)
  }
  const level4 = () => {
    for (let i = 0; i < repeats; i++) fold(found.scheme, symbols, rows)
  }
  for (let warm = 0; warm < 3; warm++) {
    timed(parse)
    timed(level4)
  }
  const parses: Array<number> = []
  const folds: Array<number> = []
  for (let round = 0; round < ROUNDS; round++) {
    parses.push(timed(parse))
    folds.push(timed(level4))
  }
  const rate = (nanoseconds: number): number => Math.round((texts.length * repeats * 1e9) / nanoseconds)
  return {
    recording,
    frames: texts.length,
    bytes: texts.reduce((sum, text) => sum + text.length, 0),
    json_parse_frames_per_s: rate(median(parses)),
    level4_frames_per_s: rate(median(folds)),
    ratio: median(parses) / median(folds)
  }
}

const json = process.argv.includes("--json")
const folder = process.argv.slice(2).find((argument) => !argument.startsWith("--"))
const directory = absolute(folder ?? join(import.meta.dirname, "../../shared/recordings"))
const rows: Array<Row> = []
for (const name of readdirSync(directory).filter((one) => one.endsWith(".ndjson.gz"))) {
  const row = measure(name.replace(".ndjson.gz", ""), join(directory, name))
  if (row === null) {
    console.error(`${name}: not known to this benchmark, left out`)
    continue
  }
  rows.push(row)
  if (!json) console.log(`${row.ratio.toFixed(2)}  ${row.recording} (${row.frames} frames, ${row.bytes} bytes)`)
}
const mean = Math.exp(rows.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / rows.length)
if (json) console.log(JSON.stringify({ geometric_mean_ratio: mean, recordings: rows }))
else console.log(`${mean.toFixed(2)}  geometric mean of ${rows.length} recordings, as a share of JSON.parse alone`)
