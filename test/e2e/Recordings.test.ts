// The main job on real input: the service as its own process, recorded frames of three exchanges served over real
// websockets and REST, markets created and switched on over HTTP, and the books read there equal, level by level, both
// what a replay ends with and what the naive fold of the raw frames gives.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Book } from "../../src/domain/Event.ts"
import type { ListedMarket } from "../../src/domain/Market.ts"
import type { FeedEvent } from "../../src/feeds/core/FeedEvent.ts"
import { Playback } from "../../src/feeds/recording/Playback.ts"
import { readRecording } from "../../src/feeds/recording/Recording.ts"
import { foldRecording } from "../../src/feeds/recording/Replay.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import { embeddedDatabase } from "../support/Databases.ts"
import { naiveBinance, naiveBitmex, naiveCoinbase, RECORDINGS } from "../support/naiveBooks.ts"
import { serviceProcess, type ServiceProcess } from "../support/ServiceProcess.ts"
import { until } from "../support/until.ts"

const CASES = [
  {
    file: "binance-spot",
    exchange: "Binance",
    type: "SPOT",
    pair: ["NKN", "USDT"],
    native: "NKNUSDT",
    naive: naiveBinance
  },
  {
    file: "binance-perp",
    exchange: "Binance",
    type: "PERP",
    pair: ["AKRO", "USDT"],
    native: "AKROUSDT",
    naive: naiveBinance
  },
  {
    file: "binance-inverse",
    exchange: "Binance",
    type: "INVERSE",
    pair: ["XRP", "USD"],
    native: "XRPUSD_PERP",
    naive: naiveBinance
  },
  {
    file: "coinbase",
    exchange: "Coinbase",
    type: "SPOT",
    pair: ["SKL", "USD"],
    native: "SKL-USD",
    naive: naiveCoinbase
  },
  { file: "bitmex", exchange: "BitMEX", type: "PERP", pair: ["SOL", "USDT"], native: "SOLUSDT", naive: naiveBitmex }
] as const

const ids = new Map<string, number>()

/** The catalog's number of a name, which is created when it is new. */
const named = Effect.fnUntraced(function* (service: ServiceProcess, path: string, body: Record<string, string>) {
  const key = `${path} ${Object.values(body)[0]}`
  const known = ids.get(key)
  if (known !== undefined) return known
  const created = yield* service.json("POST", path, body)
  assert.strictEqual(created.status, 201)
  const { id } = created.body as { id: number }
  ids.set(key, id)
  return id
})

const followed = Effect.fnUntraced(function* (service: ServiceProcess, one: (typeof CASES)[number]) {
  const market = yield* service.json("POST", "/markets", {
    exchange_id: yield* named(service, "/exchanges", { name: one.exchange }),
    base_symbol_id: yield* named(service, "/symbols", { symbol: one.pair[0] }),
    quote_symbol_id: yield* named(service, "/symbols", { symbol: one.pair[1] }),
    market_type: one.type
  })
  assert.strictEqual(market.status, 201)
  const { id, native_symbol } = market.body as ListedMarket
  assert.strictEqual(native_symbol, one.native)
  const on = yield* service.json("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
  assert.strictEqual(on.status, 200)
  return id
})

describe("the service on recorded frames", () => {
  it.live(
    "serves the very books of the recordings",
    () =>
      Effect.gen(function* () {
        const environment: Record<string, string> = { ...(yield* embeddedDatabase) }
        for (const { file, exchange, type } of CASES) {
          const rows = yield* readRecording(`${RECORDINGS}/${file}.ndjson.gz`)
          const { url, restUrl } = yield* Playback.serve({ rows, host: "127.0.0.1", port: 0, speed: 0 })
          environment[`LEVEL4_${exchange.toUpperCase()}_${type}_WS_URL`] = url
          environment[`LEVEL4_${exchange.toUpperCase()}_${type}_REST_URL`] = restUrl
        }
        const service = yield* serviceProcess(environment)
        for (const one of CASES) {
          const id = yield* followed(service, one)
          const rows = yield* readRecording(`${RECORDINGS}/${one.file}.ndjson.gz`)
          const [base, quote] = one.pair
          const found = resolve({ exchange: one.exchange, base, quote, market_type: one.type, native_symbol: null })
          if (typeof found === "string") return assert.fail(found)
          const events: Array<FeedEvent> = []
          const replay = foldRecording(found.scheme, found.symbol, "replay", rows, (event) => void events.push(event))
          const naive = one.naive(one.file, one.native)
          const frames = replay.frames * found.scheme.lines.length
          const market = yield* until(
            `all frames of ${one.file}`,
            Effect.map(service.json("GET", `/markets/${id}`), ({ body }) => body as ListedMarket),
            ({ feed }) => feed.state === "live" && feed.counters.frames >= frames
          )
          const { body } = yield* service.json("GET", `/markets/${id}/book?depth=5000&require=live`)
          const book = body as Book
          assert.deepStrictEqual(book.bids, replay.book.bidTexts(Infinity), `${one.file}: bids as replayed`)
          assert.deepStrictEqual(book.asks, replay.book.askTexts(Infinity), `${one.file}: asks as replayed`)
          assert.deepStrictEqual(book.bids, naive.bids, `${one.file}: bids as folded`)
          assert.deepStrictEqual(book.asks, naive.asks, `${one.file}: asks as folded`)
          assert.isAbove(book.bids.length, 10)
          assert.strictEqual(market.feed.counters.trades, naive.trades.length)
          assert.strictEqual(market.feed.counters.unknown, 0)
          assert.deepStrictEqual(
            events.flatMap((event) => (event.type === "trade" ? [`${event.id} ${event.side}`] : [])),
            naive.trades.map(({ id, side }) => `${id} ${side}`)
          )
        }
      }).pipe(Effect.scoped),
    120_000
  )
})
