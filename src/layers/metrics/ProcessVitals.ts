// Owns how the process itself fares: processor, memory, and how late the event loop is, in windows of ten seconds,
// since one late turn is a late frame of every market. Names are those that dashboards for Node know.
import { Context, Effect, Layer } from "effect"
import { monitorEventLoopDelay } from "node:perf_hooks"
import manifest from "../../../package.json" with { type: "json" }
import type { Family } from "./Exposition.ts"

/** Milliseconds between looks: ten would be a third of what an idle service does. */
const RESOLUTION = 25
const WINDOW = "10 seconds"

interface Lag {
  readonly mean: number
  readonly p99: number
  readonly max: number
}

export class ProcessVitals extends Context.Service<ProcessVitals, { readonly families: () => ReadonlyArray<Family> }>()(
  "level4/layers/metrics/ProcessVitals"
) {
  static readonly layer = Layer.effect(ProcessVitals)(
    Effect.map(watchedLoop(), (lag) => ProcessVitals.of({ families: () => familiesOf(lag()) }))
  )
}

/** Watches the event loop for as long as the scope lives; gives the numbers of the last whole window, in seconds. */
function watchedLoop() {
  return Effect.gen(function* () {
    const histogram = yield* Effect.acquireRelease(
      Effect.sync(() => monitorEventLoopDelay({ resolution: RESOLUTION })),
      (histogram) => Effect.sync(() => histogram.disable())
    )
    histogram.enable()
    let last: Lag = { mean: 0, p99: 0, max: 0 }
    const window = Effect.sync(() => {
      last = { mean: late(histogram.mean), p99: late(histogram.percentile(99)), max: late(histogram.max) }
      histogram.reset()
    })
    yield* window.pipe(Effect.delay(WINDOW), Effect.forever, Effect.forkScoped)
    return () => last
  })
}

/** Seconds; the timer that measures is itself a whole resolution late by design. */
const late = (nanos: number): number => (Number.isFinite(nanos) ? Math.max(0, nanos / 1e9 - RESOLUTION / 1e3) : 0)

const familiesOf = ({ max, mean, p99 }: Lag): ReadonlyArray<Family> => {
  const { external, heapTotal, heapUsed, rss } = process.memoryUsage()
  const { system, user } = process.cpuUsage()
  const one = (name: string, help: string, value: number, type: Family["type"] = "gauge"): Family => ({
    name,
    help,
    type,
    samples: [{ labels: {}, value }]
  })
  return [
    {
      name: "level4_build_info",
      help: "The version that runs, and the Node it runs on",
      type: "gauge",
      samples: [{ labels: { version: manifest.version, node: process.versions.node }, value: 1 }]
    },
    one("process_cpu_seconds_total", "Processor time used", (user + system) / 1e6, "counter"),
    one("process_start_time_seconds", "Start of the process, in seconds since 1970", STARTED),
    one("process_resident_memory_bytes", "Resident memory", rss),
    one("nodejs_heap_size_total_bytes", "Heap that V8 holds", heapTotal),
    one("nodejs_heap_size_used_bytes", "Heap that is used", heapUsed),
    one("nodejs_external_memory_bytes", "Memory of buffers and the like outside the heap", external),
    one("nodejs_eventloop_lag_mean_seconds", "Mean lateness of the event loop in the last ten seconds", mean),
    one("nodejs_eventloop_lag_p99_seconds", "Its 99th percentile", p99),
    one("nodejs_eventloop_lag_max_seconds", "Its longest", max)
  ]
}

const STARTED = Math.round(performance.timeOrigin) / 1000
