// Owns what an asset is worth in a simulation: one price in dollars for each, which moves with time and is the same for
// all venues, so that their books of one pair stand side by side as in life. The orders about it belong to
// MatchingEngine.
// Invariant: a price follows from the seed, the asset and the time alone, and stays within 1.2 % of where the asset
// stands; pairs of three assets agree with each other.
import type { Listing } from "./Venue.ts"

/** Dollars; near the prices of the recordings and sheets, as of November 2026. */
const DOLLARS: Readonly<Record<string, number>> = {
  USD: 1,
  USDT: 0.9996,
  USDC: 1,
  GUSD: 1,
  EUR: 1.16,
  GBP: 1.32,
  JPY: 0.00646,
  BTC: 82_600,
  ETH: 3_120,
  SOL: 142.5,
  XRP: 2.34,
  LTC: 84.7,
  DOGE: 0.162,
  TRX: 0.2816,
  XLM: 0.21,
  AVAX: 7.487,
  NEO: 27.1
}
/** Made-up assets: `S000`. */
const MADE_UP = /^S\d+$/
const MADE_UP_DOLLARS = 25

/**
 * How a price moves: waves of these lengths in seconds, each as high as this share of the price; some 0.5 bp a second.
 */
const WAVES = [
  [2, 0.000_04],
  [10, 0.000_15],
  [60, 0.000_5],
  [600, 0.002],
  [7_200, 0.008]
] as const
/** Currencies are as calm as this beside other assets; dollars do not move against themselves. */
const CALM: Readonly<Record<string, number>> = {
  USD: 0,
  USDC: 0.02,
  USDT: 0.02,
  GUSD: 0.02,
  EUR: 0.1,
  GBP: 0.1,
  JPY: 0.1
}

export class ReferencePrices {
  private readonly seed: string
  /** Assets that the table does not have: as the first listing prices them. */
  private readonly found = new Map<string, number>()

  constructor(seed: string) {
    this.seed = seed
  }

  /** The price of a listing at a time, in microseconds since 1970; null where its quote is not known. */
  of(listing: Listing): ((at: number) => number) | null {
    const quote = this.dollars(listing.quote)
    if (quote === null) return null
    const base = this.dollars(listing.base) ?? listing.price * quote
    this.found.set(listing.base, base)
    const [up, down] = [this.path(listing.base), this.path(listing.quote)]
    return (at) => (base * (1 + up(at))) / (quote * (1 + down(at)))
  }

  private dollars(asset: string): number | null {
    return DOLLARS[asset] ?? (MADE_UP.test(asset) ? MADE_UP_DOLLARS : (this.found.get(asset) ?? null))
  }

  /** How far an asset is from where it stands, as a share. */
  private path(asset: string): (at: number) => number {
    const calm = CALM[asset] ?? 1
    const waves = WAVES.map(([seconds, height]) => ({
      length: seconds * 1_000_000,
      height: height * calm,
      key: hash(`${this.seed}/${asset}/${seconds}`)
    }))
    return (at) => waves.reduce((sum, { length, height, key }) => sum + height * smooth(key, at / length), 0)
  }
}

/** From -1 to 1, without a jump in value or direction. */
const smooth = (key: number, place: number): number => {
  const whole = Math.floor(place)
  const part = place - whole
  const before = noise(key, whole)
  return before + (noise(key, whole + 1) - before) * part * part * (3 - 2 * part)
}

const noise = (key: number, place: number): number => mixed(key ^ Math.imul(place, 0x9e3779b1)) / 0x8000_0000 - 1

const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return mixed(value)
}

const mixed = (value: number): number => {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
