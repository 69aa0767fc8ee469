// Owns the payloads of the simulated Bitfinex: levels, fills and the checksum. Surprise kept: numbers are printed as
// JavaScript prints them, exponents included, and the checksum is of that very text.
import { crc32 } from "node:zlib"
import type { TopOfBook } from "../topChanges.ts"
import type { SimLevel, SimTrade } from "../Venue.ts"

const CHECKED = 25

export const millis = (at: number): number => Math.floor(at / 1000)

/** A change that removes its level. */
export const isGone = ({ orders }: SimLevel): boolean => orders === 0

/** Numbers as the venue prints them. */
const number = (decimal: string, sign: 1 | -1 = 1): string => String(sign * Number(decimal))

/** `[price, orders, amount]`, asks negative; a removal has no orders and 1 for its amount. */
export const bookLevel = (level: SimLevel, sign: 1 | -1): string =>
  isGone(level)
    ? `[${number(level.price)},0,${sign}]`
    : `[${number(level.price)},${level.orders},${number(level.size, sign)}]`

/** `[id, time, amount, price]`, negative where the taker sold. */
export const fill = ({ id, at, side, size, price }: SimTrade): string =>
  `[${id},${millis(at)},${number(size, side === "buy" ? 1 : -1)},${number(price)}]`

/** Signed CRC32 of the best bids and asks in turns, `price:amount`, asks negative; the best 25 of a window. */
export const bookChecksum = ({ bids, asks }: TopOfBook, len: number): number => {
  const parts: Array<string> = []
  for (let rank = 0; rank < Math.min(len, CHECKED); rank++) {
    const bid = bids[rank]
    const ask = asks[rank]
    if (bid !== undefined) parts.push(number(bid.price), number(bid.size))
    if (ask !== undefined) parts.push(number(ask.price), number(ask.size, -1))
  }
  return crc32(parts.join(":")) | 0
}
