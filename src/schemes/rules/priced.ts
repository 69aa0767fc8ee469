// Owns the leaving out of levels at the price zero, by which some venues show orders that have no price (a market order
// of an auction). They are no levels, so they are no fault either. Invariant: every other level goes on as it came, in
// its order; a price that is no decimal, or too small for a double, is no zero: the book refuses it.
import type { Level, Levels } from "../Instruction.ts"

const ZERO = /^0+(?:\.0+)?$/
const isPriced = ([price]: Level): boolean => (typeof price === "number" ? price !== 0 : !ZERO.test(price))

/** The same list where all levels have a price, as nearly always. */
export const priced = (side: Levels): Levels => (side.every(isPriced) ? side : side.filter(isPriced))
