// Holds the answer in which a simulated venue lists its markets to the listing of its scheme: what one writes, the
// other reads, in every state that a market may be in. Both are pure, so nothing is dialled and no time passes.
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { canonical } from "../../src/domain/Decimal.ts"
import { Instrument, type InstrumentStatus } from "../../src/domain/Instrument.ts"
import type { Listing as SchemeListing, ListingRequest } from "../../src/schemes/Listing.ts"
import type { TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import type { Gateway, Listing, ListingState, Venue } from "../../src/simulator/Venue.ts"

const AT = 1_795_000_000_000_000

interface SimulatedListing {
  readonly instruments: ReadonlyMap<string, Instrument>
  /** Those that are no listed market of the simulation. */
  readonly others: ReadonlyArray<Instrument>
  readonly unread: number
}

export const listingOf = ({ listing, exchange }: TranslationScheme): SchemeListing =>
  listing ?? assert.fail(`${exchange} has no listing`)

const readAll = (gateway: Gateway, scheme: TranslationScheme, first: ReadonlyArray<ListingRequest>) => {
  const found: Array<Instrument> = []
  let unread = 0
  const waiting = [...first]
  for (let asked = 0; waiting.length > 0; asked++) {
    assert.isBelow(asked, 100, "the listing never ends")
    const request = waiting.shift()!
    const answer = gateway.rest(request.path, AT)
    const page = listingOf(scheme).read(request, answer?.status ?? 404, answer?.body ?? "", AT)
    if (page === null) return assert.fail(`${request.path}: no listing in ${answer?.body.slice(0, 200)}`)
    found.push(...page.instruments)
    unread += page.unread
    waiting.push(...page.next)
  }
  return { found, unread }
}

/** What the scheme reads of the simulated venue while all of its markets are in one state. */
const readSimulated = (venue: Venue, scheme: TranslationScheme, state: ListingState): SimulatedListing => {
  const engines = venue.listings.map((one) => new MatchingEngine(one, "listing"))
  for (const engine of engines) engine.state = state
  const gateway = venue.gateway(new Map(engines.map((one) => [one.symbol, one])), randomOf("listing"))
  const requests = listingOf(scheme).requests([venue.marketType])
  const { found, unread } = readAll(gateway, scheme, requests)
  const instruments = new Map<string, Instrument>()
  const others: Array<Instrument> = []
  for (const one of found) {
    const market = venue.listings.find(({ symbol }) => scheme.effective(symbol, venue.marketType) === keyOf(one))
    if (market === undefined) others.push(one)
    else instruments.set(market.symbol, one)
  }
  return { instruments, others, unread }

  function keyOf({ native_symbol }: Instrument): string {
    return scheme.effective(native_symbol, venue.marketType)
  }
}

const tickOf = (step: number | undefined, decimals: number): string => canonical(`${step ?? 1}e-${decimals}`)

const assertReads = (venue: Venue, scheme: TranslationScheme, market: Listing, one: Instrument | undefined): void => {
  if (one === undefined) return assert.fail(`${market.symbol} is not read`)
  const pair = { base: market.base, quote: market.quote }
  assert.deepInclude(one, { ...pair, market_type: venue.marketType }, market.symbol)
  assert.strictEqual(one.price_tick, tickOf(market.priceStep, market.priceDecimals), market.symbol)
  assert.strictEqual(one.size_step, tickOf(market.sizeStep, market.sizeDecimals), market.symbol)
  assert.strictEqual(one.size_unit, scheme.sizeUnit(venue.marketType, one.native_symbol).size_unit, market.symbol)
  assert.deepStrictEqual(scheme.fromNative(one.native_symbol, venue.marketType), pair)
}

/** `words`: the status read in each state, where the venue has no word of its own for it; null: it is left out. */
export const assertReadsSimulated = (
  venue: Venue,
  scheme: TranslationScheme,
  words: Partial<Record<ListingState, InstrumentStatus | null>> = {},
  others: ReadonlyArray<string> = []
): void => {
  const expected = { trading: "trading", pre_launch: "pre_launch", halted: "halted", dropped: null, ...words } as const
  for (const state of ["trading", "pre_launch", "halted", "dropped"] as const) {
    const read = readSimulated(venue, scheme, state)
    assert.strictEqual(read.unread, 0, state)
    const status = expected[state]
    if (status === null) {
      assert.strictEqual(read.instruments.size, 0, state)
      continue
    }
    assert.deepStrictEqual(
      read.others.map(({ native_symbol }) => native_symbol),
      others
    )
    for (const market of venue.listings) {
      const one = read.instruments.get(market.symbol)
      assertReads(venue, scheme, market, one)
      assert.strictEqual(one?.status, status, `${market.symbol} while ${state}`)
    }
  }
}

/** What instruments say, as plain values that a test can write down. */
export const factsOf = Schema.encodeSync(Schema.Array(Instrument))

/** Instruments keep what their names say: the scheme reads the pair back out of each native symbol. */
export const assertSpelled = (scheme: TranslationScheme, instruments: ReadonlyArray<Instrument>): void => {
  for (const { native_symbol, market_type, base, quote } of instruments) {
    assert.deepStrictEqual(scheme.fromNative(native_symbol, market_type), { base, quote }, native_symbol)
  }
}

/** Bodies that are no listing, at any venue. */
export const NO_LISTINGS = ["", "<html>", "null", "7", '"maintenance"', '{"error":'] as const
