// Owns one sorted side of an order book: pages of levels, worst first, so that changes near the best level touch the
// last page alone and one deep in a big book moves no more than a page. A decimal that a double can't carry faithfully
// keeps its text beside the pages; a book whose checksum is made of wire text keeps the text of every level. How levels
// lie on a page is BookPage's. Invariant: keys rise strictly over all pages, no page but an only one is empty, every
// size is above zero, and every level prints back to what the venue sent.
import { canonical, numberOf, type Numeric } from "../../domain/Decimal.ts"
import type { Levels } from "../../schemes/Instruction.ts"
import { BookPage, PAGE_LEVELS } from "./BookPage.ts"
import { ExactTexts, own } from "./ExactTexts.ts"
import { isPrice, isSize, vanishes } from "./readable.ts"

/** A page with fewer levels is joined to its neighbour, if both together leave room for more. */
const FEW = PAGE_LEVELS / 2
const ROOMY = (PAGE_LEVELS * 3) / 4

/** No text this short has more digits than a double carries. */
const FAITHFUL = 15

const isLong = (price: Numeric): boolean => typeof price === "string" && price.length > FAITHFUL

/** A short text with the reference to it; about, in V8. */
const TEXT_BYTES = 28

/** A level as it is kept: wire text where that is kept or no double could carry it, else numbers. */
export type KeptLevel = readonly [price: Numeric, size: Numeric]

export class BookSide {
  /** Keys are the price for bids and its negative for asks. */
  private readonly sign: 1 | -1
  private readonly keepsText: boolean
  private pages: Array<BookPage>
  /** The last page, which holds the best levels. */
  private top: BookPage
  private count = 0
  /** Another number after every frame that named levels of this side. */
  version = 0
  private exact: ExactTexts | null = null
  /** Levels refused: no price above zero, no size at or above zero, or a price that no double tells from another's. */
  invalid = 0
  /** The newest of them since the side was cleared. */
  refused: string | null = null

  constructor(side: "bid" | "ask", keepsText: boolean) {
    this.sign = side === "bid" ? 1 : -1
    this.keepsText = keepsText
    this.top = new BookPage(keepsText)
    this.pages = [this.top]
  }

  get length(): number {
    return this.count
  }

  /** Memory of its levels: the pages as they are, and what texts beside them take about. */
  get bytes(): number {
    let sum = this.exact?.bytes ?? 0
    for (const { data, texts } of this.pages) sum += data.byteLength + (texts?.length ?? 0) * TEXT_BYTES
    return sum
  }

  /** Price of the level at `rank`, 0 being the best; NaN beyond the end. */
  price(rank: number): number {
    const { top } = this
    const at = 2 * (top.count - 1 - rank)
    return at >= 0 ? top.data[at]! * this.sign : this.deep(rank, 0) * this.sign
  }

  size(rank: number): number {
    const { top } = this
    const at = 2 * (top.count - 1 - rank)
    return at >= 0 ? top.data[at + 1]! : this.deep(rank, 1)
  }

  /** Writes the best levels, price and size in turn, as many as there is room for; gives how many. */
  read(into: Float64Array): number {
    let rank = 0
    for (let p = this.pages.length - 1; p >= 0; p--) rank = this.pages[p]!.copy(into, rank, this.sign)
    return rank
  }

  /** The level at `rank` as it stood on the wire where that is kept, else as faithful as its number. */
  text(rank: number): KeptLevel {
    let left = rank
    let p = this.pages.length - 1
    while (left >= this.pages[p]!.count) left -= this.pages[p--]!.count
    return this.kept(this.pages[p]!, this.pages[p]!.count - 1 - left)
  }

  /** The best `depth` levels, best first. */
  best(depth: number): Array<KeptLevel> {
    const levels: Array<KeptLevel> = []
    for (let p = this.pages.length - 1; p >= 0; p--) {
      const page = this.pages[p]!
      for (let i = page.count - 1; i >= 0; i--) {
        if (levels.length >= depth) return levels
        levels.push(this.kept(page, i))
      }
    }
    return levels
  }

  /** Forgets every level; the room of the first page is kept, since a book that goes comes again. */
  clear(): void {
    this.renew()
    this.top = this.pages[0]!
    this.top.clear()
    this.pages.length = 1
    this.count = 0
    this.exact = null
    this.refused = null
  }

