// WorkQueue and budgets on clocks that the test moves: who asks for much waits, who asks for little is served at once,
// and all that was spent is paid for.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TimeBudget } from "../../../src/api/stream/TimeBudget.ts"
import { type Job, WorkQueue } from "../../../src/api/stream/WorkQueue.ts"
import { ManualTimers } from "../../support/manualTimers.ts"
import { until } from "../../support/until.ts"

/** Time that passes only where work is done, or the test says so. */
const stage = () => {
  const timers = new ManualTimers(1_000)
  const work = new WorkQueue(timers, () => timers.time)
  const log: Array<string> = []
  /** A job of so many pieces, each of which takes so long. */
  const job = (name: string, pieces: number, takes: number, budgets: ReadonlyArray<TimeBudget> = []): Job => {
    let left = pieces
    return {
      budgets,
      step: () => {
        log.push(name)
        timers.time += takes
        return --left > 0
      },
      held: (budget) => log.push(`${name} waits for ${budgets.indexOf(budget)}`)
    }
  }
  return { timers, work, log, job }
}

const loopCameBy = Effect.promise(() => new Promise((done) => setImmediate(done)))

describe("TimeBudget", () => {
  it("gives its burst at once and its share after that, and waits for a debt to be paid", () => {
    const budget = new TimeBudget(0.25, 100, 0)
    assert.strictEqual(budget.wait(0), 0)
    budget.spend(99)
    assert.strictEqual(budget.wait(0), 0)
    budget.spend(51)
    // 50 owed and one to spend again, at a quarter of the time
    assert.strictEqual(budget.wait(0), 204)
    assert.isAbove(budget.wait(199), 0)
    assert.strictEqual(budget.wait(204), 0)
    assert.isFalse(budget.full(400))
    // a clock that is read out of order gives nothing twice
    assert.isFalse(budget.full(100))
    assert.isTrue(budget.full(700))
    budget.spend(100)
    assert.isAbove(budget.wait(700), 0)
  })
})

describe("WorkQueue", () => {
  it.live("works in slices between which the loop comes by, a piece of each in turn", () =>
    Effect.gen(function* () {
      const { job, log, work } = stage()
      work.want(job("a", 3, 0.6))
      work.want(job("b", 2, 0.6))
      assert.deepStrictEqual(log, [])
      yield* loopCameBy
      // the second piece is begun before the slice of a millisecond is over, the third is not
      assert.deepStrictEqual(log, ["a", "b"])
      yield* loopCameBy
      assert.deepStrictEqual(log, ["a", "b", "a", "b"])
      yield* loopCameBy
      assert.deepStrictEqual(log, ["a", "b", "a", "b", "a"])
      yield* loopCameBy
      assert.lengthOf(log, 5)
      work.close()
    })
  )

  it("lets a client pay for the time that others take in the middle of its work, up to four times its own", () => {
    const timers = new ManualTimers()
    const time = { spent: 0 }
    const work = new WorkQueue(timers, () => time.spent)
    const paid = (passes: number, spends: number) => {
      const budget = new TimeBudget(1, 1_000, 0)
      work.pay({ budgets: [budget], step: () => false }, () => {
        timers.time += passes
        time.spent += spends
      })
      budget.spend(1_000)
      return budget.wait(0) - 1
    }
    assert.deepStrictEqual([paid(10, 10), paid(30, 10), paid(500, 10), paid(500, 0)], [10, 30, 40, 0])
  })

  it.live("lets a job wait that spent its budget, and nobody else", () =>
    Effect.gen(function* () {
      const { job, log, timers, work } = stage()
      const budget = new TimeBudget(0.1, 10, timers.time)
      work.want(job("flood", 1_000, 6, [budget]))
      yield* until(
        "the wait",
        Effect.sync(() => log.at(-1)),
        (last) => last === "flood waits for 0"
      )
      // twelve were spent of ten and what refilled meanwhile
      assert.deepStrictEqual(log, ["flood", "flood", "flood waits for 0"])
      work.want(job("calm", 1, 0.1, [new TimeBudget(0.5, 10, timers.time)]))
      yield* loopCameBy
      assert.strictEqual(log.at(-1), "calm")
      const before = log.length
      timers.advance(1_000)
      yield* until(
        "again",
        Effect.sync(() => log.length),
        (length) => length > before
      )
      assert.strictEqual(log[before], "flood")
      work.close()
    })
  )

  it.live("takes what a piece took from all budgets of its job, also where it fails", () =>
    Effect.gen(function* () {
      const { job, log, timers, work } = stage()
      const [own, shared] = [new TimeBudget(0.1, 100, timers.time), new TimeBudget(0.1, 5, timers.time)]
      work.want(job("one", 2, 7, [own, shared]))
      yield* until(
        "the wait",
        Effect.sync(() => log.at(-1)),
        (last) => last === "one waits for 1"
      )
      const other = job("other", 1, 1, [new TimeBudget(0.5, 100, timers.time), shared])
      work.want(other)
      yield* loopCameBy
      assert.strictEqual(log.at(-1), "other waits for 1")
      const failing = new TimeBudget(0.5, 5, timers.time)
      const broken = () => {
        timers.time += 6
        throw new Error("broken")
      }
      assert.throws(() => work.pay({ budgets: [failing], step: () => false }, broken), "broken")
      assert.isAbove(failing.wait(timers.time - 6), 0)
      work.drop(other)
      work.close()
    })
  )
})
