// What waits to be sent on one connection, in virtual time: in order, at the venue's pace, and on that connection
// alone.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Outbox } from "../../../src/feeds/venue/Outbox.ts"

const setUp = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const late: Array<string> = []
  const overflows: Array<number> = []
  const outbox: Outbox = new Outbox(
    "Kraken",
    { count: 2, perMs: 10_000 },
    {
      hasMore: () => late.length > 0,
      compose: () => outbox.post(late.splice(0).join("+")),
      sending: () => {},
      overflow: (waiting) => overflows.push(waiting)
    }
  )
  yield* Effect.forkScoped(outbox.talk, { startImmediately: true })
  /** Seconds at which texts were sent on a connection. */
  const connect = () => {
    const sent: Array<string> = []
    outbox.open((text) => sent.push(`${Math.floor(clock.currentTimeMillisUnsafe() / 1_000)} ${text}`))
    return sent
  }
  return { outbox, late, overflows, connect }
})

describe("an outbox", () => {
  it.effect("sends in order, no more in a window than the venue allows", () =>
    Effect.gen(function* () {
      const { outbox, connect } = yield* setUp
      const sent = connect()
      for (const text of ["a", "b", "c", "d", "e"]) outbox.post(text)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(sent, ["0 a", "0 b", "10 c", "10 d", "20 e"])
    }).pipe(Effect.scoped)
  )

  it.effect("puts into words what can wait only when its turn has come", () =>
    Effect.gen(function* () {
      const { outbox, late, connect } = yield* setUp
      const sent = connect()
      for (const text of ["a", "b"]) outbox.post(text)
      late.push("x")
      outbox.remind()
      yield* TestClock.adjust("5 seconds")
      late.push("y")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(sent, ["0 a", "0 b", "10 x+y"])
    }).pipe(Effect.scoped)
  )

  it.effect("takes nothing over from a connection to the next, and counts the pace on", () =>
    Effect.gen(function* () {
      const { outbox, connect } = yield* setUp
      const first = connect()
      for (const text of ["a", "b", "c"]) outbox.post(text)
      yield* TestClock.adjust("1 second")
      outbox.close()
      outbox.post("lost")
      const second = connect()
      outbox.post("d")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([first, second], [["0 a", "0 b"], ["10 d"]])
    }).pipe(Effect.scoped)
  )

  it.effect("says so when too much waits, and keeps what waits", () =>
    Effect.gen(function* () {
      const { outbox, overflows, connect } = yield* setUp
      connect()
      for (let n = 0; n < 2_001; n++) outbox.post("x")
      assert.deepStrictEqual([outbox.size, overflows], [2_000, [2_000]])
    }).pipe(Effect.scoped)
  )
})
