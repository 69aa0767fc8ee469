// Owns the catalog: symbols, exchanges and markets in Postgres, whichever server or embedded database stands behind the
// client. Which feeds run is FeedRegistry's; what venues can do is known to the schemes. Invariant: what the catalog
// must never hold (duplicates, dangling references, contradictions) the database itself refuses; here refusals get
// their names. A call answers within ANSWER_LIMIT, also when the database hangs; a write cut off there may yet have
// been done.
import { Array, Context, Duration, Effect, Fiber, Layer, Option, Schema, Scope } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import type { Asset, SymbolCode, SymbolId } from "../domain/Asset.ts"
import type { Exchange, ExchangeId, ExchangeName } from "../domain/Exchange.ts"
import {
  AlreadyExists,
  Ambiguous,
  CatalogUnavailable,
  type InUse,
  InvalidMarket,
  MisleadingName,
  NotFound,
  UnknownReference
} from "../domain/Failures.ts"
import { type Market, type MarketId, type NewMarket, tagOf } from "../domain/Market.ts"
import { choose, folded } from "../domain/Names.ts"
import { knownVenueLike } from "../schemes/knownVenueLike.ts"
import { type MarketFilter, makeCatalogQueries } from "./CatalogQueries.ts"
import { makeCatalogSchema } from "./CatalogSchema.ts"
import { makeDeletions } from "./CatalogDeletions.ts"
import { keysOf } from "./CatalogDuplicates.ts"
import { scopeClosedWithin } from "./ClosedWithin.ts"
import { type ListedRow, makeListedMarketQueries } from "./ListedMarketQueries.ts"
import { makeRuleStore, type RuleStore } from "./RuleStore.ts"
import { databaseFault, isSchemaMissing, violatedConstraint } from "./DatabaseFault.ts"

export class Catalog extends Context.Service<
  Catalog,
  {
    createSymbol(code: SymbolCode): Effect.Effect<Asset, AlreadyExists | CatalogUnavailable>
    /** Every list is in the order of its ids. */
    readonly symbols: Effect.Effect<ReadonlyArray<Asset>, CatalogUnavailable>
    /** By its number, or by its code: the one spelled exactly so, else the only one that differs in case alone. */
    symbol(reference: SymbolId | string): Effect.Effect<Asset, NotFound | Ambiguous | CatalogUnavailable>
    /** Only what no market uses is deleted; its number is never given again. */
    deleteSymbol(symbol: Asset): Effect.Effect<void, NotFound | InUse | CatalogUnavailable>
    createExchange(name: ExchangeName): Effect.Effect<Exchange, AlreadyExists | MisleadingName | CatalogUnavailable>
    readonly exchanges: Effect.Effect<ReadonlyArray<Exchange>, CatalogUnavailable>
    /** By its number, or by its name: the one spelled exactly so, else the only one that differs in case alone. */
    exchange(reference: ExchangeId | string): Effect.Effect<Exchange, NotFound | Ambiguous | CatalogUnavailable>
    deleteExchange(exchange: Exchange): Effect.Effect<void, NotFound | InUse | CatalogUnavailable>
    /** The new market's switch is off. Without options it is unverified: no listing has shown it. */
    createMarket(
      market: NewMarket,
      options?: { readonly unverified: boolean }
    ): Effect.Effect<Market, AlreadyExists | UnknownReference | InvalidMarket | CatalogUnavailable>
    markets(filter: MarketFilter): Effect.Effect<ReadonlyArray<Market>, CatalogUnavailable>
    market(id: MarketId): Effect.Effect<Market, NotFound | CatalogUnavailable>
    /** By its tag: the one spelled exactly so, else the only one that differs in case alone. */
    marketOf(tag: string): Effect.Effect<Market, NotFound | Ambiguous | CatalogUnavailable>
    /** Only a market whose switch is off is deleted; whether its feed runs is for FeedSwitch to know. */
    deleteMarket(market: Market): Effect.Effect<void, NotFound | InUse | CatalogUnavailable>
    /** Writes the durable switch; starts and stops nothing. */
    setFeedEnabled(id: MarketId, enabled: boolean): Effect.Effect<Market, NotFound | CatalogUnavailable>
    /**
     * Adds what a listing shows, verified and switched off, with the symbols that it needs; what is there already, by
     * its tag or at its venue, is left as it is. Gives the numbers of those that were added. A thousand at most.
     */
    addListed(
      exchange: Exchange,
      listed: ReadonlyArray<ListedRow>
    ): Effect.Effect<ReadonlyArray<MarketId>, CatalogUnavailable>
    readonly rules: RuleStore
    /** A listing of their venues has shown these markets; those that are gone are left out. */
    setVerified(ids: ReadonlyArray<MarketId>): Effect.Effect<void, CatalogUnavailable>
    /** Succeeds when the database answers and its schema is up to date; says in its error what it waits for. */
    readonly ready: Effect.Effect<void, CatalogUnavailable>
  }
