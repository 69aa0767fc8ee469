// Owns what the order book is compared with: a plain Map that keeps no order, a sorted array, and a paged tree of the
// kind that books are often kept in. Each does the least that its structure allows and checks nothing.
export interface Baseline {
  /** Size 0 removes. */
  set(price: string | number, size: string | number): void
}

/** Knows no best price at all: the floor under everything. */
export class PlainMap implements Baseline {
  readonly levels = new Map<string | number, string | number>()
  set(price: string | number, size: string | number): void {
    this.levels.set(price, size)
  }
}

/** A Map that removes, too, for which it must read the size as a number. */
export class RemovingMap implements Baseline {
  readonly levels = new Map<string | number, string | number>()
  set(price: string | number, size: string | number): void {
    if (Number(size) === 0) this.levels.delete(price)
    else this.levels.set(price, size)
  }
}

const search = (keys: ReadonlyArray<number>, key: number): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

class Rows {
  keys: Array<number> = []
  sizes: Array<number> = []
  set(key: number, size: number): void {
    const at = search(this.keys, key)
    const known = this.keys[at] === key
    if (size === 0) {
      if (!known) return
      this.keys.splice(at, 1)
      this.sizes.splice(at, 1)
    } else if (known) this.sizes[at] = size
    else {
      this.keys.splice(at, 0, key)
      this.sizes.splice(at, 0, size)
    }
  }
}

export class SortedArray implements Baseline {
  private readonly rows = new Rows()
  set(price: string | number, size: string | number): void {
    this.rows.set(Number(price), Number(size))
  }
}

const PAGE = 64

/** Pages of at most 64 rows under one sorted root. */
export class PagedTree implements Baseline {
  private readonly pages = [new Rows()]
  set(price: string | number, size: string | number): void {
    const { pages } = this
    const key = Number(price)
    let low = 0
    let high = pages.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (pages[middle]!.keys[0]! <= key) low = middle
      else high = middle - 1
    }
    const page = pages[low]!
    page.set(key, Number(size))
    if (page.keys.length === 0 && pages.length > 1) pages.splice(low, 1)
    if (page.keys.length <= PAGE) return
    const right = new Rows()
    right.keys = page.keys.splice(PAGE / 2)
    right.sizes = page.sizes.splice(PAGE / 2)
    pages.splice(low + 1, 0, right)
  }
}
