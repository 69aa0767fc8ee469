// Owns what an order of a size meets in a side of a book: plain decimal arithmetic on bigints, no doubles. Pure.
// Invariant: exact but for the average price, which is rounded once, half to even, to 12 significant digits.

/** A decimal: digits × 10^-scale. */
interface Exact {
  readonly digits: bigint
  readonly scale: number
}

export type Level = readonly [price: string, size: string]

/** What one unit of a size is worth: an amount of the base currency, an amount of the quote currency, or unknown. */
export interface Worth {
  readonly of: "base" | "quote"
  /** Decimal text. */
  readonly amount: string
}

/** A part of a level that an order takes. */
export interface Taken {
  readonly price: string
  readonly size: string
}

export interface Walked {
  readonly vwap: string
  readonly best_price: string
  readonly worst_price: string
  readonly notional: string | null
  readonly levels: number
}

/** Significant digits of an average price. */
const VWAP_DIGITS = 12
/** Digits of a quotient of sizes by prices, far beyond any that could change the rounding of an average. */
const QUOTIENT_SCALE = 60
const ZERO: Exact = { digits: 0n, scale: 0 }

/**
 * The parts of the levels, best first, that an order of this size takes, each with its place; or what all of them hold
 * together, where that is less.
 */
export const take = (levels: ReadonlyArray<Level>, size: string): ReadonlyArray<Taken> | { available: string } => {
  const taken: Array<Taken> = []
  const wanted = exact(size)
  let left = wanted
  for (const [price, offered] of levels) {
    const here = exact(offered)
    if (compare(here, left) >= 0) {
      taken.push({ price, size: textOf(left) })
      return taken
    }
    taken.push({ price, size: textOf(here) })
    left = minus(left, here)
  }
  return { available: textOf(minus(wanted, left)) }
}

/** What was taken costs; at least one part. Null: what a unit of size is worth is not known. */
export const costOf = (taken: ReadonlyArray<Taken>, worth: Worth | null): Walked => ({
  vwap: worth?.of === "quote" ? averageOfQuote(taken) : averageOfBase(taken),
  best_price: taken[0]!.price,
  worst_price: taken.at(-1)!.price,
  notional: worth === null ? null : notionalOf(taken, worth),
  levels: taken.length
})

/** The sum of sizes. */
export const total = (sizes: ReadonlyArray<string>): string => textOf(sizes.map(exact).reduce(plus, ZERO))

/** Less than 0 where `a` is the smaller decimal, more than 0 where it is the larger. */
export const compareDecimals = (a: string, b: string): number => compare(exact(a), exact(b))

const notionalOf = (taken: ReadonlyArray<Taken>, { amount, of }: Worth): string => {
  const sums = taken.map(({ price, size }) => (of === "quote" ? exact(size) : times(exact(price), exact(size))))
  return textOf(times(sums.reduce(plus, ZERO), exact(amount)))
}

/** Sizes count the base currency, or what is a fixed amount of it: Σ price × size / Σ size. */
const averageOfBase = (taken: ReadonlyArray<Taken>): string => {
  const money = taken.map(({ price, size }) => times(exact(price), exact(size))).reduce(plus, ZERO)
  return quotient(money, taken.map(({ size }) => exact(size)).reduce(plus, ZERO))
}

/** Sizes count the quote currency, which buys size / price of the base currency: Σ size / Σ (size / price). */
const averageOfQuote = (taken: ReadonlyArray<Taken>): string => {
  const [first] = taken
  if (taken.every(({ price }) => price === first!.price)) return averageOfBase(taken)
  const bought = taken.map(({ price, size }) => divide(exact(size), exact(price))).reduce(plus, ZERO)
  return quotient(taken.map(({ size }) => exact(size)).reduce(plus, ZERO), bought)
}

const exact = (text: string): Exact => {
  const [whole = "", fraction = ""] = text.split(".")
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

const textOf = ({ digits, scale }: Exact): string => {
  const sign = digits < 0n ? "-" : ""
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0")
  const whole = text.slice(0, text.length - scale)
  const fraction = text.slice(text.length - scale).replace(/0+$/, "")
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`
}

const power = (exponent: number): bigint => 10n ** BigInt(exponent)
const digitsAt = ({ digits, scale }: Exact, wanted: number): bigint => digits * power(wanted - scale)

const plus = (a: Exact, b: Exact): Exact => {
  const scale = Math.max(a.scale, b.scale)
  return { digits: digitsAt(a, scale) + digitsAt(b, scale), scale }
}
const minus = (a: Exact, b: Exact): Exact => plus(a, { digits: -b.digits, scale: b.scale })
const times = (a: Exact, b: Exact): Exact => ({ digits: a.digits * b.digits, scale: a.scale + b.scale })
const compare = (a: Exact, b: Exact): number => {
  const { digits } = minus(a, b)
  return digits < 0n ? -1 : digits > 0n ? 1 : 0
}
/** Cut off after QUOTIENT_SCALE digits. */
const divide = (a: Exact, b: Exact): Exact => ({
  digits: (a.digits * power(QUOTIENT_SCALE + b.scale)) / (b.digits * power(a.scale)),
  scale: QUOTIENT_SCALE
})

/** a / b to VWAP_DIGITS significant digits, half to even; both are above zero. */
const quotient = (a: Exact, b: Exact): string => {
  const numerator = a.digits * power(b.scale)
  const denominator = b.digits * power(a.scale)
  // so many digits after the point that the quotient has VWAP_DIGITS of them in all, or one more
  let scale = VWAP_DIGITS - (String(numerator).length - String(denominator).length)
  for (;;) {
    const [top, bottom] = scale < 0 ? [numerator, denominator * power(-scale)] : [numerator * power(scale), denominator]
    const rounded = halfEven(top, bottom)
    if (String(rounded).length <= VWAP_DIGITS)
      return scale < 0 ? textOf({ digits: rounded * power(-scale), scale: 0 }) : textOf({ digits: rounded, scale })
    scale--
  }
}

const halfEven = (numerator: bigint, denominator: bigint): bigint => {
  const whole = numerator / denominator
  const twice = (numerator - whole * denominator) * 2n
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n)
  return up ? whole + 1n : whole
}