>()("level4/layers/Catalog") {
  /**
   * Builds although the database is down: calls fail with CatalogUnavailable until it comes, then work by themselves.
   */
  static readonly layer = Layer.effect(Catalog)(Effect.suspend(() => make))
}

const ANSWER_LIMIT = Duration.seconds(4)
const CLOSE_LIMIT = Duration.millis(500)
/** The ids' column is an integer; no row of a larger id can exist. */
const MAX_ID = 2_147_483_647
/** Rows of one statement: a statement has 65535 parameters at most. */
const VERIFIED_AT_A_TIME = 1_000

const make = Effect.gen(function* () {
  const sql = yield* SqlClient
  const queries = makeCatalogQueries(sql)
  const { insertListed } = makeListedMarketQueries(sql)
  const deletions = makeDeletions(sql, queries)
  const call = yield* makeCall

  const createSymbol = Effect.fn("Catalog.createSymbol")((given: SymbolCode) => {
    const code = given.normalize("NFC")
    return call(insertOr(queries.insertSymbol(code), first(queries.symbolsByCode(code)), symbolExists))
  })
  const createExchange = Effect.fn("Catalog.createExchange")(function* (given: ExchangeName) {
    const looks_like = knownVenueLike(given)
    if (looks_like !== null) return yield* new MisleadingName({ name: given, looks_like })
    const name = given.normalize("NFC").trim().replace(/ +/g, " ")
    return yield* call(insertOr(queries.insertExchange(name), first(queries.exchangesByName(name)), exchangeExists))
  })
  const createMarket = Effect.fn("Catalog.createMarket")((market: NewMarket, { unverified } = { unverified: true }) => {
    const unstorable = REFERENCES.find((field) => market[field] > MAX_ID)
    if (unstorable !== undefined) return Effect.fail(unknownReference(market, unstorable))
    const native_symbol = market.native_symbol?.normalize("NFC") ?? null
    const insert = Effect.gen(function* () {
      const words = Option.getOrNull(yield* queries.references(market))
      // what is missing, the database says with its refusal
      const keys =
        words === null
          ? { tag_key: null, effective_symbol: null }
          : keysOf({ ...words, market_type: market.market_type, native_symbol })
      const { base_symbol_id, exchange_id, market_type, quote_symbol_id } = market
      const row = { exchange_id, base_symbol_id, quote_symbol_id, market_type, native_symbol, unverified, ...keys }
      return yield* insertOr(queries.insertMarket(row), queries.sameMarket(row), marketExists(keys.tag_key))
    })
    return insert.pipe(
      Effect.catchTag("SqlError", (error) => Effect.fail(nameRefusal(market, error) ?? error)),
      call
    )
  })
  const setFeedEnabled = Effect.fn("Catalog.setFeedEnabled")((id: MarketId, enabled: boolean) =>
    call(foundOr(queries.updateSwitch({ id, enabled }), "market", id))
  )
  return Catalog.of({
    createSymbol,
    symbols: call(queries.symbols(undefined)).pipe(Effect.withSpan("Catalog.symbols")),
    symbol: Effect.fn("Catalog.symbol")((reference: SymbolId | string) =>
      call(
        typeof reference === "number"
          ? foundOr(queries.symbol(reference), "symbol", reference)
          : onlyOr(queries.symbolsByCode(reference), "symbol", reference, ({ symbol }) => symbol)
      )
    ),
    deleteSymbol: Effect.fn("Catalog.deleteSymbol")((symbol: Asset) => call(deletions.symbol(symbol))),
    createExchange,
    exchanges: call(queries.exchanges(undefined)).pipe(Effect.withSpan("Catalog.exchanges")),
    exchange: Effect.fn("Catalog.exchange")((reference: ExchangeId | string) =>
      call(
        typeof reference === "number"
          ? foundOr(queries.exchange(reference), "exchange", reference)
          : onlyOr(queries.exchangesByName(reference), "exchange", reference, ({ name }) => name)
      )
    ),
    deleteExchange: Effect.fn("Catalog.deleteExchange")((exchange: Exchange) => call(deletions.exchange(exchange))),
    createMarket,
    markets: Effect.fn("Catalog.markets")((filter: MarketFilter) => call(queries.markets(filter))),
    market: Effect.fn("Catalog.market")((id: MarketId) => call(foundOr(queries.market(id), "market", id))),
    marketOf: Effect.fn("Catalog.marketOf")((tag: string) =>
      call(onlyOr(queries.marketsByTag(tag), "market", tag, tagOf))
    ),
    deleteMarket: Effect.fn("Catalog.deleteMarket")((market: Market) => call(deletions.market(market))),
    setFeedEnabled,
    addListed: Effect.fn("Catalog.addListed")((exchange: Exchange, listed: ReadonlyArray<ListedRow>) =>
      call(insertListed(exchange, listed))
    ),
    rules: makeRuleStore(sql, call),
    setVerified: Effect.fn("Catalog.setVerified")((ids: ReadonlyArray<MarketId>) =>
      Effect.forEach(Array.chunksOf(ids, VERIFIED_AT_A_TIME), (some) => call(queries.updateVerified(some)), {
        discard: true
      })
    ),
    ready: call(Effect.asVoid(queries.ping)).pipe(Effect.withSpan("Catalog.ready"))
  })
})

