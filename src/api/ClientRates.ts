// Owns how many requests each client may send: a bucket of tokens a client, which refills steadily and holds five
// seconds' worth. A client is an address (of IPv6 its network, since one machine has as many addresses as it likes).
// Plain synchronous code. Invariant: at most MAX_CLIENTS buckets; the one used longest ago gives way, and is then full
// again.
interface Bucket {
  tokens: number
  at: number
}

const BURST_SECONDS = 5
const MAX_CLIENTS = 10_000

export class ClientRates {
  private readonly perSecond: number
  private readonly buckets = new Map<string, Bucket>()

  constructor(perSecond: number) {
    this.perSecond = perSecond
  }

  /** How many clients are remembered. */
  get size(): number {
    return this.buckets.size
  }

  /**
   * Takes one request of a client, at this time of a monotonic clock in milliseconds: 0 if it may pass, else seconds to
   * wait.
   */
  take(address: string, now: number): number {
    const client = clientOf(address)
    const bucket = this.refilled(client, now)
    // the newest is last: a Map keeps the order of insertion
    this.buckets.delete(client)
    this.buckets.set(client, bucket)
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.perSecond))
    bucket.tokens--
    return 0
  }

  private refilled(client: string, now: number): Bucket {
    const full = this.perSecond * BURST_SECONDS
    const bucket = this.buckets.get(client)
    if (bucket !== undefined) {
      bucket.tokens = Math.min(full, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * this.perSecond)
      bucket.at = now
      return bucket
    }
    const oldest = this.buckets.size < MAX_CLIENTS ? undefined : this.buckets.keys().next().value
    if (oldest !== undefined) this.buckets.delete(oldest)
    return { tokens: full, at: now }
  }
}

/** Who is counted as one: an IPv4 address, however it is written, or the /64 of an IPv6 address. */
export const clientOf = (address: string): string => {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "")
  if (!plain.includes(":")) return plain
  const [head = "", tail] = plain.replace(/%.*$/, "").split("::")
  const left = head === "" ? [] : head.split(":")
  const right = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right]
  return `${groups.slice(0, 4).join(":")}::/64`
}
