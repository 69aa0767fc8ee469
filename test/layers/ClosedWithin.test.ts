// Owns the proof that a slow close is not waited for beyond its limit, and a quick one is waited for to its end.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import { scopeClosedWithin } from "../../src/layers/ClosedWithin.ts"

/** Closes a scope of one second's patience in which something takes so long to end; true if that had ended by then. */
const closeWith = (duration: "500 millis" | "5 seconds") =>
  Effect.gen(function* () {
    let ended = false
    const outer = yield* Scope.make()
    const scope = yield* Scope.provide(scopeClosedWithin("1 second"), outer)
    yield* Scope.addFinalizer(
      scope,
      Effect.andThen(
        Effect.sleep(duration),
        Effect.sync(() => (ended = true))
      )
    )
    const closing = yield* Effect.forkChild(Scope.close(outer, Exit.void))
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(closing)
    const inTime = ended
    yield* TestClock.adjust("5 seconds")
    assert.isTrue(ended)
    return inTime
  })

describe("scopeClosedWithin", () => {
  it.effect("waits for a quick end and leaves a slow one to itself", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* closeWith("500 millis"))
      assert.isFalse(yield* closeWith("5 seconds"))
    })
  )
})