/** The one way to the database: behind the schema's gate, answered in time, its errors distinguished. */
const makeCall = Effect.gen(function* () {
  const scope = yield* scopeClosedWithin(CLOSE_LIMIT)
  const schema = yield* Scope.provide(makeCatalogSchema, scope)
  const late = Effect.fail(new CatalogUnavailable({ problem: "slow", said: Duration.format(ANSWER_LIMIT) }))
  return <A, E>(query: Effect.Effect<A, E | SqlError | Schema.SchemaError>) =>
    schema.gate.pipe(
      Effect.andThen(query),
      Effect.catchIf(isSqlError, (error) => (isSchemaMissing(error) ? schema.lost : databaseFault(error))),
      Effect.catchIf(Schema.isSchemaError, Effect.die),
      // a hanging query takes seconds to cancel: its own fiber does that, and the caller does not wait for it
      Effect.forkIn(scope),
      Effect.flatMap((fiber) => {
        const abandon = Effect.sync(() => fiber.interruptUnsafe())
        return Fiber.join(fiber).pipe(
          Effect.timeoutOrElse({ duration: ANSWER_LIMIT, orElse: () => Effect.andThen(abandon, late) }),
          Effect.onInterrupt(() => abandon)
        )
      })
    )
})

type Queried<A> = Effect.Effect<Option.Option<A>, SqlError | Schema.SchemaError>

const insertOr = <A>(insert: Queried<A>, existing: Queried<A>, exists: (row: A) => AlreadyExists) =>
  Effect.flatMap(insert, (inserted) =>
    Option.isSome(inserted)
      ? Effect.succeed(inserted.value)
      : Effect.flatMap(existing, (row) =>
          Option.isSome(row)
            ? Effect.fail(exists(row.value))
            : Effect.die(new Error("the row that refused an insert was gone when it was looked for"))
        )
  )

const foundOr = <A>(found: Queried<A>, entity: NotFound["entity"], id: number) =>
  Effect.flatMap(
    found,
    Option.match({ onNone: () => Effect.fail(new NotFound({ entity, id })), onSome: (row) => Effect.succeed(row) })
  )

const first = <A>(rows: Effect.Effect<ReadonlyArray<A>, SqlError | Schema.SchemaError>): Queried<A> =>
  Effect.map(rows, ([row]) => Option.fromUndefinedOr(row))

const onlyOr = <A extends { readonly id: number }>(
  rows: Effect.Effect<ReadonlyArray<A>, SqlError | Schema.SchemaError>,
  entity: Ambiguous["entity"],
  name: string,
  nameOf: (row: A) => string
) =>
  Effect.gen(function* () {
    const found = yield* rows
    const chosen = choose(found, name, nameOf)
    if (chosen === "none") return yield* new NotFound({ entity, id: name })
    if (chosen === "several") return yield* new Ambiguous({ entity, name, ids: found.map(({ id }) => id) })
    return chosen
  })

const symbolExists = ({ id, symbol }: Asset) =>
  new AlreadyExists({ entity: "symbol", name: symbol, id, same: "by_name" })
const exchangeExists = ({ id, name }: Exchange) => new AlreadyExists({ entity: "exchange", name, id, same: "by_name" })
const marketExists = (tag: string | null) => (market: Market) => {
  const name = tagOf(market)
  const same = folded(name) === tag ? "by_name" : "to_its_venue"
  return new AlreadyExists({ entity: "market", name, id: market.id, same })
}

const REFERENCES = ["exchange_id", "base_symbol_id", "quote_symbol_id"] as const
const unknownReference = (market: NewMarket, field: UnknownReference["field"]) =>
  new UnknownReference({ field, id: market[field] })

/** The domain's name for what the database refused, by the constraint that did; undefined for any other error. */
const nameRefusal = (market: NewMarket, error: SqlError): UnknownReference | InvalidMarket | undefined => {
  switch (violatedConstraint(error)) {
    case "markets_exchange_exists":
      return unknownReference(market, "exchange_id")
    case "markets_base_symbol_exists":
      return unknownReference(market, "base_symbol_id")
    case "markets_quote_symbol_exists":
      return unknownReference(market, "quote_symbol_id")
    case "markets_base_is_not_quote":
      return new InvalidMarket({ contradiction: "base_is_quote" })
    case "markets_future_has_native_symbol":
      return new InvalidMarket({ contradiction: "future_without_native_symbol" })
    default:
      return undefined
  }
}
