// Owns what one source of listings said, reading by reading. Plain code: it keeps no clock and asks nobody. Invariants:
// an instrument that one answer leaves out stays as it was, and is delisted when a second answer leaves it out, too;
// delisted ones are kept for DELISTED_KEPT; no more than MAX_INSTRUMENTS are kept, delisted ones give way first.
import { type Instrument, withFacts } from "../../domain/Instrument.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { TranslationScheme } from "../../schemes/TranslationScheme.ts"

export const MAX_INSTRUMENTS = 20_000
/** In microseconds: a day. */
const DELISTED_KEPT = 24 * 3_600 * 1_000_000

interface Row {
  readonly instrument: Instrument
  /** Answers in turn that have left it out. */
  readonly missed: number
  /** When it became delisted by that; microseconds since 1970. */
  readonly delistedAt: number | null
}

export class ListingMemory {
  /** When the last answer came, in microseconds since 1970; null: none has. */
  at: number | null = null
  private readonly scheme: Pick<TranslationScheme, "effective">
  private rows: ReadonlyMap<string, Row> = new Map()
  private readonly details = new Map<string, Instrument>()

  constructor(scheme: Pick<TranslationScheme, "effective">) {
    this.scheme = scheme
  }

  /** `unread`: rows of the answer that could not be read, any of which may be one that is missed. */
  take(listed: ReadonlyArray<Instrument>, unread: number, at: number): void {
    const rows = new Map<string, Row>()
    for (const instrument of listed) {
      const key = this.keyOf(instrument.market_type, instrument.native_symbol)
      rows.set(key, { instrument: filled(instrument, this.details.get(key)), missed: 0, delistedAt: null })
    }
    const left = [...this.rows].filter(([key]) => !rows.has(key))
    const missing = left.filter(([, { delistedAt }]) => delistedAt === null)
    const isSure = missing.length > unread
    for (const [key, row] of left) {
      if (rows.size >= MAX_INSTRUMENTS) break
      if (row.delistedAt === null) rows.set(key, isSure ? missedAgain(row, at) : row)
      else if (at - row.delistedAt <= DELISTED_KEPT) rows.set(key, row)
    }
    for (const key of this.details.keys()) if (!rows.has(key)) this.details.delete(key)
    this.rows = rows
    this.at = at
  }

  /** What the venue said of one instrument alone; it counts until its listing says otherwise. */
  detail(instrument: Instrument): void {
    const key = this.keyOf(instrument.market_type, instrument.native_symbol)
    const row = this.rows.get(key)
    if (row === undefined) return
    this.details.set(key, instrument)
    this.rows = new Map(this.rows).set(key, { ...row, instrument })
  }

  /** An instrument that was asked for alone, before any listing was read. */
  add(instrument: Instrument): void {
    const key = this.keyOf(instrument.market_type, instrument.native_symbol)
    this.rows = new Map(this.rows).set(key, { instrument, missed: 0, delistedAt: null })
  }

  of(types: ReadonlyArray<MarketType>): ReadonlyArray<Instrument> {
    const all = [...this.rows.values()].map(({ instrument }) => instrument)
    return all.filter(({ market_type }) => types.includes(market_type))
  }

  /** By the spelling of a market; null: none of it was listed. */
  find(type: MarketType, native: string): Instrument | null {
    return this.rows.get(this.keyOf(type, native))?.instrument ?? null
  }

  get size(): number {
    return this.rows.size
  }

  private keyOf(type: MarketType, native: string): string {
    return `${type}:${this.scheme.effective(native.normalize("NFC"), type)}`
  }
}

const missedAgain = (row: Row, at: number): Row =>
  row.missed === 0
    ? { ...row, missed: 1 }
    : { missed: row.missed + 1, delistedAt: at, instrument: withFacts(row.instrument, { status: "delisted" }) }

/** A listing that leaves out what the venue said of an instrument alone does not take it back. */
const filled = (instrument: Instrument, detail: Instrument | undefined): Instrument =>
  detail === undefined
    ? instrument
    : withFacts(instrument, {
        settle: instrument.settle ?? detail.settle,
        price_tick: instrument.price_tick ?? detail.price_tick,
        size_step: instrument.size_step ?? detail.size_step,
        min_size: instrument.min_size ?? detail.min_size,
        min_notional: instrument.min_notional ?? detail.min_notional,
        contract_value: instrument.contract_value ?? detail.contract_value,
        listed_at: instrument.listed_at ?? detail.listed_at,
        expires_at: instrument.expires_at ?? detail.expires_at
      })
