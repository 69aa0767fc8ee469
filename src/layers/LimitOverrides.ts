// Owns the settings that replace what a venue's sheet says of its limits: LEVEL4_<EXCHANGE>_CONNECTS, _MESSAGES and
// _REST_WEIGHT (`20/60s`: so many in so long), and LEVEL4_<EXCHANGE>_MARKETS_PER_SOCKET (1: a socket each). What is not
// set is the scheme's own. Invariant: a limit that is handed out is a positive whole number in a positive time.
import { Duration, Option, Result } from "effect"
import type { Limits } from "../schemes/TranslationScheme.ts"

const KINDS = ["CONNECTS", "MESSAGES", "REST_WEIGHT", "MARKETS_PER_SOCKET"] as const
const prefixOf = (exchange: string): string => `LEVEL4_${exchange.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, "_")}_`
const LIMIT = /^LEVEL4_(.+)_(CONNECTS|MESSAGES|REST_WEIGHT|MARKETS_PER_SOCKET)$/u
const RATE = /^(\d{1,7})\/(\d{1,6}(?:\.\d+)?)\s*(ms|s|m|h)$/u
const UNITS = { ms: "millis", s: "seconds", m: "minutes", h: "hours" } as const

/** So many in so long; where only a number counts, `perMs` is 0. */
export interface Rate {
  readonly count: number
  readonly perMs: number
}

/** Limits that settings replace, by variable. */
export type LimitOverrides = ReadonlyMap<string, Rate>

export const isLimitVariable = (variable: string): boolean => LIMIT.test(variable)

/** The variables of an exchange, in the order CONNECTS, MESSAGES, REST_WEIGHT, MARKETS_PER_SOCKET. */
export const limitVariables = (exchange: string): ReadonlyArray<string> =>
  KINDS.map((kind) => `${prefixOf(exchange)}${kind}`)

/** The value of such a variable, or what is wrong with it. */
export const parseLimit = (variable: string, value: string): Result.Result<Rate, string> => {
  const kind = LIMIT.exec(variable)?.[2]
  if (kind === "MARKETS_PER_SOCKET") {
    return /^[1-9]\d{0,4}$/u.test(value)
      ? Result.succeed({ count: Number(value), perMs: 0 })
      : Result.fail("expected a whole number from 1, such as 25; 1 gives every market a socket of its own")
  }
  const [, count = "0", time = "0", unit = "s"] = RATE.exec(value) ?? []
  const perMs = Duration.fromInput(`${Number(time)} ${UNITS[unit as keyof typeof UNITS]}`)
  return Option.isSome(perMs) && Number(count) > 0 && Duration.toMillis(perMs.value) > 0
    ? Result.succeed({ count: Number(count), perMs: Duration.toMillis(perMs.value) })
    : Result.fail("expected so many in so long, such as 20/60s, 5/1s or 60/1h")
}

/** The limits of an exchange with what settings replace; names are compared without case. */
export const withOverrides = (overrides: LimitOverrides, exchange: string, limits: Limits): Limits => {
  const of = (kind: (typeof KINDS)[number]) => overrides.get(prefixOf(exchange) + kind)
  const rest = of("REST_WEIGHT")
  return {
    ...limits,
    connects: of("CONNECTS") ?? limits.connects,
    messages: of("MESSAGES") ?? limits.messages,
    rest: rest === undefined || limits.rest === null ? limits.rest : { weight: rest.count, perMs: rest.perMs },
    marketsPerSocket: of("MARKETS_PER_SOCKET")?.count ?? limits.marketsPerSocket
  }
}
