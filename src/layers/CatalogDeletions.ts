// Owns what it takes to delete rows of the catalog: nothing may use them, and the next that is the same as a deleted
// one takes its place (CatalogDuplicates.ts). Whether a market's feed runs is for FeedSwitch to know. Invariant: it is
// the database that refuses, so that no market that is made at the same moment is left without its rows.
import { Effect, Option } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import type { Asset } from "../domain/Asset.ts"
import type { Exchange } from "../domain/Exchange.ts"
import { InUse, NotFound } from "../domain/Failures.ts"
import { type Market, tagOf } from "../domain/Market.ts"
import { deleteAmongSame } from "./CatalogDuplicates.ts"
import type { makeCatalogQueries } from "./CatalogQueries.ts"
import { violatedConstraint } from "./DatabaseFault.ts"

type Queries = ReturnType<typeof makeCatalogQueries>

/** What refuses the deletion of a row that a market names. */
const USES: ReadonlySet<string> = new Set([
  "markets_exchange_exists",
  "markets_base_symbol_exists",
  "markets_quote_symbol_exists"
])

/** How often a deletion is tried again whose refusal nobody explains any more. */
const AGAIN = 3

interface Usable {
  readonly entity: "symbol" | "exchange"
  readonly table: "symbols" | "exchanges"
  readonly id: number
  readonly name: string
}

export const makeDeletions = (sql: SqlClient, queries: Queries) => {
  /** `deletion`: deletes the row unless markets use it; `using`: finds those that do. */
  const unused = <E, F>(
    row: Usable,
    deletion: Effect.Effect<Option.Option<unknown>, E>,
    using: Effect.Effect<Effect.Success<ReturnType<Queries["users"]>>, F>
  ) => {
    const { entity, id, name, table } = row
    const refused = Effect.gen(function* () {
      const markets = yield* using
      const [first] = markets
      // who used it is gone in the meantime: it can be deleted now
      if (first === undefined) return yield* Effect.fail("unused" as const)
      return yield* new InUse({ entity, name, id, users: markets.map(tagOf), count: first.count })
    })
    return deleteAmongSame(sql, table, id, deletion).pipe(
      Effect.filterOrFail(Option.isSome, () => new NotFound({ entity, id })),
      Effect.catchIf(
        (error) => isSqlError(error) && USES.has(violatedConstraint(error)),
        () => refused
      ),
      Effect.retry({ times: AGAIN, while: (error) => error === "unused" }),
      Effect.catchIf(
        (error): error is "unused" => error === "unused",
        () => Effect.die(new Error(`the ${entity} is used by no market, and is not deleted`))
      ),
      Effect.asVoid
    )
  }
  return {
    symbol: ({ id, symbol }: Asset) =>
      unused(
        { entity: "symbol", table: "symbols", id, name: symbol },
        queries.deleteSymbol(id),
        queries.users({ symbol_id: id, exchange_id: null })
      ),
    exchange: ({ id, name }: Exchange) =>
      unused(
        { entity: "exchange", table: "exchanges", id, name },
        queries.deleteExchange(id),
        queries.users({ symbol_id: null, exchange_id: id })
      ),
    market: Effect.fnUntraced(function* (market: Market) {
      const { id } = market
      const deleted = yield* deleteAmongSame(sql, "markets", id, queries.deleteMarket(id))
      if (Option.isSome(deleted)) return
      if (Option.isNone(yield* queries.market(id))) return yield* new NotFound({ entity: "market", id })
      const name = tagOf(market)
      return yield* new InUse({ entity: "market", name, id, users: [name], count: 1 })
    })
  }
}
