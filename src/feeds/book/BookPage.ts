// Owns one stretch of a book's side: at most PAGE_LEVELS levels as flat doubles, sort key and size in turn, worst
// first, so that the best level is at the end, where nearly all changes happen and an insertion moves least. Which
// levels lie on which page is BookSide's. Invariant: keys rise strictly; `texts`, where kept, is as long as the page
// and in step.
import type { Numeric } from "../../domain/Decimal.ts"

/** What a page holds when it is full: few enough to be moved by hand, enough that pages are rarely split or joined. */
export const PAGE_LEVELS = 128
const FIRST_LEVELS = 8
/** Levels skipped at once by the search. */
const STRIDE = 8

export class BookPage {
  count = 0
  /** Key and size of level i at 2i and 2i + 1. */
  data: Float64Array
  /** Wire text of price and size of level i at 2i and 2i + 1; null where the numbers say all. */
  readonly texts: Array<Numeric> | null

  constructor(keepsText: boolean, levels = FIRST_LEVELS) {
    this.data = new Float64Array(2 * levels)
    this.texts = keepsText ? [] : null
  }

  /**
   * Index of the first key that is not below `key`. Where a change falls can't be foreseen, so that a branch per level
   * would cost more than the levels: strides from the best end, then three steps that halve a stride by arithmetic.
   */
  find(key: number): number {
    const { data } = this
    let end = this.count
    while (end >= STRIDE && data[2 * (end - STRIDE)]! >= key) end -= STRIDE
    if (end < STRIDE) {
      while (end > 0 && data[2 * end - 2]! >= key) end--
      return end
    }
    end -= 4 * +(data[2 * end - 8]! >= key)
    end -= 2 * +(data[2 * end - 4]! >= key)
    return end - +(data[2 * end - 2]! >= key)
  }

  clear(): void {
    this.count = 0
    if (this.texts !== null) this.texts.length = 0
  }

  has(at: number, key: number): boolean {
    return at < this.count && this.data[2 * at] === key
  }

  /** Makes room for a level before the one at `at`; the page must not be full. */
  open(at: number): void {
    this.reserve(this.count + 1)
    const { data, texts } = this
    const end = 2 * this.count
    for (let i = end - 1; i >= 2 * at; i--) data[i + 2] = data[i]!
    if (texts !== null) {
      texts.push("", "")
      for (let i = end - 1; i >= 2 * at; i--) texts[i + 2] = texts[i]!
    }
    this.count++
  }

  /** Takes out `many` levels from the one at `at` on. */
  close(at: number, many: number): void {
    const { data, texts } = this
    const end = 2 * this.count
    for (let i = 2 * (at + many); i < end; i++) data[i - 2 * many] = data[i]!
    texts?.splice(2 * at, 2 * many)
    this.count -= many
  }

  /** Moves the levels from `at` on to a new page. */
  split(at: number): BookPage {
    const right = new BookPage(this.texts !== null, PAGE_LEVELS)
    right.data.set(this.data.subarray(2 * at, 2 * this.count))
    right.count = this.count - at
    if (this.texts !== null) right.texts!.push(...this.texts.splice(2 * at))
    this.count = at
    return right
  }

  /** Takes over the levels of the page that follows. */
  join(right: BookPage): void {
    this.reserve(this.count + right.count)
    this.data.set(right.data.subarray(0, 2 * right.count), 2 * this.count)
    this.texts?.push(...right.texts!)
    this.count += right.count
  }

  /** Writes its levels, best first, key times `sign` and size, from a rank on while there is room; gives the next. */
  copy(into: Float64Array, from: number, sign: 1 | -1): number {
    const { data } = this
    const room = into.length >> 1
    let rank = from
    for (let i = this.count - 1; i >= 0 && rank < room; i--, rank++) {
      into[2 * rank] = data[2 * i]! * sign
      into[2 * rank + 1] = data[2 * i + 1]!
    }
    return rank
  }

  /** Makes room for so many levels, at most a page's, with some to spare. */
  reserve(levels: number): void {
    let { length } = this.data
    if (2 * levels <= length) return
    while (length < 2 * levels) length *= 2
    const data = new Float64Array(length)
    data.set(this.data)
    this.data = data
  }
}
