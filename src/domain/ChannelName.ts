// Owns the names of channels and what they ask for, read by the tables of kinds (EventKinds.ts, PeriodicChannels.ts).
// The names follow the field's habit: `book_top_25_100ms` is the best 25 levels a side every 100 ms. Pure.
import { EVENT_KINDS, type EventKindName } from "./EventKinds.ts"
import type { MarketType } from "./MarketType.ts"
import { type Parameter, PERIODIC_CHANNELS, type PeriodicName } from "./PeriodicChannels.ts"

/** The intervals that can be asked for, in milliseconds. */
const INTERVALS: ReadonlySet<number> = new Set([
  10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000
])
/** The deepest book that is sent at intervals. */
const MAX_DEPTH = 1_000

/** Every event of a kind. */
interface EventChannelName<Kind extends string = EventKindName> {
  readonly kind: Kind
  readonly name: string
}
/** How a market stands, at intervals. */
export type PeriodicChannelName =
  | {
      readonly kind: "book_top" | "book_snapshot"
      readonly name: string
      readonly depth: number
      readonly interval: number
    }
  | { readonly kind: "quote"; readonly name: string; readonly interval: number }
/** A channel of each market that is chosen. */
export type MarketChannelName<Kind extends string = EventKindName> = EventChannelName<Kind> | PeriodicChannelName
/** A channel of its own, over the markets of a pair. */
export interface ConsolidatedName {
  readonly kind: "consolidated"
  readonly name: string
  readonly pair: string
  readonly type: MarketType
}
export type ChannelName<Kind extends string = EventKindName> = MarketChannelName<Kind> | ConsolidatedName

interface Written {
  readonly depth: `${number}`
  readonly interval: `${number}ms`
  readonly pair: string
}
type Suffix<Parameters> = Parameters extends readonly [infer First extends Parameter, ...infer Rest]
  ? `_${Written[First]}${Suffix<Rest>}`
  : ""
/** A channel's name as the compiler knows it; depth and interval are checked by the service. */
export type ChannelText =
  | EventKindName
  | {
      readonly [Kind in PeriodicName]: `${Kind}${Suffix<(typeof PERIODIC_CHANNELS)[Kind]["parameters"]>}`
    }[PeriodicName]

export const isPeriodic = (name: ChannelName<string>): name is PeriodicChannelName => "interval" in name
export const isConsolidated = (name: ChannelName<string>): name is ConsolidatedName => "pair" in name

const SHAPES: Readonly<Record<Parameter, { readonly pattern: string; readonly words: string }>> = {
  depth: { pattern: String.raw`(?<depth>\d{1,6})`, words: "<depth>" },
  interval: { pattern: String.raw`(?<interval>\d{1,6})ms`, words: "<interval>ms" },
  pair: { pattern: String.raw`(?:(?<type>SPOT|PERP|INVERSE):)?(?<pair>\S{3,65})`, words: "<base>-<quote>" }
}

const periodicNames = Object.keys(PERIODIC_CHANNELS) as ReadonlyArray<PeriodicName>
const PATTERNS = periodicNames.map((kind) => {
  const shapes = PERIODIC_CHANNELS[kind].parameters.map((parameter) => SHAPES[parameter].pattern)
  return [kind, new RegExp(`^${[kind, ...shapes].join("_")}$`)] as const
})

/** How a channel at intervals is spelled, such as `quote_<interval>ms`. */
const spelling = (kind: PeriodicName): string =>
  [kind, ...PERIODIC_CHANNELS[kind].parameters.map((parameter) => SHAPES[parameter].words)].join("_")

/** All channels as they are spelled, without those that are other names of one. */
export const channelSpellings = (kinds: Readonly<Record<string, unknown>> = EVENT_KINDS): ReadonlyArray<string> => [
  ...Object.keys(kinds),
  ...periodicNames.filter((kind) => !("aliasOf" in PERIODIC_CHANNELS[kind])).map(spelling)
]

/** Other names of channels, each with the one that it stands for. */
export const ALIASES = periodicNames.flatMap((kind) => {
  const row = PERIODIC_CHANNELS[kind]
  return "aliasOf" in row ? [{ alias: spelling(kind), channel: spelling(row.aliasOf) }] : []
})

/** What a channel's name asks for, or a sentence that says what is wrong with it. */
export const readChannel = <Kind extends string = EventKindName>(
  name: string,
  kinds: Readonly<Record<Kind, unknown>> = EVENT_KINDS as Readonly<Record<Kind, unknown>>
): ChannelName<Kind> | string => {
  if (isKey(kinds, name)) return { kind: name, name }
  for (const [kind, pattern] of PATTERNS) {
    const groups = pattern.exec(name)?.groups
    if (groups === undefined) continue
    if (kind === "consolidated") return consolidatedName(name, groups)
    const interval = Number(groups["interval"])
    const depth = Number(groups["depth"])
    if (kind !== "quote" && (depth < 1 || depth > MAX_DEPTH))
      return `The depth of ${name} must be from 1 to ${MAX_DEPTH}`
    if (!INTERVALS.has(interval)) return `The interval of ${name} must be one of ${[...INTERVALS].join(", ")} ms`
    return kind === "quote" ? { kind, name, interval } : { kind, name, depth, interval }
  }
  const spellings = channelSpellings(kinds)
  return `Unknown channel; expected ${spellings.slice(0, -1).join(", ")} or ${spellings.at(-1)}`
}

const isKey = <Key extends string>(of: Readonly<Record<Key, unknown>>, name: string): name is Key =>
  Object.hasOwn(of, name)

const consolidatedName = (name: string, { type, pair = "" }: Readonly<Record<string, string>>): ConsolidatedName => ({
  kind: "consolidated",
  name,
  pair: pair.toUpperCase(),
  type: type === "PERP" || type === "INVERSE" ? type : "SPOT"
})
