// Owns the leaving out of levels at the price zero, by which some venues show orders that have no price (a market order of an
// auction). They are no levels, so they are no fault either. Invariant: every other level goes on as it came, in its order.
import type { Level, Levels } from "./Instruction.ts"

const isPriced = (level: Level): boolean => level[0] !== 0 && Number(level[0]) !== 0

/** The same list where all levels have a price, as nearly always. */
export const priced = (side: Levels): Levels => (side.every(isPriced) ? side : side.filter(isPriced))
