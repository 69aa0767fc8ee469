// Owns the account of one market's trades: what traded in truth against what a client of the stream got, and what the
// service said it had missed. Where the venue's ids are the simulator's own, trades are compared one by one; elsewhere
// by price and size, which finds at least the number that is missing. Only what lies between the first and the last
// trade that came is judged. Pure.
import { canonical } from "../../src/domain/Decimal.ts"
import type { TrueTrade } from "../support/SimulatorClient.ts"

export interface HeardTrade {
  readonly id: string | null
  readonly price: string
  readonly size: string
  readonly at: number
}

export interface TradeAccount {
  readonly heard: number
  readonly repeated: number
  /** True trades that never came, and that the service said it had missed. */
  readonly reported: number
  /** Those it did not speak of. */
  readonly silent: number
  /** Compared by id, or by price and size. */
  readonly by: "id" | "amounts"
}

/** Trades by amounts so near to the edges of what was heard are left out, in µs: they may be under way. */
const EDGE = 3_000_000

/** `ranges`: ids reported as missed; `missed`: how many were counted as missed. */
export const tradeAccount = (
  truth: ReadonlyArray<TrueTrade>,
  heard: ReadonlyArray<HeardTrade>,
  ranges: ReadonlyArray<readonly [number, number]>,
  missed: number
): TradeAccount => {
  const ids = heard.map(({ id }) => id)
  const known = new Set(ids)
  const repeated = ids.filter((id) => id !== null).length - [...known].filter((id) => id !== null).length
  const common = truth.filter(({ id }) => known.has(String(id))).length
  const counts = { heard: heard.length, repeated }
  if (common > heard.length / 2) return { ...counts, ...byId(truth, known, ranges), by: "id" }
  const lost = byAmounts(truth, heard)
  const reported = Math.min(lost, missed)
  return { ...counts, reported, silent: lost - reported, by: "amounts" }
}

const byId = (
  truth: ReadonlyArray<TrueTrade>,
  known: ReadonlySet<string | null>,
  ranges: ReadonlyArray<readonly [number, number]>
) => {
  // in order of trading: a fault lets ids begin again
  const came = ({ id }: TrueTrade): boolean => known.has(String(id))
  const lost = truth.slice(truth.findIndex(came), truth.findLastIndex(came)).filter((trade) => !came(trade))
  const reported = lost.filter(({ id }) => ranges.some(([from, to]) => id >= from && id <= to)).length
  return { reported, silent: lost.length - reported }
}

const byAmounts = (truth: ReadonlyArray<TrueTrade>, heard: ReadonlyArray<HeardTrade>): number => {
  const first = heard.reduce((least, { at }) => Math.min(least, at), Infinity)
  const last = heard.reduce((most, { at }) => Math.max(most, at), -Infinity)
  const left = new Map<string, number>()
  for (const { price, size } of heard) left.set(keyOf(price, size), (left.get(keyOf(price, size)) ?? 0) + 1)
  let lost = 0
  for (const { price, size, at } of truth) {
    const key = keyOf(price, size)
    const count = left.get(key) ?? 0
    if (count > 0) left.set(key, count - 1)
    else if (at > first + EDGE && at < last - EDGE) lost++
  }
  return lost
}

const keyOf = (price: string, size: string): string => `${canonical(price)} ${canonical(size)}`
