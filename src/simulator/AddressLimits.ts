// Owns what a venue allows one address: connects, REST weight and messages in a window, and the ban that a breach
// costs. Bans are counted. Time is given, in microseconds since 1970. Invariants: windows slide, so no burst across a
// boundary is twice what is allowed; what is remembered is bounded by the limits themselves.
import type { SimLimits } from "./Venue.ts"

/** What a refused dial or call gets. */
export interface Refusal {
  readonly status: number
  readonly retryAfterS: number
  /** The header is an HTTP date. */
  readonly dated?: boolean
}

/** The text of `Retry-After`; a date has whole seconds, and never asks for less. */
export const retryAfter = ({ retryAfterS, dated }: Refusal, at: number): string =>
  dated === true ? new Date(Math.ceil(at / 1_000_000 + retryAfterS) * 1_000).toUTCString() : String(retryAfterS)

/** The newest moments at which something was allowed; never more than the limit. */
export class SlidingWindow {
  private readonly limit: number
  private readonly micros: number
  private readonly spent: Array<readonly [at: number, weight: number]> = []
  private first = 0
  private total = 0

  constructor(limit: number, perMs: number) {
    this.limit = limit
    this.micros = perMs * 1000
  }

  /** How much is used at this moment. */
  used(at: number): number {
    while (this.first < this.spent.length && at - this.spent[this.first]![0] >= this.micros) {
      this.total -= this.spent[this.first++]![1]
    }
    if (this.first > 1_000) {
      this.spent.splice(0, this.first)
      this.first = 0
    }
    return this.total
  }

  /** False where the weight would break the limit: then it is not counted. */
  spend(weight: number, at: number): boolean {
    if (this.used(at) + weight > this.limit) return false
    if (weight > 0) this.spent.push([at, weight])
    this.total += weight
    return true
  }
}

export class AddressLimits {
  private readonly limits: SimLimits
  private readonly connects: SlidingWindow
  private readonly rest: SlidingWindow | null
  private bannedUntil = 0
  bans = 0

  constructor(limits: SimLimits) {
    this.limits = limits
    this.connects = new SlidingWindow(limits.connects.count, limits.connects.perMs)
    this.rest = limits.rest === null ? null : new SlidingWindow(limits.rest.weight, limits.rest.perMs)
  }

  connect(at: number): Refusal | null {
    return this.refusal(at) ?? (this.connects.spend(1, at) ? null : this.ban(at))
  }

  call(path: string, at: number): Refusal | null {
    const weight = this.limits.rest?.weightOf(path) ?? 0
    return this.refusal(at) ?? (this.rest === null || this.rest.spend(weight, at) ? null : this.ban(at))
  }

  private ban(at: number): Refusal | null {
    this.bans++
    this.bannedUntil = at + this.limits.ban.ms * 1000
    return this.refusal(at) ?? { status: this.limits.ban.status, retryAfterS: 1 }
  }

  private refusal(at: number): Refusal | null {
    if (at >= this.bannedUntil) return null
    return { status: this.limits.ban.status, retryAfterS: Math.ceil((this.bannedUntil - at) / 1_000_000) }
  }
}
