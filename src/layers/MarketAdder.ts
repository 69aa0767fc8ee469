// Owns the way from patterns of tags to markets of the catalog: which listings they concern, which instruments match,
// what of them is there already, and adding the rest by many at once. What an instrument becomes is planMarkets', who
// starts feeds is FeedSwitch. Invariants: doing it again adds only what is missing; one at a time writes; a listing
// that can't be had costs its exchange alone.
import { Context, Duration, Effect, Fiber, Layer, Result, Semaphore } from "effect"
import { ExchangeName } from "../domain/Exchange.ts"
import { type CatalogUnavailable, ListingUnavailable, TooManyMatches, UnmatchedPattern } from "../domain/Failures.ts"
import type { Instrument } from "../domain/Instrument.ts"
import { instrumentTag } from "../domain/instrumentTag.ts"
import type { Market, MarketId } from "../domain/Market.ts"
import type { MarketBatch } from "../domain/MarketBatch.ts"
import { type MarketPattern, marketPattern } from "../domain/MarketPattern.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import { patternTargets, type PatternTarget } from "../schemes/patternTargets.ts"
import { type AddedMarket, batchOf, type Started } from "./batchReport.ts"
import { Catalog } from "./Catalog.ts"
import { FeedSwitch } from "./FeedSwitch.ts"
import { Instruments, type Listed } from "./Instruments.ts"
import { type PlannedMarket, planMarkets } from "./planMarkets.ts"

export interface BatchOrder {
  readonly patterns: ReadonlyArray<string>
  /** Starts every matching market, those that were there too. */
  readonly start: boolean
  readonly limit: number
  readonly dryRun: boolean
}

interface AddOptions {
  /** No more than this many are added. */
  readonly room: number
  /** Called with the tags that are about to be added, before they are. */
  readonly before?: (tags: ReadonlyArray<string>) => void
}

export class MarketAdder extends Context.Service<
  MarketAdder,
  {
    add(
      order: BatchOrder
    ): Effect.Effect<MarketBatch, UnmatchedPattern | TooManyMatches | ListingUnavailable | CatalogUnavailable>
    /** Adds these instruments of an exchange, and starts nothing. */
    addListed(
      exchange: string,
      instruments: ReadonlyArray<Instrument>,
      options: AddOptions
    ): Effect.Effect<ReadonlyArray<AddedMarket>, CatalogUnavailable>
    /** Switches feeds on and waits for all; for each, whether this did it, and else why it can't run, if it can't. */
    start(ids: ReadonlyArray<MarketId>): Effect.Effect<ReadonlyMap<MarketId, Started>>
  }
>()("level4/layers/MarketAdder") {
  static readonly layer = Layer.effect(MarketAdder)(Effect.suspend(() => make))
}

/** Rows that one statement inserts. */
const AT_ONCE = 500
/** How often it is looked again for what others added or deleted in the same moment. */
const ROUNDS = 3
const STARTS_AT_ONCE = 16
/** How long a caller waits for starts: with all the rest an answer comes within a client's 30 s. */
const PATIENCE = Duration.seconds(12)
const GOES_ON: Started = { started: false, detail: "it is still being started; that goes on", again: false }

