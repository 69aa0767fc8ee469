// Owns the measurement of many feeds: 300 markets with books of 1,000 levels, and of 1,000 a side, started together in
// a process of their own against a venue in another. Their start keeps to the venue's own limits (20 markets a socket,
// 10 messages a second on each), which is what it takes; memory is what the process holds in the end, runtime included,
// without a forced collection.
import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { Effect } from "effect"
import { venueProcess } from "./venueProcess.ts"

const FEEDS = 300
const LEVELS_A_SIDE = [500, 1_000]

export interface FeedsResult {
  readonly feeds: number
  readonly levels_a_side: number
  readonly rss_mb: number
  readonly rss_mb_without_feeds: number
  readonly start_calls_ms: number
  readonly all_live_ms: number
  readonly quiet_cpu_percent_of_a_core: number
}

const run = Effect.fnUntraced(function* (levels: number) {
  const venue = yield* venueProcess(levels)
  return yield* Effect.promise(async () => {
    const host = fork(join(import.meta.dirname, "feedsHost.ts"), [String(FEEDS)], {
      env: { ...process.env, LEVEL4_COINBASE_SPOT_WS_URL: venue.ws, LEVEL4_COINBASE_SPOT_REST_URL: venue.rest }
    })
    const [result] = (await once(host, "message")) as [FeedsResult]
    await once(host, "exit")
    return result
  })
}, Effect.scoped)

export const measureFeeds = async (say: (line: string) => void) => {
  const feeds: Array<FeedsResult> = []
  for (const levels of LEVELS_A_SIDE) {
    const result = await Effect.runPromise(run(levels))
    say(
      `${result.feeds} live feeds of ${result.levels_a_side} levels a side: ${result.rss_mb} MB RSS ` +
        `(${result.rss_mb_without_feeds} before the first), all live after ${result.all_live_ms} ms`
    )
    feeds.push(result)
  }
  return { feeds }
}
