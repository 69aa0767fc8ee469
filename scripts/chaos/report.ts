// Owns what a run of chaos says to people: one table, a row a venue and type, what the columns mean, and what was
// broken.
import { plain } from "../../src/cli/Style.ts"
import { table } from "../../src/cli/Table.ts"
import type { ChaosOutcome } from "./chaos.ts"
import type { Strike } from "./Strikes.ts"
import { megabytes, type Row } from "./verdict.ts"

const ms = (time: number | "never" | null): string =>
  time === null ? "-" : time === "never" ? "never" : `${(time / 1000).toFixed(1)} s`

const COLUMNS = [
  { title: "VENUE (SIMULATED)", cell: ({ venue, audited }: Row) => `${venue}${audited ? " *" : ""}` },
  { title: "FAULTS", cell: ({ faults }: Row) => faults, align: "right" },
  { title: "LOOKS", cell: ({ looks }: Row) => looks, align: "right" },
  { title: "WRONG", cell: ({ wrong }: Row) => wrong, align: "right" },
  {
    title: "MENDED IN",
    cell: ({ longestWrong }: Row) => (longestWrong === 0 ? "-" : ms(longestWrong)),
    align: "right"
  },
  { title: "LATEST", cell: ({ latest }: Row) => ms(latest), align: "right" },
  { title: "LIVE P50", cell: ({ recoveryP50 }: Row) => ms(recoveryP50), align: "right" },
  { title: "MAX", cell: ({ recoveryMax }: Row) => ms(recoveryMax), align: "right" },
  { title: "AFTER LAST", cell: ({ afterLast }: Row) => ms(afterLast), align: "right" },
  { title: "TRADES", cell: ({ trades }: Row) => trades, align: "right" },
  { title: "TOLD LOST", cell: ({ reported }: Row) => reported, align: "right" },
  { title: "SILENTLY", cell: ({ silent, dense }: Row) => `${silent}${dense ? "" : " ~"}`, align: "right" },
  { title: "TWICE", cell: ({ repeated }: Row) => repeated, align: "right" },
  { title: "RESYNCS", cell: ({ resyncs }: Row) => resyncs, align: "right" },
  { title: "AUDITS", cell: ({ audits, auditDifferences }: Row) => `${audits}/${auditDifferences}`, align: "right" }
] as const

/** The newest faults that a venue had before a moment, the last one last. */
const before = (strikes: ReadonlyArray<Strike>, exchange: string, marketType: string, at: number): string =>
  strikes
    .filter((one) => one.exchange === null || (one.exchange === exchange && one.market_type === marketType))
    .filter(({ begun, hits }) => begun <= at && hits > 0)
    .sort((a, b) => a.begun - b.begun)
    .slice(-2)
    .map(({ name, symbol, begun }) => `${name}${symbol === null ? "" : ` of ${symbol}`} ${ms((at - begun) / 1000)} ago`)
    .join(" and ")

export const report = (outcome: Omit<ChaosOutcome, "log">): string => {
  const { seed, seconds, auditBound, rows, heap, broken, strikes, sightings } = outcome
  const kinds = new Set(strikes.filter(({ hits }) => hits > 0).map(({ name }) => name))
  return [
    `chaos with seed ${seed}, ${seconds} s, everything SIMULATED`,
    table(plain, COLUMNS, rows),
    "",
    "WRONG: looks at a book called live whose best 10 never were the true ones. LATEST: the longest time that a live",
    "book's best 10 had not been true any more, at most 60 s, as where a subscription dies in silence. LIVE: from a",
    "fault's end until live again. TOLD LOST, SILENTLY, TWICE: trades that never came and were reported as missed,",
    "that nobody reported, and that came twice; ~: the venue's ids have no sequence.",
    `*: the protocol cannot show a loss; audits find it (every 15 s here), and it is mended within ${ms(auditBound)}.`,
    `faults that struck: ${strikes.filter(({ hits }) => hits > 0).length} of ${strikes.length}, of ${kinds.size} kinds`,
    `heap ${megabytes(heap.start)} -> ${megabytes(heap.end)} MB, ` +
      `resident ${megabytes(heap.rssStart)} -> ${megabytes(heap.rssEnd)} MB`,
    // first those that no venue may have
    ...[...sightings]
      .sort((a, b) => Number(a.audited) - Number(b.audited))
      .slice(0, 8)
      .map(({ tag, exchange, market_type, at, bids, asks, trueBids, trueAsks }) =>
        [
          `wrong ${tag} at ${new Date(at / 1000).toISOString()}, after ${before(strikes, exchange, market_type, at)}:`,
          `  bids ${bids.join(" ")}`,
          `  true ${trueBids.join(" ")}`,
          `  asks ${asks.join(" ")}`,
          `  true ${trueAsks.join(" ")}`
        ].join("\n")
      ),
    broken.length === 0 ? "every promise was kept" : ["BROKEN:", ...broken.map((one) => `  ${one}`)].join("\n")
  ].join("\n")
}