const make = Effect.gen(function* () {
  const catalog = yield* Catalog
  const instruments = yield* Instruments
  const feedSwitch = yield* FeedSwitch
  const scope = yield* Effect.scope
  const writing = yield* Semaphore.make(1)

  const alone = <A, E, R>(effect: Effect.Effect<A, E, R>) => writing.withPermit(effect)

  const present = Effect.fnUntraced(function* (name: string) {
    const exchanges = (yield* catalog.exchanges).filter((one) => folded(one.name) === folded(name))
    const markets = yield* Effect.forEach(exchanges, ({ id }) => catalog.markets({ exchange_id: id }))
    return { exchange: exchanges[0], markets: markets.flat(), symbols: yield* catalog.symbols }
  })
  const exchangeOf = (name: string) =>
    catalog.createExchange(ExchangeName.make(name)).pipe(
      // made in the same moment by somebody else; its next look finds it
      Effect.catchTag("AlreadyExists", () => catalog.exchange(name)),
      Effect.catchTags({ MisleadingName: Effect.die, NotFound: Effect.die, Ambiguous: Effect.die })
    )
  const addListed = Effect.fn("MarketAdder.addListed")(function* (
    name: string,
    listed: ReadonlyArray<Instrument>,
    { before, room }: AddOptions
  ) {
    const added = new Set<MarketId>()
    for (let round = 1; ; round++) {
      const now = yield* present(name)
      const planned = planMarkets(now.exchange ?? { name }, listed, now)
      const missing = planned
        .flatMap((one) => (one.plan === "add" ? [one] : []))
        .slice(0, Math.max(0, room - added.size))
      if (missing.length === 0 || round > ROUNDS) return planned.map((one) => outcomeOf(one, added))
      const exchange = now.exchange ?? (yield* exchangeOf(name))
      before?.(missing.map(({ tag }) => tag))
      for (let at = 0; at < missing.length; at += AT_ONCE) {
        const rows = missing.slice(at, at + AT_ONCE).map(({ row }) => row)
        for (const id of yield* catalog.addListed(exchange, rows)) added.add(id)
      }
    }
  }, alone)

  const startOne = (id: MarketId) =>
    Effect.suspend(() => {
      let started = false
      const on = ({ level4_feed_enabled }: Market) => {
        started = !level4_feed_enabled
        return Effect.succeed(true)
      }
      const failed = (again: boolean) => (detail: string) => ({ started: false, detail, again })
      return feedSwitch.turn(id, on).pipe(
        Effect.map((): Started => ({ started, detail: null, again: false })),
        Effect.catchTags({
          FeedRefused: ({ detail }) => Effect.succeed(failed(false)(detail)),
          NotFound: () => Effect.succeed(failed(false)("it was deleted meanwhile")),
          CatalogUnavailable: ({ detail }) => Effect.succeed(failed(true)(detail))
        }),
        Effect.catchDefect((defect) =>
          Effect.as(
            Effect.logError("a market could not be started", defect),
            failed(false)("level4 failed to start it because of a fault of its own; the service's log has the cause")
          )
        ),
        Effect.annotateLogs({ market: id }),
        Effect.map((outcome) => [id, outcome] as const)
      )
    })
  const start = Effect.fn("MarketAdder.start")((ids: ReadonlyArray<MarketId>) =>
    Effect.map(Effect.forEach(ids, startOne, { concurrency: STARTS_AT_ONCE }), (pairs) => new Map(pairs))
  )

  /** As far as that is done in time; the rest is done after the answer. */
  const beginStart = Effect.fnUntraced(function* (ids: ReadonlyArray<MarketId>) {
    const done = new Map(ids.map((id) => [id, GOES_ON]))
    const starting = Effect.forEach(ids, (id) => Effect.map(startOne(id), ([, outcome]) => done.set(id, outcome)), {
      concurrency: STARTS_AT_ONCE,
      discard: true
    })
    const fiber = yield* Effect.forkIn(starting, scope)
    yield* Effect.timeoutOption(Fiber.await(fiber), PATIENCE)
    return new Map(done)
  })

  const read = ({ exchange, marketTypes }: PatternTarget) =>
    Effect.map(Effect.result(instruments.list(exchange, marketTypes)), (listing) => ({ exchange, listing }))

  const add = Effect.fn("MarketAdder.add")(function* ({ dryRun, limit, patterns: texts, start: starts }: BatchOrder) {
    const targets = yield* Effect.fromResult(targetsOf(texts))
    const patterns = texts.map(marketPattern)
    const readings = yield* Effect.forEach(targets, read, { concurrency: "unbounded" })
    const listings = readings.flatMap(({ exchange, listing }) =>
      Result.isSuccess(listing) ? [{ exchange, instruments: matching(exchange, listing.success, patterns) }] : []
    )
    if (listings.length === 0)
      return yield* noneListed(readings.flatMap(({ listing }) => (Result.isFailure(listing) ? [listing.failure] : [])))
    const matched = listings.reduce((sum, { instruments: { length } }) => sum + length, 0)
    if (matched > limit) return yield* new TooManyMatches({ matched, limit })
    const rows = (yield* Effect.forEach(listings, (one) =>
      addListed(one.exchange, one.instruments, { room: dryRun ? 0 : Infinity })
    )).flat()
    const ids = rows.flatMap(({ market }) => (market === null ? [] : [market.id]))
    const started = starts && !dryRun ? yield* beginStart(ids) : new Map<MarketId, Started>()
    return batchOf(dryRun, readings, rows, started)
  })
  return MarketAdder.of({ add, addListed, start })
})

/** The instruments of a listing whose tags match, except those that are gone. */
export const matching = (
  exchange: string,
  { instruments }: Listed,
  patterns: ReadonlyArray<MarketPattern>
): ReadonlyArray<Instrument> =>
  instruments.filter((instrument) => {
    if (instrument.status === "delisted") return false
    const tag = instrumentTag(exchange, instrument)
    return patterns.some((pattern) => pattern.matches(tag))
  })

/** Each exchange once, with the types of all patterns that concern it. */
const targetsOf = (patterns: ReadonlyArray<string>): Result.Result<ReadonlyArray<PatternTarget>, UnmatchedPattern> => {
  const types = new Map<string, ReadonlyArray<MarketType>>()
  for (const pattern of patterns) {
    const targets = patternTargets(pattern)
    if ("detail" in targets) return Result.fail(new UnmatchedPattern({ pattern, ...targets }))
    for (const { exchange, marketTypes } of targets) {
      types.set(exchange, [...new Set([...(types.get(exchange) ?? []), ...marketTypes])])
    }
  }
  return Result.succeed([...types].map(([exchange, marketTypes]) => ({ exchange, marketTypes })))
}

const noneListed = ([first, ...others]: ReadonlyArray<ListingUnavailable>): ListingUnavailable => {
  if (first === undefined) throw new Error("a pattern without a target is refused before")
  const rest = others.length === 0 ? "" : `; nor do ${others.map(({ exchange }) => exchange).join(", ")}`
  return new ListingUnavailable({ exchange: first.exchange, age: first.age, said: first.said + rest })
}

const outcomeOf = (planned: PlannedMarket, added: ReadonlySet<MarketId>): AddedMarket => {
  const { native_symbol, tag } = planned
  switch (planned.plan) {
    case "exists": {
      const { detail, market } = planned
      return { tag, native_symbol, market, outcome: added.has(market.id) ? "added" : "exists", detail }
    }
    case "add":
      return { tag, native_symbol, market: null, outcome: "would_add", detail: null }
    case "refuse":
      return { tag, native_symbol, market: null, outcome: "refused", detail: planned.detail }
  }
}
