// Owns the right to run a catalog's feeds: one service at a time holds the database, by a row that it renews, timed by
// the database's clock, or by watching it for as long. Who finds a holder that renews ends, before it has touched
// anything; a holder that is silent for a whole lease, or whose process has ended on this machine, is followed. The
// embedded database needs no lease, since its directory has a lock. Invariant: a service that learns that another one
// holds the database ends.
import { type Cause, Context, Deferred, Duration, Effect, Fiber, Layer, Option, Schema, type Scope } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as SqlSchema from "effect/sql/SqlSchema"
import { randomUUID } from "node:crypto"
import { monotonicMillis } from "../feeds/core/Now.ts"
import { processIdentity, isGone, type ProcessIdentity } from "./processIdentity.ts"
import { Settings } from "./Settings.ts"

/** Another level4 holds the database: from before this one came, or it took over what this one held. */
export class LeaseHeld extends Schema.TaggedError<LeaseHeld>()("LeaseHeld", {
  how: Schema.Literals(["held", "taken"]),
  host: Schema.String,
  pid: Schema.Int,
  since: Schema.String
}) {
  override get message(): string {
    return this.how === "held"
      ? `${nameOf(this)} holds this catalog's database, and one service at a time may run its feeds. ` +
          "Stop that one first, or give this one a database of its own with LEVEL4_DATABASE_URL."
      : `${nameOf(this)} has taken this catalog's database, which was away for longer than this service's right to ` +
          "it lasts. This one ends, so that no market is run twice."
  }
}

/** Fails when the running service has to end by itself; who runs a service waits for it. */
export class Ending extends Context.Reference<Deferred.Deferred<never, LeaseHeld>>("level4/layers/Ending", {
  defaultValue: () => Deferred.makeUnsafe()
}) {}

export interface LeaseTerms {
  /** What is not renewed for so long is free. */
  readonly duration: Duration.Duration
  readonly renewEvery: Duration.Duration
  readonly identity: ProcessIdentity
}

const TERMS = { duration: Duration.seconds(10), renewEvery: Duration.seconds(3) }
/** How often a holder is looked at, and how long one look may take. */
const LOOK_EVERY = Duration.millis(500)
const ANSWER_LIMIT = Duration.seconds(3)
const GIVE_UP_LIMIT = Duration.millis(400)

const Holder = Schema.Struct({
  holder: Schema.String,
  host: Schema.String,
  machine: Schema.String,
  pid: Schema.Int,
  since: Schema.String,
  expires: Schema.String
})
type Holder = typeof Holder.Type

export class Lease extends Context.Reference<{
  /**
   * Succeeds when this process holds the database, at once if it does already; where another one does it waits until
   * that is clear, and never succeeds if it is. Fails while the database does not answer, or has no table for it yet.
   */
  readonly take: Effect.Effect<void, SqlError | Cause.TimeoutError>
  /** True while a holder is watched. */
  readonly waiting: () => boolean
}>("level4/layers/Lease", {
  defaultValue: () => ({ take: Effect.void, waiting: () => false })
}) {}

/** The lease of the service, held until the scope ends. */
export const layerLease = Layer.effect(Lease)(
  Effect.gen(function* () {
    const { databaseUrl } = yield* Settings
    if (Option.isNone(databaseUrl)) return Lease.defaultValue()
    return yield* makeLease({ ...TERMS, identity: processIdentity() })
  })
)

