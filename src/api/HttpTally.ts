// Owns the counts of answered requests, for /metrics: by route, method and status, with the time each route took. A
// route is named by its template, and what is no route is `other`, so that no client can make up names. Plain
// synchronous code.
import { Context, Layer } from "effect"
import { routeOf } from "./Routes.ts"

/** Upper bounds of the histogram's buckets, in seconds. */
export const DURATION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"])

export interface Answered {
  readonly route: string
  readonly method: string
  readonly status: number
  count: number
}

export interface Durations {
  readonly route: string
  /** Requests within each bound, and beyond the last; not cumulative. */
  readonly buckets: Array<number>
  /** Seconds of all together. */
  sum: number
}

export class HttpTally extends Context.Service<
  HttpTally,
  {
    /** Counts one answer; `seconds` is undefined where the time is the client's own, as on a websocket. */
    readonly record: (method: string, path: string, status: number, seconds: number | undefined) => void
    readonly answered: () => Iterable<Answered>
    readonly durations: () => Iterable<Durations>
  }
>()("level4/api/HttpTally") {
  static readonly layer = Layer.sync(HttpTally)(() => {
    const answered = new Map<string, Answered>()
    const durations = new Map<string, Durations>()
    const record = (verb: string, path: string, status: number, seconds: number | undefined): void => {
      const method = METHODS.has(verb) ? verb : "other"
      const route = routeOf(verb, path) ?? "other"
      const key = `${method} ${route} ${status}`
      let entry = answered.get(key)
      if (entry === undefined) answered.set(key, (entry = { route, method, status, count: 0 }))
      entry.count++
      if (seconds === undefined) return
      let times = durations.get(route)
      if (times === undefined) {
        const buckets = Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0)
        durations.set(route, (times = { route, buckets, sum: 0 }))
      }
      const bound = DURATION_BOUNDS.findIndex((limit) => seconds <= limit)
      times.buckets[bound < 0 ? DURATION_BOUNDS.length : bound]!++
      times.sum += seconds
    }
    return HttpTally.of({ record, answered: () => answered.values(), durations: () => durations.values() })
  })
}
