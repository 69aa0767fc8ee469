// Owns feeds that never leave the process, for tests of what stands on FeedRegistry: what was asked of them is
// recorded, and their state is what the test says. A market of the exchange Nowhere is refused, as one without a scheme
// is.
import { Context, Effect, Layer } from "effect"
import { Book } from "../../src/domain/Event.ts"
import { FeedRefused } from "../../src/domain/Failures.ts"
import { FeedCounters, type FeedState, FeedView } from "../../src/domain/FeedState.ts"
import type { ReasonCode } from "../../src/domain/ReasonCode.ts"
import { type Market, type MarketId, tagOf } from "../../src/domain/Market.ts"
import type { LiveFeed } from "../../src/feeds/market/LiveFeed.ts"
import { FeedRegistry } from "../../src/layers/FeedRegistry.ts"

export class FeedControl extends Context.Service<
  FeedControl,
  {
    /** What was asked for and what was done, in order: `start 1`, `stop 1`, `stopped 1`. */
    readonly asked: Array<string>
    readonly running: Map<MarketId, Market>
    /** Feeds of the test that are seen where feeds are measured, and nowhere else. */
    readonly measured: Array<LiveFeed>
    /** The state of every running feed. */
    state: FeedState
    reason: string | null
    reason_code: ReasonCode | null
    /** While set a stop waits for it. */
    holdStop: Effect.Effect<void> | undefined
    /** While set a book dies of it. */
    defect: unknown
    /** Spread over every book, though its schema may not allow it. */
    garble: object
  }
>()("test/FeedControl") {}

export const REFUSAL = "level4 has no scheme for Nowhere; GET /exchanges shows which it can follow."
export const SINCE = 1_795_000_000_000_000
const LEVELS = 100

const COUNTERS = new FeedCounters({
  frames: 12,
  bytes: 3456,
  ignored: 0,
  unknown: 0,
  invalid_levels: 0,
  invalid_trades: 0,
  trades: 1,
  trades_missed: 0,
  trades_repeated: 0,
  gaps: 0,
  checksum_failures: 0,
  crossed: 0,
  resyncs: 0,
  audits: 0,
  audits_failed: 0,
  audit_differences: 0,
  doubts: 0,
  doubts_confirmed: 0,
  connects: 1,
  restarts: 0
})
const ZERO = new FeedCounters(
  FeedCounters.make(Object.fromEntries(Object.keys(COUNTERS).map((key) => [key, 0])) as never)
)

const levels = (first: number, step: number, depth: number) =>
  Array.from({ length: Math.min(depth, LEVELS) }, (_, index) => [String(first + index * step), "0.5"] as const)

const makeRegistry = Effect.gen(function* () {
  const control = yield* FeedControl
  const status = (id: MarketId) => {
    const runs = control.running.has(id)
    return {
      state: runs ? control.state : ("stopped" as const),
      reason: runs ? control.reason : null,
      reason_code: runs ? control.reason_code : null,
      since: SINCE,
      epoch: runs ? 1 : 0,
      seq: runs ? 7 : 0,
      next_retry: null
    }
  }
  return FeedRegistry.of({
    start: (market) =>
      Effect.suspend(() => {
        control.asked.push(`start ${market.id}`)
        if (market.exchange.name === "Nowhere") return Effect.fail(new FeedRefused({ detail: REFUSAL }))
        control.running.set(market.id, market)
        return Effect.void
      }),
    stop: (id) =>
      Effect.gen(function* () {
        control.asked.push(`stop ${id}`)
        if (control.holdStop !== undefined) yield* control.holdStop
        control.running.delete(id)
        control.asked.push(`stopped ${id}`)
      }),
    view: ({ id }) =>
      Effect.sync(
        () =>
          new FeedView({
            ...status(id),
            ts_exchange: null,
            ts_received: control.running.has(id) ? SINCE : null,
            counters: control.running.has(id) ? COUNTERS : ZERO,
            unknown_sample: null
          })
      ),
    book: (market, depth) =>
      Effect.suspend(() => {
        if (control.defect !== undefined) return Effect.die(control.defect)
        const runs = control.running.has(market.id)
        return Effect.succeed(
          Object.assign(
            new Book({
              market_id: market.id,
              tag: tagOf(market),
              ...status(market.id),
              ts_exchange: null,
              ts_received: runs ? SINCE : null,
              depth,
              bid_levels: runs ? LEVELS : 0,
              ask_levels: runs ? LEVELS : 0,
              bids: runs ? levels(1000, -1, depth) : [],
              asks: runs ? levels(1001, 1, depth) : []
            }),
            control.garble
          )
        )
      }),
    running: Effect.sync(() => [...control.running.keys()]),
    runningMarkets: Effect.sync(() => [...control.running.values()]),
    measured: Effect.sync(() => ({ feeds: [...control.measured], venues: [] }))
  })
})

export const FakeFeeds = {
  layer: Layer.effect(FeedRegistry)(makeRegistry).pipe(
    Layer.provideMerge(
      Layer.sync(FeedControl)(() =>
        FeedControl.of({
          asked: [],
          running: new Map(),
          measured: [],
          state: "live",
          reason: null,
          reason_code: null,
          holdStop: undefined,
          defect: undefined,
          garble: {}
        })
      )
    )
  )
}
