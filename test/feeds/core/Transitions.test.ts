// The table of truth: walked by every sequence of signals, against the promises that clients rely on.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { FeedState } from "../../../src/domain/FeedState.ts"
import { transition, type Signal } from "../../../src/feeds/core/Transitions.ts"

const SIGNALS: ReadonlyArray<Signal> = [
  "dial",
  "connected",
  "synced",
  "lost",
  "doubted",
  "recovered",
  "disconnected",
  "halted",
  "rejected",
  "retired",
  "stopped"
]
const STATES = FeedState.literals
const Walk = Schema.Array(Schema.Literals(SIGNALS)).check(Schema.isMaxLength(60))

describe("the table of truth", () => {
  it.prop("a book is live only after synced, with nothing but doubt in between", [Walk], ([walk]) => {
    let state: FeedState = "stopped"
    let whole = false
    for (const signal of walk) {
      state = transition(state, signal) ?? state
      if (signal === "synced" && state === "live") whole = true
      if (signal === "lost" || signal === "disconnected" || signal === "stopped" || signal === "rejected") whole = false
      if (state === "live") assert.isTrue(whole, `live by ${signal}`)
    }
  })

  it("leaves every state but stopped, rejected and retired without a person", () => {
    for (const state of STATES) {
      const own = SIGNALS.filter((signal) => !["stopped", "retired", "rejected"].includes(signal))
      const ways = own.map((signal) => transition(state, signal)).filter((next) => next !== null && next !== state)
      if (state === "rejected" || state === "retired") assert.deepStrictEqual(ways, [])
      else assert.isNotEmpty(ways, state)
    }
  })

  it("reaches live again from every state that is not final", () => {
    for (const start of STATES) {
      if (start === "rejected" || start === "retired") continue
      let state = transition(start, "disconnected") ?? start
      for (const signal of ["dial", "connected", "synced"] as const) state = transition(state, signal) ?? state
      assert.strictEqual(state, "live", start)
    }
  })

  it("stops from everywhere, and never dials while rejected or retired", () => {
    for (const state of STATES) if (state !== "stopped") assert.strictEqual(transition(state, "stopped"), "stopped")
    assert.isNull(transition("rejected", "dial"))
    assert.isNull(transition("retired", "dial"))
  })

  it("does not call a book live that is only heard again while it is lost or halted", () => {
    for (const state of ["connecting", "syncing", "resyncing", "backoff", "halted"] as const) {
      assert.notStrictEqual(transition(state, "recovered"), "live")
    }
  })
})
