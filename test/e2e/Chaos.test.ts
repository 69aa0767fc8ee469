// A short run of chaos: the real service on a real Postgres follows one market of every simulated venue and type while
// the venues fail, the database is stopped and the simulator killed. What is asserted is what may never happen, however
// slow the machine: a wrong book called live, a trade lost in silence where ids are dense, a feed that does not come
// back.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { chaos } from "../../scripts/chaos/chaos.ts"
import { report } from "../../scripts/chaos/report.ts"

describe("chaos", () => {
  it.live(
    "leaves no wrong book called live, loses no trade in silence, and every feed comes back",
    () =>
      Effect.gen(function* () {
        const outcome = yield* chaos({
          seed: "test",
          seconds: 20,
          exchanges: [],
          marketsEach: 1,
          liveWithin: 60_000,
          say: () => {}
        })
        assert.deepStrictEqual(outcome.broken, [], report(outcome))
        for (const { venue, looks, trades } of outcome.rows) {
          assert.isAbove(looks, 0, venue)
          assert.isAbove(trades, 0, venue)
        }
        assert.isAbove(outcome.strikes.filter(({ hits }) => hits > 0).length, 10)
      }),
    240_000
  )
})
