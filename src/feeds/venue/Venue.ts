// Owns one exchange as this process uses it: its budget, and its sockets, which markets share. All feeds of an exchange
// go through the same one. Invariant: no feed dials, speaks or asks past it.
import type { Duration } from "effect"
import type { HttpClient } from "effect/http"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import type { Limits, Line, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { SocketPool, type Fork } from "./SocketPool.ts"
import { VenueBudget } from "./VenueBudget.ts"

export class Venue {
  readonly budget: VenueBudget
  readonly http: HttpClient.HttpClient
  /** The largest REST body in bytes that any of its protocols needs; undefined: as all others. */
  maxBody: number | undefined
  /** How often a book is audited whose protocol cannot show a loss. */
  readonly auditEvery: Duration.Duration
  private readonly limitsOf: (scheme: TranslationScheme) => Limits
  private readonly fork: Fork
  /** Sockets by protocol, line and address; as many as protocols and addresses exist. */
  private readonly pools = new Map<string, SocketPool>()

  constructor(
    exchange: string,
    limits: Limits,
    http: HttpClient.HttpClient,
    fork: Fork,
    limitsOf: (scheme: TranslationScheme) => Limits,
    auditEvery: Duration.Duration
  ) {
    this.budget = new VenueBudget(exchange, limits)
    this.maxBody = limits.maxBody
    this.http = http
    this.fork = fork
    this.limitsOf = limitsOf
    this.auditEvery = auditEvery
  }

  pool(scheme: TranslationScheme, line: Line, url: string): SocketPool {
    const key = `${scheme.protocol} ${line.name} ${url}`
    const known = this.pools.get(key)
    if (known !== undefined) return known
    const { budget, fork } = this
    const limits = this.limitsOf(scheme)
    if (limits.maxBody !== undefined) this.maxBody = Math.max(this.maxBody ?? 0, limits.maxBody)
    const pool = new SocketPool({
      scheme: { ...scheme, limits },
      line,
      url,
      room: limits.marketsPerSocket,
      budget,
      fork
    })
    this.pools.set(key, pool)
    return pool
  }

  /** Gives every socket up, through no fault of the venue: all are dialled again at once. */
  renew(lost: ConnectionLost): void {
    for (const pool of this.pools.values()) pool.renew(lost)
  }

  /** Sockets at the moment. */
  get sockets(): number {
    let sum = 0
    for (const pool of this.pools.values()) sum += pool.size
    return sum
  }
}
