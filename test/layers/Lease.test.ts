// Owns the proof that one service at a time holds a database: who comes second learns it and ends, a silent or dead
// holder is followed, one that lost its place ends, and a stop gives the place up at once.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Layer, Schedule, Scope } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { spawnSync } from "node:child_process"
import { Catalog } from "../../src/layers/Catalog.ts"
import { Ending, Lease, type LeaseHeld, makeLease } from "../../src/layers/Lease.ts"
import { type ProcessIdentity, processIdentity } from "../../src/layers/processIdentity.ts"
import { databases, layerCatalog } from "../support/Databases.ts"

const elsewhere = (host: string): ProcessIdentity => ({ host, machine: `machine of ${host}`, pid: 4711 })
/** A process of this machine that has ended. */
const ended = (): ProcessIdentity => ({ ...processIdentity(), host: "here", pid: spawnSync("true").pid })

/** A lease with a scope and an end of its own, as a process has. */
const holder = Effect.fnUntraced(function* (identity: ProcessIdentity, millis = 60_000) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const ending = yield* Deferred.make<never, LeaseHeld>()
  const terms = { duration: Duration.millis(millis), renewEvery: Duration.millis(millis / 3), identity }
  const lease = yield* makeLease(terms).pipe(
    Effect.provideService(Ending, ending),
    Effect.provideService(Scope.Scope, scope)
  )
  const end: Effect.Effect<string> = Effect.map(Effect.flip(Deferred.await(ending)), ({ message }) => message)
  return { ...lease, scope, end, stop: Scope.close(scope, Exit.void) }
})
const eventually = Effect.retry(Schedule.spaced("20 millis"))
const whoHolds = Effect.gen(function* () {
  const sql = yield* SqlClient
  return (yield* sql<{ host: string }>`SELECT host FROM level4_lease`).map(({ host }) => host)
})
const migrated = Effect.flatMap(Catalog, ({ ready }) => ready)

const HELD_BY_ONE =
  /another level4 \(process 4711 on one, since 20\d\d-[^)]+Z\) holds this catalog's database.*LEVEL4_DATABASE_URL/

for (const { name, fresh } of databases) {
  const onFresh = <A, E>(test: Effect.Effect<A, E, Catalog | SqlClient | Scope.Scope>) =>
    Effect.gen(function* () {
      const environment = yield* fresh
      return yield* Effect.andThen(migrated, test).pipe(Effect.provide(Layer.fresh(layerCatalog(environment))))
    }).pipe(Effect.scoped)

  describe(`Lease on ${name}`, () => {
    it.live("is given up with a stop, and taken by the next at once", () =>
      onFresh(
        Effect.gen(function* () {
          const one = yield* holder(elsewhere("one"))
          yield* one.take
          yield* one.take
          assert.deepStrictEqual(yield* whoHolds, ["one"])
          yield* one.stop
          assert.deepStrictEqual(yield* whoHolds, [])
          yield* (yield* holder(elsewhere("two"))).take
          assert.deepStrictEqual(yield* whoHolds, ["two"])
        })
      )
    )
    it.live("is not to be had beside a holder that renews, whose name is told", () =>
      onFresh(
        Effect.gen(function* () {
          const one = yield* holder(elsewhere("one"), 3_000)
          yield* one.take
          const two = yield* holder(elsewhere("two"), 3_000)
          const taking = yield* Effect.forkChild(two.take)
          assert.match(yield* two.end, HELD_BY_ONE)
          assert.isUndefined(taking.pollUnsafe(), "never taken")
          assert.deepStrictEqual(yield* whoHolds, ["one"])
          yield* Fiber.interrupt(taking)
          yield* two.stop
          assert.deepStrictEqual(yield* whoHolds, ["one"], "nobody gives up what is another's")
        })
      )
    )
    it.live("is followed when its holder was silent for a whole lease; the old holder ends when it sees that", () =>
      onFresh(
        Effect.gen(function* () {
          const one = yield* holder(elsewhere("one"), 1_500)
          yield* one.take
          const sql = yield* SqlClient
          // as when its database was away for so long
          yield* sql`UPDATE level4_lease SET expires = clock_timestamp() - interval '1 second'`
          const two = yield* holder(elsewhere("two"))
          yield* two.take
          assert.deepStrictEqual(yield* whoHolds, ["two"])
          assert.match(yield* one.end, /process 4711 on two, .* has taken this catalog's database/)
          yield* one.stop
          assert.deepStrictEqual(yield* whoHolds, ["two"])
        })
      )
    )
    it.live("is followed when its holder did not renew while it was watched, whatever the database's clock says", () =>
      onFresh(
        Effect.gen(function* () {
          yield* (yield* holder(elsewhere("one"))).take
          const sql = yield* SqlClient
          // as when the holder died, and the database's clock was set back by an hour
          yield* sql`UPDATE level4_lease SET expires = clock_timestamp() + interval '1 hour'`
          yield* (yield* holder(elsewhere("two"), 900)).take
          assert.deepStrictEqual(yield* whoHolds, ["two"])
        })
      )
    )
    it.live("is kept by a holder that was silent, where nobody followed; and goes on when the table was emptied", () =>
      onFresh(
        Effect.gen(function* () {
          const sql = yield* SqlClient
          const one = yield* holder(elsewhere("one"), 1_500)
          yield* one.take
          const renewed = Effect.gen(function* () {
            const rows = yield* sql`SELECT 1 FROM level4_lease WHERE expires > clock_timestamp()`
            if (rows.length === 0) return yield* Effect.fail("not yet")
          }).pipe(eventually)
          yield* sql`UPDATE level4_lease SET expires = clock_timestamp() - interval '1 hour'`
          yield* renewed
          yield* sql`DELETE FROM level4_lease`
          yield* renewed
          assert.deepStrictEqual(yield* whoHolds, ["one"])
        })
      )
    )
    it.live("of a process of this machine that has ended is taken over without waiting", () =>
      onFresh(
        Effect.gen(function* () {
          yield* (yield* holder(ended())).take
          const next = yield* holder({ ...processIdentity(), host: "next" })
          yield* next.take
          assert.deepStrictEqual(yield* whoHolds, ["next"])
        })
      )
    )
    it.live("comes before the catalog: while another holds the database no call changes anything", () =>
      onFresh(
        Effect.gen(function* () {
          yield* (yield* holder(elsewhere("one"))).take
          const two = yield* holder(elsewhere("two"))
          const sql = yield* SqlClient
          yield* sql`DELETE FROM level4_migrations WHERE name = 'hold_by_one'`
          const second = Catalog.layer.pipe(Layer.provide(Layer.succeed(Lease)(two)))
          const building = yield* Effect.forkChild(Effect.scoped(Layer.build(second)))
          yield* Effect.suspend(() => (two.waiting() ? Effect.void : Effect.fail("not yet"))).pipe(eventually)
          assert.isUndefined(building.pollUnsafe())
          const rows = yield* sql`SELECT 1 FROM level4_migrations WHERE name = 'hold_by_one'`
          assert.deepStrictEqual(rows, [], "no migration was run")
          yield* Fiber.interrupt(building)
        })
      )
    )
  })
}
