// Owns the question whether a new market is what its venue lists, asked within PATIENCE before the market is stored.
// What the answer means is checkMarket's. Invariant: only a listing that was had refuses a market; without one nothing
// is known, and the market stays unverified.
import { type Duration, Effect, Option } from "effect"
import type { NewMarket } from "../../domain/Market.ts"
import { resolve } from "../../schemes/Schemes.ts"
import { Catalog } from "../Catalog.ts"
import { InstrumentDetails } from "../InstrumentDetails.ts"
import { Instruments } from "../Instruments.ts"
import { Settings } from "../Settings.ts"
import { type Checked, checkMarket } from "./checkMarket.ts"

/** How long a new market waits for what its venue lists. */
const PATIENCE = "8 seconds"
/** How long it then waits for what only makes the answer better. */
const MORE_WITHIN = "2 seconds"

const UNKNOWN: Checked = { verdict: "unknown" }

/** The check of new markets: a function, so that it is made once with what it needs. */
export const makeNewMarketCheck = Effect.gen(function* () {
  const catalog = yield* Catalog
  const instruments = yield* Instruments
  const details = yield* InstrumentDetails
  const settings = yield* Settings

  /** None where a row that it names is missing: the catalog refuses that by name. */
  const wordsOf = ({ base_symbol_id, exchange_id, market_type, native_symbol = null, quote_symbol_id }: NewMarket) =>
    Effect.all([catalog.exchange(exchange_id), catalog.symbol(base_symbol_id), catalog.symbol(quote_symbol_id)], {
      concurrency: "unbounded"
    }).pipe(
      Effect.map(([exchange, base, quote]) =>
        Option.some({ exchange: exchange.name, base: base.symbol, quote: quote.symbol, market_type, native_symbol })
      ),
      Effect.catchTags({ NotFound: () => Effect.succeedNone, Ambiguous: () => Effect.succeedNone })
    )

  return Effect.fn("checkNewMarket")(function* (market: NewMarket) {
    const { base_symbol_id, market_type, native_symbol = null, quote_symbol_id } = market
    // what contradicts itself the catalog refuses
    if (base_symbol_id === quote_symbol_id || (market_type === "FUTURE" && native_symbol === null)) return UNKNOWN
    const words = Option.getOrNull(yield* wordsOf(market))
    if (words === null) return UNKNOWN
    const { exchange } = words
    const protocol = Option.getOrNull(settings.protocol(exchange, market_type))
    const resolved = resolve(words, protocol)
    if (typeof resolved === "string") return UNKNOWN
    const alone = yield* inTime(details.named(exchange, market_type, resolved.symbol), MORE_WITHIN)
    const named = Option.getOrNull(alone)
    if (named !== null) {
      const checked = checkMarket(words, [named], protocol)
      if (checked.verdict === "listed") return checked
    }
    const listed = yield* inTime(instruments.list(exchange, [market_type]), PATIENCE)
    if (Option.isNone(listed)) return UNKNOWN
    // of a venue that closed not all is known that it listed
    const known = instruments.known(exchange)?.instruments ?? []
    if (known.length > 0 && known.every(({ status }) => status === "delisted")) return UNKNOWN
    const checked = checkMarket(words, listed.value.instruments, protocol)
    if (checked.verdict === "listed") yield* inTime(details.of(exchange, checked.instrument), MORE_WITHIN)
    if (checked.verdict !== "mismatch") return checked
    // what is meant may be of another type
    const asked = yield* inTime(instruments.list(exchange), MORE_WITHIN)
    const all = Option.getOrElse(asked, () => instruments.known(exchange))
    return all === null ? checked : checkMarket(words, all.instruments, protocol)
  })
})

const inTime = <A, E>(asked: Effect.Effect<A, E>, limit: Duration.Input): Effect.Effect<Option.Option<A>> =>
  Effect.orElseSucceed(Effect.timeoutOption(asked, limit), Option.none<A>)