  /** Sets or removes each level, in order. */
  apply(levels: Levels): void {
    if (levels.length > 0) this.renew()
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!
      this.set(level[0], level[1])
    }
  }

  /**
   * Fills an empty side. Levels that come strictly best first, as venues send them, are appended from behind; true if
   * all of them did, so that the levels as given are the side as it is.
   */
  load(levels: Levels): boolean {
    this.renew()
    this.top.reserve(Math.min(levels.length, PAGE_LEVELS))
    let last = -Infinity
    for (let i = levels.length - 1; i >= 0; i--) {
      const level = levels[i]!
      const price = level[0]
      const size = level[1]
      const p = numberOf(price)
      const s = numberOf(size)
      const key = p * this.sign
      if (!(isPrice(p) && s > 0 && isSize(s) && key > last)) {
        this.clear()
        this.apply(levels)
        return false
      }
      this.append(key, s, price, size)
      last = key
    }
    return true
  }

  /** Drops the worst levels beyond `depth` and names their prices, or null when there are none. */
  truncate(depth: number): Array<Numeric> | null {
    if (this.count <= depth) return null
    this.renew()
    const dropped: Array<Numeric> = []
    while (this.count > depth) {
      const page = this.pages[0]!
      const many = Math.min(this.count - depth, page.count)
      for (let i = 0; i < many; i++) {
        dropped.push(this.kept(page, i)[0])
        this.exact?.delete(page.data[2 * i]!)
      }
      page.close(0, many)
      this.count -= many
      this.relieve(0)
    }
    return dropped
  }

  private set(price: Numeric, size: Numeric): void {
    const p = numberOf(price)
    const s = numberOf(size)
    if (!isPrice(p) || !isSize(s) || (s === 0 && vanishes(size))) return this.refuse(price, size)
    const key = p * this.sign
    let index = this.pages.length - 1
    let page = this.top
    if (index > 0 && key < page.data[0]!) page = this.pages[(index = this.pageOf(key, index))]!
    let at = page.find(key)
    const known = page.has(at, key)
    if (known && this.mayCollide(price, page, at) && canonical(this.kept(page, at)[0]) !== canonical(price))
      return this.refuse(price, size)
    if (s === 0) {
      if (known) this.remove(index, at, key)
      return
    }
    if (!known) {
      if (page.count === PAGE_LEVELS) {
        const right = this.split(index, at)
        if (at > page.count || page.count === PAGE_LEVELS) {
          at -= page.count
          page = right
        }
      }
      page.open(at)
      this.count++
    }
    this.write(page, at, key, s, price, size)
  }

  /** Small for ever: a book outlives two thousand million frames. */
  private renew(): void {
    this.version = (this.version + 1) | 0
  }

  private refuse(price: Numeric, size: Numeric): void {
    this.invalid++
    this.refused = `${String(price).slice(0, 40)} ${String(size).slice(0, 40)}`
  }

  /** Two prices of one key can be different decimals only where one of them has more digits than a double carries. */
  private mayCollide(price: Numeric, page: BookPage, at: number): boolean {
    return this.exact !== null || isLong(price) || (page.texts !== null && isLong(page.texts[2 * at]!))
  }

  /** Adds a level that is better than all. */
  private append(key: number, s: number, price: Numeric, size: Numeric): void {
    if (this.top.count === PAGE_LEVELS) {
      this.top = new BookPage(this.keepsText, PAGE_LEVELS)
      this.pages.push(this.top)
    }
    const at = this.top.count
    this.top.open(at)
    this.count++
    this.write(this.top, at, key, s, price, size)
  }

  private write(page: BookPage, at: number, key: number, s: number, price: Numeric, size: Numeric): void {
    page.data[2 * at] = key
    page.data[2 * at + 1] = s
    if (page.texts === null) this.exact = ExactTexts.keep(this.exact, key, price, size)
    else {
      page.texts[2 * at] = own(price)
      page.texts[2 * at + 1] = own(size)
    }
  }

  /** Index of the page before `last` that holds `key`, or would. */
  private pageOf(key: number, last: number): number {
    let low = 0
    let high = last - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.pages[middle]!.data[0]! <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  /**
   * Makes room on a full page: what is to come behind its end begins a new page, so that ordered loading fills pages.
   */
  private split(index: number, at: number): BookPage {
    const page = this.pages[index]!
    const right = page.split(at === PAGE_LEVELS ? PAGE_LEVELS : PAGE_LEVELS / 2)
    this.pages.splice(index + 1, 0, right)
    this.top = this.pages[this.pages.length - 1]!
    return right
  }

  private remove(index: number, at: number, key: number): void {
    const page = this.pages[index]!
    page.close(at, 1)
    this.count--
    this.exact?.delete(key)
    if (page.count < FEW) this.relieve(index)
  }

  /** Joins a page of few levels to a neighbour with room; an empty one always goes. */
  private relieve(index: number): void {
    const { pages } = this
    if (pages.length === 1) return
    const left = Math.max(0, index - 1)
    const first = pages[left]!
    const second = pages[left + 1]!
    if (first.count > 0 && second.count > 0 && first.count + second.count > ROOMY) return
    first.join(second)
    pages.splice(left + 1, 1)
    this.top = pages[pages.length - 1]!
  }

  /** Key (0) or size (1) of a level that is not on the top page. */
  private deep(rank: number, which: 0 | 1): number {
    if (!(rank < this.count)) return NaN
    let left = rank
    let p = this.pages.length - 1
    while (left >= this.pages[p]!.count) left -= this.pages[p--]!.count
    const page = this.pages[p]!
    return page.data[2 * (page.count - 1 - left) + which]!
  }

  private kept(page: BookPage, i: number): KeptLevel {
    if (page.texts !== null) return [page.texts[2 * i]!, page.texts[2 * i + 1]!]
    const key = page.data[2 * i]!
    const texts = this.exact?.get(key)
    return [texts?.price ?? key * this.sign, texts?.size ?? page.data[2 * i + 1]!]
  }
}
