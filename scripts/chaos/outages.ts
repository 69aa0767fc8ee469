// Owns the arithmetic of time to live again: which spans a market was not live for, and how long after a fault's end
// the span that belongs to it lasted. Pure; all times in microseconds.
import type { Turn } from "./StreamWatch.ts"

export interface Outage {
  readonly from: number
  /** Null: it has not ended. */
  readonly to: number | null
  readonly code: Turn["code"]
}

/** A loss that follows a fault's end by so much still belongs to it: the next frame shows what was lost. */
const SHOWS_WITHIN = 5_000_000

/** Spans in which a market was not live, in order. */
export const outages = (turns: ReadonlyArray<Turn>): ReadonlyArray<Outage> => {
  const spans: Array<Outage> = []
  let from: Turn | null = null
  for (const turn of turns) {
    const isLive = turn.state === "live"
    if (!isLive) from ??= turn
    if (!isLive || from === null) continue
    spans.push({ from: from.at, to: turn.at, code: from.code })
    from = null
  }
  return from === null ? spans : [...spans, { from: from.at, to: null, code: from.code }]
}

/**
 * How long after `end` a market was live again that a fault from `begin` to `end` had struck; null: it was not hurt.
 */
export const recovery = (
  spans: ReadonlyArray<Outage>,
  begin: number,
  end: number,
  until: number
): number | "never" | null => {
  const hurt = spans.filter(({ from, to }) => (to ?? Infinity) > begin && from < end + SHOWS_WITHIN && from < until)
  const last = hurt.at(-1)
  if (last === undefined) return null
  return last.to === null ? "never" : Math.max(0, last.to - end)
}
