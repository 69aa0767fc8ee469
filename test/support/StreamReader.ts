// Owns a reader of the client's stream for tests: keeps every value, and lets a test wait for what it needs. It can be
// held, and then takes nothing more until it is let go.
import { Effect, type Exit, Fiber, Latch, Schedule, Stream } from "effect"
import { marketStream, type StreamOptions } from "../../src/client/marketStream.ts"
import type { StreamFailure } from "../../src/client/StreamFailures.ts"
import type { StreamRequest } from "../../src/client/StreamRequest.ts"
import type { StreamValue } from "../../src/client/StreamValue.ts"
import { until } from "./until.ts"

type Of<Type extends StreamValue["type"]> = Extract<StreamValue, { readonly type: Type }>

/** Values that only say how the stream itself fares. */
const OWN: ReadonlySet<string> = new Set(["connected", "disconnected", "resume"])

class StreamReader {
  readonly values: Array<StreamValue> = []
  readonly gate = Latch.makeUnsafe(true)
  readonly fiber: Fiber.Fiber<void, StreamFailure>

  constructor(start: (reader: StreamReader) => Fiber.Fiber<void, StreamFailure>) {
    this.fiber = start(this)
  }

  /** What the markets told. */
  get events(): ReadonlyArray<StreamValue> {
    return this.values.filter(({ type }) => !OWN.has(type))
  }

  of<Type extends StreamValue["type"]>(type: Type): ReadonlyArray<Of<Type>> {
    return this.values.filter((value): value is Of<Type> => value.type === type)
  }

  /** Waits for a value. */
  until(what: string, good: (value: StreamValue) => boolean) {
    return until(
      what,
      Effect.sync(() => this.values.findLast(good)),
      (value) => value !== undefined
    )
  }

  /** Waits until a market was heard up to here. */
  reaches(seq: number) {
    return this.until(`seq ${seq}`, (value) => "seq" in value && value.seq === seq && value.type !== "resume")
  }

  readonly ended: Effect.Effect<Exit.Exit<void, StreamFailure>> = Effect.suspend(() => Fiber.await(this.fiber))
}

/** Reads a stream until the scope ends; it tries again at once. */
export const streamReader = (options: StreamOptions, request: StreamRequest) =>
  Effect.map(
    Effect.context(),
    (context) =>
      new StreamReader((reader) => {
        const reading = Stream.runForEachArray(
          marketStream({ reconnect: Schedule.spaced("10 millis"), ...options }, request),
          (values) =>
            Effect.andThen(
              reader.gate.await,
              Effect.sync(() => void reader.values.push(...values))
            )
        )
        return Effect.runForkWith(context)(reading)
      })
  ).pipe((make) => Effect.acquireRelease(make, ({ fiber }) => Fiber.interrupt(fiber)))
