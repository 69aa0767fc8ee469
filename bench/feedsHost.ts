// Owns the near side of the feeds benchmark: a process that runs what the service runs for its feeds, registry, hub and
// settings, without database and API, so that its memory is theirs. Run by `fork` with the number of feeds; reads the
// venue's address from the setting of users.
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { EventHub } from "../src/hub/EventHub.ts"
import { FeedRegistry } from "../src/layers/FeedRegistry.ts"
import { OpenVenues } from "../src/layers/OpenVenues.ts"
import { Settings } from "../src/layers/Settings.ts"
import { market } from "./markets.ts"

const FEEDS = Number(process.argv[2])
/** Time to settle before memory is read. */
const SETTLE = 5_000

const megabytes = (): number => process.memoryUsage().rss / 1e6

const program = Effect.gen(function* () {
  const registry = yield* FeedRegistry
  const empty = megabytes()
  const markets = Array.from({ length: FEEDS }, (_, index) => market(index + 1, `S${index}`))
  const begun = performance.now()
  yield* Effect.forEach(markets, (one) => registry.start(one), { discard: true })
  const switched = performance.now() - begun
  let live = 0
  while (live < FEEDS) {
    yield* Effect.sleep(20)
    const views = yield* Effect.forEach(markets, (one) => registry.view(one))
    live = views.filter(({ state }) => state === "live").length
  }
  const all = performance.now() - begun
  yield* Effect.promise(() => sleep(SETTLE))
  const cpu = process.cpuUsage()
  const at = performance.now()
  yield* Effect.promise(() => sleep(SETTLE))
  const used = process.cpuUsage(cpu)
  const quiet = (used.user + used.system) / 1000 / (performance.now() - at)
  const book = yield* registry.book(markets[0]!, 1)
  process.send!({
    feeds: FEEDS,
    levels_a_side: book.bid_levels,
    rss_mb: Math.round(megabytes()),
    rss_mb_without_feeds: Math.round(empty),
    start_calls_ms: Math.round(switched),
    all_live_ms: Math.round(all),
    quiet_cpu_percent_of_a_core: Math.round(quiet * 10_000) / 100
  })
}).pipe(
  Effect.provide(
    FeedRegistry.layer.pipe(
      Layer.provide(EventHub.layer),
      Layer.provide(OpenVenues.layer),
      Layer.provide(FetchHttpClient.layer),
      Layer.provide(Settings.layer)
    )
  ),
  Effect.scoped
)

await Effect.runPromise(program)
process.disconnect()