export const makeLease = Effect.fnUntraced(function* ({ duration, identity, renewEvery }: LeaseTerms) {
  const sql = yield* SqlClient
  const ending = yield* Ending
  const scope = yield* Effect.scope
  const me = randomUUID()
  const until = sql`clock_timestamp() + ${Duration.toMillis(duration)} * interval '1 millisecond'`
  let held = false
  let watching = false

  /** Takes the row if it is free, ours, or that of a holder known to be gone; answers whether it is ours now. */
  const claim = (gone: string | null) =>
    Effect.map(
      sql`
        INSERT INTO level4_lease (holder, host, machine, pid, since, expires)
        VALUES (${me}, ${identity.host}, ${identity.machine}, ${identity.pid}, clock_timestamp(), ${until})
        ON CONFLICT (one) DO UPDATE SET holder = excluded.holder, host = excluded.host, machine = excluded.machine,
          pid = excluded.pid, expires = excluded.expires,
          since = CASE WHEN level4_lease.holder = excluded.holder THEN level4_lease.since ELSE excluded.since END
        WHERE level4_lease.holder = ${me} OR level4_lease.holder = ${gone} OR level4_lease.expires < clock_timestamp()
        RETURNING holder`,
      (rows) => rows.length > 0
    ).pipe(Effect.timeout(ANSWER_LIMIT))
  const look = SqlSchema.findOneOption({
    Request: Schema.Void,
    Result: Holder,
    execute: () => sql`
      SELECT holder, host, machine, pid, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
        expires::text AS expires
      FROM level4_lease`
  })(undefined).pipe(
    Effect.catchTag("SchemaError", Effect.die),
    Effect.map(Option.getOrNull),
    Effect.timeout(ANSWER_LIMIT)
  )

  const take = Effect.gen(function* () {
    let seen: Holder | null = null
    let since = 0
    // the database's clock may have been set back since a holder died: who did not renew before our eyes is gone as
    // well
    const isSilent = (now: number): boolean => now - since > Duration.toMillis(duration)
    for (;;) {
      const now = yield* monotonicMillis
      if (yield* claim(seen !== null && (isGone(seen, identity) || isSilent(now)) ? seen.holder : null)) break
      const holder: Holder | null = yield* look
      if (holder === null) continue
      if (seen?.holder !== holder.holder) since = now
      if (seen?.holder === holder.holder && seen.expires !== holder.expires) {
        yield* Deferred.fail(ending, heldBy(holder, "held"))
        return yield* Effect.never
      }
      if (seen?.holder !== holder.holder && !isGone(holder, identity)) {
        watching = true
        yield* Effect.logWarning(
          `${nameOf(holder)} holds this catalog's database; ` +
            `waiting up to ${Duration.format(duration)} to see whether it still runs`
        )
      }
      if (!isGone(holder, identity)) yield* Effect.sleep(LOOK_EVERY)
      seen = holder
    }
    watching = false
    if (!held) {
      held = true
      yield* renew.pipe(Effect.delay(renewEvery), Effect.forever, Effect.forkIn(scope))
    }
  }).pipe(Effect.ensuring(Effect.sync(() => (watching = false))))

  const renew = Effect.gen(function* () {
    if (yield* claim(null)) return
    const holder = yield* look
    // gone between the two: the next time takes it
    if (holder !== null) yield* Deferred.fail(ending, heldBy(holder, "taken"))
  }).pipe(
    // a database that is away takes the lease from nobody; one without the table gets it with the catalog's other
    // tables
    Effect.catch((error) => Effect.logDebug("the lease could not be renewed", error))
  )

  yield* giveUp(sql, me, () => held)
  return { take, waiting: () => watching }
})

const giveUp = (sql: SqlClient, me: string, held: () => boolean): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    held()
      ? sql`DELETE FROM level4_lease WHERE holder = ${me}`.pipe(
          Effect.forkDetach,
          Effect.flatMap((done) =>
            Effect.interruptible(Effect.timeoutOption(Effect.exit(Fiber.join(done)), GIVE_UP_LIMIT))
          )
        )
      : Effect.void
  )

const nameOf = ({ host, pid, since }: Pick<Holder, "host" | "pid" | "since">): string =>
  `another level4 (process ${pid} on ${host}, since ${since})`

const heldBy = ({ host, pid, since }: Holder, how: LeaseHeld["how"]) => new LeaseHeld({ how, host, pid, since })
