// Owns what may stand in a book or a trade: prices above zero, sizes at or above it, both finite, and no size that is
// more than nothing on the wire and nothing as a double.
import { isNonZero, type Numeric } from "../../domain/Decimal.ts"

export const isPrice = (price: number): boolean => price > 0 && price < Infinity
export const isSize = (size: number): boolean => size >= 0 && size < Infinity

/** A size that is zero as a double, though its text says that something is there. */
export const vanishes = (size: Numeric): boolean => typeof size === "string" && size !== "0" && isNonZero(size)
