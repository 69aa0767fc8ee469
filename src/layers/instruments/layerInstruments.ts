// Owns Instruments as the service has it: the readers of all exchanges behind one door. Where listings come from is
// listingSources', how one is read readListing's, when ListingReader's.
import { Clock, Context, Duration, Effect, Fiber, Layer, Option, PubSub, Stream } from "effect"
import { ListingUnavailable } from "../../domain/Failures.ts"
import type { MarketWords } from "../../domain/Market.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { folded } from "../../domain/Names.ts"
import { resolve, schemes } from "../../schemes/Schemes.ts"
import type { TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { InstrumentDetails } from "../InstrumentDetails.ts"
import { Instruments, type Listed, type ListingRead } from "../Instruments.ts"
import { OpenVenues } from "../OpenVenues.ts"
import { Settings } from "../Settings.ts"
import { ListingReader } from "./ListingReader.ts"
import { listingSources } from "./listingSources.ts"

/** Milliseconds within which nothing is asked for twice. */
const JUST_READ = 10_000
/** Readings that a slow follower may be behind. */
const READINGS = 256

/** `known`: the schemes whose venues list something; tests put their own in their place. */
export const layerInstrumentsOf = (known: ReadonlyArray<TranslationScheme>) => Layer.effectContext(make(known))

const make = Effect.fnUntraced(function* (known: ReadonlyArray<TranslationScheme>) {
  const settings = yield* Settings
  const venues = yield* OpenVenues
  const clock = yield* Clock.Clock
  const readings = yield* PubSub.sliding<ListingRead>(READINGS)
  const scope = yield* Effect.scope
  // a reading is no part of the request that asks for it
  const fork = Effect.runForkWith(yield* Effect.context())
  const interval = Duration.toMillis(settings.listingInterval)

  const readers = new Map(
    [...listingSources(known, settings)].map(([exchange, sources]) => [
      exchange,
      sources.map(
        (source) =>
          new ListingReader(source, {
            venueOf: ({ scheme }) => venues.of(scheme),
            fork: (reading) => Fiber.runIn(fork(reading), scope),
            announce: ({ scheme, types }) => PubSub.publish(readings, { exchange: scheme.exchange, marketTypes: types })
          })
      )
    ])
  )
  const readersOf = (exchange: string, types?: ReadonlyArray<MarketType>) =>
    (readers.get(folded(exchange)) ?? []).filter(
      ({ source }) => types === undefined || source.types.some((type) => types.includes(type))
    )
  const micros = () => clock.currentTimeMillisUnsafe() * 1_000

  const knownOf = (exchange: string, types?: ReadonlyArray<MarketType>): Listed | null => {
    const read = readersOf(exchange, types).flatMap(({ memory, source }) =>
      memory.at === null ? [] : [{ memory, source, at: source.way.kind === "closed" ? micros() : memory.at }]
    )
    if (read.length === 0) return null
    const instruments = read.flatMap(({ memory, source }) => memory.of(types ?? source.types))
    return { instruments, at: Math.min(...read.map(({ at }) => at)) }
  }
  const unavailable = (exchange: string, types: ReadonlyArray<MarketType> | undefined, said: string) => {
    const at = knownOf(exchange, types)?.at
    const age = at === undefined ? null : Math.max(0, Math.floor((micros() - at) / 1_000_000))
    const name = readersOf(exchange)[0]?.source.scheme.exchange ?? exchange
    return new ListingUnavailable({ exchange: name, said, age })
  }
  const readWithin = (maxAge: number) =>
    Effect.fnUntraced(function* (exchange: string, types?: ReadonlyArray<MarketType>) {
      const asked = readersOf(exchange, types)
      yield* Effect.forEach(asked, (reader) => reader.ensure(maxAge), { concurrency: "unbounded", discard: true }).pipe(
        Effect.mapError(({ said }) => unavailable(exchange, types, said))
      )
      return knownOf(exchange, types) ?? (yield* unavailable(exchange, types, nothing(exchange, types)))
    })
  const nothing = (exchange: string, types: ReadonlyArray<MarketType> | undefined): string =>
    readersOf(exchange).length === 0 ? "level4 has no scheme for it" : `it has no ${types?.join(", ")} markets here`

  const ofMarket = ({ base_symbol, exchange, market_type, native_symbol, quote_symbol }: MarketWords) => {
    const names = { base: base_symbol.symbol, quote: quote_symbol.symbol, market_type, native_symbol }
    const protocol = Option.getOrNull(settings.protocol(exchange.name, market_type))
    const resolved = resolve({ exchange: exchange.name, ...names }, protocol)
    if (typeof resolved === "string") return null
    const reader = readersOf(exchange.name, [market_type]).find(
      ({ source }) => source.scheme.protocol === resolved.scheme.protocol
    )
    return reader?.memory.find(market_type, resolved.symbol) ?? null
  }

  const instruments = Instruments.of({
    list: readWithin(interval),
    refresh: readWithin(JUST_READ),
    known: knownOf,
    ofMarket,
    readings: Stream.fromPubSub(readings)
  })
  const details = InstrumentDetails.of({
    of: (exchange, instrument) => {
      const reader = readersOf(exchange, [instrument.market_type]).find(
        ({ memory }) => memory.find(instrument.market_type, instrument.native_symbol) !== null
      )
      return reader === undefined ? Effect.succeed(instrument) : reader.detailed(instrument)
    },
    named: (exchange, type, native) => {
      const reader = readersOf(exchange, [type])[0]
      return reader === undefined ? Effect.succeed(null) : reader.named(type, native)
    }
  })
  return Context.make(Instruments, instruments).pipe(Context.add(InstrumentDetails, details))
})

export const layerInstruments = layerInstrumentsOf(schemes)
