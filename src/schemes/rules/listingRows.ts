// Owns what all readers of listings share: rows into instruments, one by one, and the few ways in which venues write
// ticks, amounts and times. What a row means is each scheme's. Pure. Invariant: a row that can't be read costs that row
// alone, and is counted.
import { Schema } from "effect"
import { NewSymbolCode } from "../../domain/Asset.ts"
import { canonical, isNonZero, type Numeric } from "../../domain/Decimal.ts"
import { Instrument } from "../../domain/Instrument.ts"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import { rfc3339Micros } from "../../wire/rfc3339Micros.ts"
import { millis } from "../../wire/Wire.ts"

type Fields = (typeof Instrument)["~type.make.in"]
type Certain = "native_symbol" | "base" | "quote" | "market_type" | "size_unit" | "status"

/** What a row says of an instrument; whatever is left out, the venue does not say. */
export type Facts = Pick<Fields, Certain> & Partial<Omit<Fields, Certain>>

/** What a list of rows says, as pages have it. */
export interface Rows {
  readonly instruments: ReadonlyArray<Instrument>
  readonly unread: number
}

const SILENT = {
  settle: null,
  price_tick: null,
  size_step: null,
  min_size: null,
  min_notional: null,
  contract_value: null,
  listed_at: null,
  expires_at: null
} as const

const isCode = Schema.is(NewSymbolCode)

/** Throws where the catalog could have no such market: codes or a native symbol that are no names. */
const instrumentOf = (facts: Facts): Instrument => {
  if (![facts.base, facts.quote, facts.settle ?? facts.quote].every(isCode)) throw new RangeError("no asset codes")
  return new Instrument({ ...SILENT, ...facts })
}

/**
 * The reader of a venue's rows. `understand` gives null for a row of what level4 does not follow, and throws (as
 * `canonical` does) for one that it can't read.
 */
export const listingRows =
  <Row>(row: Schema.Codec<Row, unknown>, understand: (row: Row) => Facts | null) =>
  (rows: ReadonlyArray<unknown>): Rows => {
    const instruments: Array<Instrument> = []
    let unread = 0
    const decode = Schema.decodeUnknownSync(row)
    for (const one of rows) {
      try {
        const facts = understand(decode(one))
        if (facts !== null) instruments.push(instrumentOf(facts))
      } catch {
        unread++
      }
    }
    return { instruments, unread }
  }

/**
 * What a venue's word for the state of an instrument means. A word that the table does not know is new there, and so
 * far each new one took something away (Binance's CANCEL_ONLY, 2026-07): no trading is promised on its account.
 */
export const statusIn = (words: Readonly<Record<string, InstrumentStatus>>, word: string): InstrumentStatus =>
  Object.hasOwn(words, word) ? words[word]! : "halted"

/** A decimal as text or as a JSON number. */
export const Decimal = Schema.Union([Schema.Finite, Schema.String])

/** What a REST answer says, to be looked at further; undefined: no JSON, or no success. */
export const answered = (status: number, body: string): unknown => {
  if (status !== 200) return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Nothing below zero, and nothing so long that no venue means it. */
const AMOUNT = /^[\d.]{1,64}$/

/** Canonical text of a tick, a step or a minimum; null where there is none, which venues write as zero, too. */
export const amount = (value: Numeric | null | undefined): string | null => {
  if (value === null || value === undefined || value === "") return null
  const text = canonical(value)
  if (!AMOUNT.test(text)) throw new RangeError(`not an amount: ${text.slice(0, 64)}`)
  return isNonZero(text) ? text : null
}

/** The tick of so many decimals: `0.001` of 3, `1000` of -3. */
export const tickOf = (decimals: number): string => {
  if (!Number.isInteger(decimals) || Math.abs(decimals) > 64) throw new RangeError(`no number of decimals: ${decimals}`)
  return canonical(`1e${-decimals}`)
}

/** Microseconds of a count of milliseconds, a number or its text; null where there is none, or zero. */
export const microsOf = (ms: Numeric | null | undefined): number | null => {
  if (ms === null || ms === undefined || ms === "") return null
  const micros = millis(Number(ms))
  if (!Number.isSafeInteger(micros)) throw new RangeError(`not a time: ${String(ms).slice(0, 64)}`)
  return micros > 0 ? micros : null
}

/** Microseconds of a text such as 2023-10-06T17:35:55Z; null where there is none, or it is no time. */
export const isoMicros = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : rfc3339Micros(text)
