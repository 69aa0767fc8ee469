// Owns the checksum of Kraken's spot websocket v2 for one market: a CRC32 of the ten best levels a side, asks first,
// each number padded to the market's decimals, without point and leading zeros. Nothing on the socket says the
// decimals; they are found from the market's own checksums, the smallest that fit the levels and match. Invariant: a
// book holds only if the venue's sum is that of its levels at some number of decimals, whatever was found or remembered
// before.
import { crc32 } from "node:zlib"
import { canonical, type Numeric } from "../../domain/Decimal.ts"
import { TopSums } from "../checksum/TopSums.ts"
import type { BookView, Trouble } from "../TranslationScheme.ts"

const DEPTH = 10
const MOST_DECIMALS = 12

type Level = readonly [price: Numeric, size: Numeric]
type Plain = readonly [price: string, size: string]

export class KrakenChecksum {
  /** Decimals the market pads with, as far as known. */
  private priceDecimals = 0
  private sizeDecimals = 0
  /** A level has more decimals than that. */
  private finer = false
  private readonly sums = new TopSums(
    DEPTH,
    (book, rank) => this.text(book.bidText(rank)),
    (book, rank) => this.text(book.askText(rank))
  )

  /** Null if the book holds. */
  prove(book: BookView, proof: number): Trouble | null {
    if (this.remembered(book) === proof || this.search(book, proof)) return null
    return { reason: "checksum", detail: `the venue's checksum is ${proof}, not ours at any number of decimals` }
  }

  /** The checksum by the decimals known so far, from the sums of levels that did not change; null if one is finer. */
  private remembered(book: BookView): number | null {
    this.finer = false
    const sum = this.sums.asksThenBids(book) >>> 0
    return this.finer ? null : sum
  }

  private search(book: BookView, proof: number): boolean {
    this.sums.forget()
    const levels = top(book)
    const prices = Math.max(0, ...levels.map(([price]) => decimals(price)))
    const sizes = Math.max(0, ...levels.map(([, size]) => decimals(size)))
    const fits = (price: number, size: number): boolean => {
      if (checksum(levels, price, size) !== proof) return false
      this.priceDecimals = price
      this.sizeDecimals = size
      return true
    }
    // a level finer than what is known tells at least as many decimals
    if (fits(Math.max(prices, this.priceDecimals), Math.max(sizes, this.sizeDecimals))) return true
    for (let price = prices; price <= MOST_DECIMALS; price++) {
      for (let size = sizes; size <= MOST_DECIMALS; size++) if (fits(price, size)) return true
    }
    return false
  }

  private text(level: Level): string {
    const price = canonical(level[0])
    const size = canonical(level[1])
    if (decimals(price) > this.priceDecimals || decimals(size) > this.sizeDecimals) this.finer = true
    return padded(price, this.priceDecimals) + padded(size, this.sizeDecimals)
  }
}

/** The levels of the checksum, asks first, as plain decimals. */
const top = (book: BookView): ReadonlyArray<Plain> => {
  const levels: Array<Plain> = []
  const plain = ([price, size]: Level) => levels.push([canonical(price), canonical(size)])
  for (let i = 0; i < Math.min(DEPTH, book.askLevels); i++) plain(book.askText(i))
  for (let i = 0; i < Math.min(DEPTH, book.bidLevels); i++) plain(book.bidText(i))
  return levels
}

const decimals = (text: string): number => {
  const point = text.indexOf(".")
  return point < 0 ? 0 : text.length - point - 1
}

/** A decimal of the checksum: padded, without point and leading zeros. */
const padded = (text: string, places: number): string => {
  const digits = text.replace(".", "") + "0".repeat(Math.max(0, places - decimals(text)))
  return digits.replace(/^0+/, "")
}

const checksum = (levels: ReadonlyArray<Plain>, priceDecimals: number, sizeDecimals: number): number => {
  let text = ""
  for (const [price, size] of levels) text += padded(price, priceDecimals) + padded(size, sizeDecimals)
  return crc32(text)
}
