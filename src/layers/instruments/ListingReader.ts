// Owns the readings of one source of listings: when it is asked again, and who waits for the answer. Invariants: there
// is one reading at a time, shared by all who ask, which goes on whoever leaves; a venue that failed is asked again no
// sooner than FAILURE_KEPT later.
import { Clock, Deferred, Effect } from "effect"
import type { Instrument } from "../../domain/Instrument.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { monotonicMillis } from "../../feeds/core/Now.ts"
import type { Venue } from "../../feeds/venue/Venue.ts"
import { ListingMemory } from "./ListingMemory.ts"
import type { ListingSource } from "./listingSources.ts"
import { type Asked, NotRead, readListing, readOne } from "./readListing.ts"

/** Milliseconds for which a failure is the answer to all who ask. */
const FAILURE_KEPT = 10_000

/** What the reader needs of the process. */
export interface ReaderPorts {
  readonly venueOf: (source: ListingSource) => Venue
  /** Runs a reading on its own, to the end of the process at most. */
  readonly fork: (reading: Effect.Effect<void>) => void
  /** A reading succeeded. */
  readonly announce: (source: ListingSource) => Effect.Effect<void>
}

export class ListingReader {
  readonly source: ListingSource
  readonly memory: ListingMemory
  private readonly ports: ReaderPorts
  private reading: Deferred.Deferred<void, NotRead> | null = null
  /** Of the monotonic clock, in milliseconds. */
  private readAt: number | null = null
  private failed: { readonly at: number; readonly fault: NotRead } | null = null
  private unread = 0

  constructor(source: ListingSource, ports: ReaderPorts) {
    this.source = source
    this.ports = ports
    this.memory = new ListingMemory(source.scheme)
    if (source.way.kind === "closed") this.memory.take(source.way.instruments, 0, 0)
  }

  /** Succeeds when the memory holds an answer of the last `maxAge` milliseconds; asks for one where it does not. */
  ensure(maxAge: number): Effect.Effect<void, NotRead> {
    return Effect.gen({ self: this }, function* () {
      const { way } = this.source
      if (way.kind === "closed") return
      if (way.kind === "none") return yield* new NotRead({ said: way.why })
      if (this.reading !== null) return yield* Deferred.await(this.reading)
      const now = yield* monotonicMillis
      if (this.readAt !== null && now - this.readAt < maxAge) return
      if (this.failed !== null && now - this.failed.at < FAILURE_KEPT) return yield* this.failed.fault
      const reading = Deferred.makeUnsafe<void, NotRead>()
      this.reading = reading
      this.ports.fork(
        this.read(this.asked(way)).pipe(
          Effect.onExit((exit) =>
            Effect.sync(() => {
              this.reading = null
              Deferred.doneUnsafe(reading, exit)
            })
          ),
          Effect.ignore
        )
      )
      yield* Deferred.await(reading)
    })
  }

  /** The instrument as the venue alone describes it; as it is where the venue says no more. */
  detailed(instrument: Instrument): Effect.Effect<Instrument> {
    const { way } = this.source
    if (way.kind !== "asked" || way.listing.one === undefined) return Effect.succeed(instrument)
    return readOne(this.asked(way), way.listing.one(instrument)).pipe(
      Effect.map((said) => {
        const { market_type: type, native_symbol } = instrument
        const { effective } = this.source.scheme
        const same = said.find(
          (one) => one.market_type === type && effective(one.native_symbol, type) === effective(native_symbol, type)
        )
        if (same !== undefined) this.memory.detail(same)
        return same ?? instrument
      }),
      Effect.orElseSucceed(() => instrument)
    )
  }

  /** The instrument of this native symbol, asked for alone; null where that is not possible, or all is known. */
  named(type: MarketType, native: string): Effect.Effect<Instrument | null> {
    const { scheme, way } = this.source
    if (way.kind !== "asked" || way.listing.named === undefined || this.memory.at !== null) return Effect.succeed(null)
    return readOne(this.asked(way), way.listing.named(native)).pipe(
      Effect.map((said) => {
        const wanted = scheme.effective(native, type)
        const found = said.find(
          (one) => one.market_type === type && scheme.effective(one.native_symbol, type) === wanted
        )
        if (found !== undefined) this.memory.add(found)
        return found ?? null
      }),
      Effect.orElseSucceed(() => null)
    )
  }

  private asked({ listing, origin }: { readonly origin: string; readonly listing: Asked["listing"] }): Asked {
    return { listing, origin, venue: this.ports.venueOf(this.source) }
  }

  private read(asked: Asked): Effect.Effect<void, NotRead> {
    const { scheme, types } = this.source
    return readListing(asked, types).pipe(
      Effect.flatMap((listing) =>
        // no venue lists nothing: whatever answers so is none, or is no venue's
        listing.instruments.length === 0
          ? new NotRead({ said: "it answered with an empty listing" })
          : Effect.succeed(listing)
      ),
      Effect.tapError((fault) => this.fail(fault)),
      Effect.flatMap(
        Effect.fnUntraced({ self: this }, function* ({ instruments, unread }) {
          this.memory.take(instruments, unread, (yield* Clock.currentTimeMillis) * 1_000)
          this.readAt = yield* monotonicMillis
          this.failed = null
          if (unread !== this.unread && unread > 0) {
            yield* Effect.logWarning(`${scheme.exchange} lists ${unread} instruments that level4 can't read`)
          }
          this.unread = unread
          yield* this.ports.announce(this.source)
        })
      )
    )
  }

  private fail(fault: NotRead): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const first = this.failed === null
      this.failed = { at: yield* monotonicMillis, fault }
      if (first) yield* Effect.logWarning(`${this.source.scheme.exchange} does not say what it lists: ${fault.said}`)
    })
  }
}
