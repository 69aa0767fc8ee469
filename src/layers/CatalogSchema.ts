// Owns the shape of the catalog's database: runs the migrations as soon as the database answers, and again when its
// tables are gone. What the tables mean is Catalog's. Invariant: while `gate` is open the tables were there when last
// seen; every migration has run once per database, however many processes start together (the migrator's own table
// lock).
import { Cause, Duration, Effect, Latch, Schedule } from "effect"
import * as Migrator from "effect/sql/Migrator"
import { SqlError } from "effect/sql/SqlError"
import createCatalog from "../../migrations/0001_create_catalog.ts"
import nameMarketsOnce from "../../migrations/0002_name_markets_once.ts"
import holdByOne from "../../migrations/0003_hold_by_one.ts"
import verifyMarkets from "../../migrations/0004_verify_markets.ts"
import followListings from "../../migrations/0005_follow_listings.ts"
import { CatalogUnavailable } from "../domain/Failures.ts"
import { markDuplicates } from "./CatalogDuplicates.ts"
import { isSchemaMissing, unavailable } from "./DatabaseFault.ts"
import { Lease } from "./Lease.ts"

/** Every migration by the name of its file; the number is its place in the order. */
export const migrations = {
  "0001_create_catalog": createCatalog,
  "0002_name_markets_once": nameMarketsOnce,
  "0003_hold_by_one": holdByOne,
  "0004_verify_markets": verifyMarkets,
  "0005_follow_listings": followListings
}

/** How long the start waits for the database before it goes on without. */
const PATIENCE = Duration.seconds(5)
/** One attempt; a server that accepts and then says nothing must not hold the next attempt up for ever. */
const ATTEMPT_LIMIT = Duration.minutes(1)
// jitter after the cap, or all processes of a machine come back together
const backoff = Schedule.jittered(Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]))

const migrate = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table: "level4_migrations" })

interface CatalogSchema {
  /** Succeeds at once when the tables are there, fails at once when they are not. */
  readonly gate: Effect.Effect<void, CatalogUnavailable>
  /** Closes the gate and migrates again, since the tables were found missing; fails as the gate does. */
  readonly lost: Effect.Effect<never, CatalogUnavailable>
}

/** Starts migrating in the background of the scope; waits for the first outcome, but no longer than its patience. */
export const makeCatalogSchema = Effect.gen(function* () {
  const lease = yield* Lease
  let waitingFor: CatalogUnavailable | undefined = new CatalogUnavailable({ problem: "unanswered", said: "" })
  const needed = yield* Latch.make(true)
  const tried = yield* Latch.make(false)

  const note = (fault: CatalogUnavailable) =>
    Effect.gen(function* () {
      const news = fault.problem !== waitingFor?.problem || fault.said !== waitingFor.said
      if (news) yield* Effect.logWarning(fault.detail)
      waitingFor = fault
      yield* tried.open
    })
  // before anything is changed, where the database knows leases already; else as soon as it does
  const held = lease.take.pipe(
    Effect.catchIf(
      (error) => error instanceof SqlError && isSchemaMissing(error),
      () => Effect.void
    )
  )
  const prepare = migrate.pipe(
    Effect.tap((completed) =>
      Effect.forEach(completed, ([id, name]) => Effect.logInfo(`migrated the catalog to ${id} ${name}`))
    ),
    Effect.tap(lease.take),
    Effect.andThen(markDuplicates),
    Effect.timeout(ATTEMPT_LIMIT)
  )
  const attempt = Effect.andThen(held, prepare).pipe(Effect.tapCause((cause) => note(faultOf(cause))))
  const work = Effect.gen(function* () {
    yield* needed.await
    yield* attempt.pipe(Effect.sandbox, Effect.retry(backoff))
    yield* needed.close
    waitingFor = undefined
    yield* tried.open
  })
  yield* work.pipe(Effect.forever, Effect.forkScoped)
  yield* tried.await.pipe(Effect.timeoutOption(PATIENCE))
  // who may have to end, because another service holds the database, begins nothing
  if (lease.waiting()) yield* tried.await

  const schema: CatalogSchema = {
    gate: Effect.suspend(() => waitingFor ?? Effect.void),
    lost: Effect.gen(function* () {
      waitingFor = new CatalogUnavailable({ problem: "tables_gone", said: "" })
      yield* needed.open
      return yield* waitingFor
    })
  }
  return schema
})

const faultOf = (cause: Cause.Cause<unknown>): CatalogUnavailable => {
  const error = Cause.squash(cause)
  const root = error instanceof Migrator.MigrationError ? error.cause : error
  return root instanceof SqlError
    ? unavailable(root)
    : new CatalogUnavailable({ problem: "outdated", said: String(error) })
}
