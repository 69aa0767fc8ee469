// The main job on recorded input: the service as its own process, recorded frames served over real websockets and REST,
// markets created and switched on over HTTP, and the books read there equal, level by level, both what a replay ends
// with and what the naive fold of the raw frames gives. Once on the simulator's own recording, once on those of three
// real exchanges, where they are.
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
import { HAS_RECORDINGS } from "../support/realRecordings.ts"
import { type RecordedMarket, recordedMarkets, simulatedMarket } from "../support/Recordings.ts"
import { serviceProcess, type ServiceProcess } from "../support/ServiceProcess.ts"
import { until } from "../support/until.ts"

/** The catalog's number of a name, which is created when it is new. */
const named = Effect.fnUntraced(function* (
  { service, ids }: Running,
  path: string,
  body: Readonly<Record<string, string>>
) {
  const key = `${path} ${Object.values(body)[0]}`
  const known = ids.get(key)
  if (known !== undefined) return known
  const created = yield* service.json("POST", path, body)
  assert.strictEqual(created.status, 201)
  const { id } = created.body as { id: number }
  ids.set(key, id)
  return id
})

interface Running {
  readonly service: ServiceProcess
  /** Numbers of the catalog by path and name. */
  readonly ids: Map<string, number>
}

const followed = Effect.fnUntraced(function* (running: Running, one: RecordedMarket) {
  const { service } = running
  const market = yield* service.json("POST", "/markets", {
    exchange_id: yield* named(running, "/exchanges", { name: one.exchange }),
    base_symbol_id: yield* named(running, "/symbols", { symbol: one.pair[0] }),
    quote_symbol_id: yield* named(running, "/symbols", { symbol: one.pair[1] }),
    market_type: one.marketType
  })
  assert.strictEqual(market.status, 201)
  const { id, native_symbol } = market.body as ListedMarket
  assert.strictEqual(native_symbol, one.symbol)
  const on = yield* service.json("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
  assert.strictEqual(on.status, 200)
  return id
})

/** Follows one recorded market to its end, and compares its book and trades with both other foldings. */
const compared = Effect.fnUntraced(function* (running: Running, one: RecordedMarket) {
  const { service } = running
  const id = yield* followed(running, one)
  const rows = yield* readRecording(one.file)
  const [base, quote] = one.pair
  const found = resolve({ exchange: one.exchange, base, quote, market_type: one.marketType, native_symbol: null })
  if (typeof found === "string") return assert.fail(found)
  const events: Array<FeedEvent> = []
  const replay = foldRecording(found.scheme, found.symbol, "replay", rows, (event) => void events.push(event))
  const naive = one.naive()
  const frames = replay.frames * found.scheme.lines.length
  const market = yield* until(
    `all frames of ${one.name}`,
    Effect.map(service.json("GET", `/markets/${id}`), ({ body }) => body as ListedMarket),
    ({ feed }) => feed.state === "live" && feed.counters.frames >= frames
  )
  const { body } = yield* service.json("GET", `/markets/${id}/book?depth=5000&require=live`)
  const book = body as Book
  assert.deepStrictEqual(book.bids, replay.book.bidTexts(Infinity), `${one.name}: bids as replayed`)
  assert.deepStrictEqual(book.asks, replay.book.askTexts(Infinity), `${one.name}: asks as replayed`)
  assert.deepStrictEqual(book.bids, naive.bids, `${one.name}: bids as folded`)
  assert.deepStrictEqual(book.asks, naive.asks, `${one.name}: asks as folded`)
  assert.isAbove(book.bids.length, 10)
  assert.strictEqual(market.feed.counters.trades, naive.trades.length)
  assert.strictEqual(market.feed.counters.unknown, 0)
  assert.deepStrictEqual(
    events.flatMap((event) => (event.type === "trade" ? [`${event.id} ${event.side}`] : [])),
    naive.trades.map(({ id, side }) => `${id} ${side}`)
  )
})

/** One service that follows all of them, each at an address of its own. */
const serves = (cases: ReadonlyArray<RecordedMarket>) =>
  Effect.gen(function* () {
    const environment: Record<string, string> = { ...(yield* embeddedDatabase) }
    for (const { file, exchange, marketType } of cases) {
      const rows = yield* readRecording(file)
      const { url, restUrl } = yield* Playback.serve({ rows, host: "127.0.0.1", port: 0, speed: 0 })
      environment[`LEVEL4_${exchange.toUpperCase()}_${marketType}_WS_URL`] = url
      environment[`LEVEL4_${exchange.toUpperCase()}_${marketType}_REST_URL`] = restUrl
    }
    const running: Running = { service: yield* serviceProcess(environment), ids: new Map() }
    for (const one of cases) yield* compared(running, one)
  }).pipe(Effect.scoped)

describe("the service on recorded frames", { timeout: 120_000 }, () => {
  it.live("serves the very book of a simulated recording", () => serves([simulatedMarket]))

  it.live.skipIf(!HAS_RECORDINGS)("serves the very books of real recordings", () =>
    serves(recordedMarkets.filter((one) => one !== simulatedMarket))
  )
})
