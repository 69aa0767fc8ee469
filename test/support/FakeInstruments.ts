// Owns listings that never leave the process, for tests of what stands on Instruments: what a venue lists is what the
// test says. Until it says something, no venue lists anything, and asking fails.
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import { ListingUnavailable } from "../../src/domain/Failures.ts"
import { Instrument } from "../../src/domain/Instrument.ts"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { folded } from "../../src/domain/Names.ts"
import { InstrumentDetails } from "../../src/layers/InstrumentDetails.ts"
import { Instruments, type ListingRead } from "../../src/layers/Instruments.ts"
import { effectiveSymbol } from "../../src/schemes/effectiveSymbol.ts"

/** An instrument of spot, trading, that names nothing else, unless told. */
export const instrument = (
  fields: Partial<typeof Instrument.Encoded> & Pick<typeof Instrument.Encoded, "native_symbol" | "base" | "quote">
): Instrument =>
  new Instrument({
    settle: null,
    market_type: "SPOT",
    price_tick: null,
    size_step: null,
    min_size: null,
    min_notional: null,
    size_unit: "base",
    contract_value: null,
    status: "trading",
    listed_at: null,
    expires_at: null,
    ...fields
  })

export class ListingControl extends Context.Service<
  ListingControl,
  {
    /** What the venue of this name lists from now on. */
    readonly list: (exchange: string, instruments: ReadonlyArray<Instrument>) => void
    /** The venue of this name does not answer any more, for this reason; null: it does again. */
    readonly fail: (exchange: string, said: string | null) => void
    /** The listing was read: those who follow readings hear of it. */
    readonly read: (reading: ListingRead) => Effect.Effect<void>
    /** What was asked for, in order: `Kraken SPOT`, `Kraken *`. */
    readonly asked: Array<string>
    /** When the listings were read, in microseconds since 1970; null: now. */
    at: number | null
    /** While set an answer waits for it. */
    hold: Effect.Effect<void> | undefined
    /** What the venue says of one instrument alone, by its native symbol. */
    readonly details: Map<string, Instrument>
    /** While set what it says alone waits for it. */
    holdDetails: Effect.Effect<void> | undefined
  }
>()("test/ListingControl") {}

const make = Effect.gen(function* () {
  const listings = new Map<string, ReadonlyArray<Instrument>>()
  const failures = new Map<string, string>()
  const readings = yield* PubSub.unbounded<ListingRead>()
  const control = ListingControl.of({
    list: (exchange, instruments) => listings.set(folded(exchange), instruments),
    fail: (exchange, said) =>
      said === null ? failures.delete(folded(exchange)) : failures.set(folded(exchange), said),
    read: (reading) => PubSub.publish(readings, reading),
    asked: [],
    at: null,
    hold: undefined,
    details: new Map(),
    holdDetails: undefined
  })
  const known = (exchange: string, types?: ReadonlyArray<MarketType>) => {
    const all = listings.get(folded(exchange))
    if (all === undefined) return null
    const instruments = types === undefined ? all : all.filter(({ market_type }) => types.includes(market_type))
    return { instruments, at: control.at ?? Date.now() * 1000 }
  }
  const list = Effect.fnUntraced(function* (exchange: string, types?: ReadonlyArray<MarketType>) {
    control.asked.push(`${exchange} ${types?.join(",") ?? "*"}`)
    if (control.hold !== undefined) yield* control.hold
    const listed = known(exchange, types)
    const said = failures.get(folded(exchange)) ?? (listed === null ? "connection refused" : undefined)
    if (listed !== null && said === undefined) return listed
    const age = listed === null ? null : Math.floor((Date.now() * 1000 - listed.at) / 1e6)
    return yield* new ListingUnavailable({ exchange, said: said ?? "", age })
  })
  const instruments = Instruments.of({
    list,
    refresh: list,
    known,
    ofMarket: ({ base_symbol, exchange, market_type, native_symbol, quote_symbol }) => {
      const symbol = effectiveSymbol({
        exchange: exchange.name,
        base: base_symbol.symbol,
        quote: quote_symbol.symbol,
        market_type,
        native_symbol
      })
      const same = (one: Instrument) =>
        symbol !== null &&
        one.market_type === market_type &&
        effectiveSymbol(Object.assign({ exchange: exchange.name }, one)) === symbol
      return listings.get(folded(exchange.name))?.find(same) ?? null
    },
    readings: Stream.fromPubSub(readings)
  })
  const details = InstrumentDetails.of({
    of: (_, given) =>
      Effect.map(
        Effect.suspend(() => control.holdDetails ?? Effect.void),
        () => control.details.get(given.native_symbol) ?? given
      ),
    named: () => Effect.succeed(null)
  })
  return Context.make(Instruments, instruments).pipe(
    Context.add(InstrumentDetails, details),
    Context.add(ListingControl, control)
  )
})

export const FakeInstruments = { layer: Layer.effectContext(make) }
