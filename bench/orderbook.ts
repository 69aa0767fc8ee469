// Owns the measurement of the order book alone: changes skewed to the top, as venues send them (half of them within the
// best ten levels), in books of 10, 1,000 and 10,000 levels, beside a plain Map, a sorted array and a paged tree in the
// same rounds; and changes spread evenly, which no venue sends but which show the structure. Levels are given as frames
// give them: two texts that are new each time, or two numbers.
import { OrderBook } from "../src/feeds/book/OrderBook.ts"
import type { Level } from "../src/schemes/Instruction.ts"
import { PagedTree, PlainMap, RemovingMap, SortedArray, type Baseline } from "./baselines.ts"
import { collectGarbage, Competition } from "./rounds.ts"

const CHANGES = 8_000
const CHANGES_A_FRAME = 4
const ROUNDS = 101
const WARM = 20

type Shape = "text" | "number"

interface Work {
  readonly book: ReadonlyArray<Level>
  readonly frames: ReadonlyArray<ReadonlyArray<Level>>
}

export interface OrderBookResult {
  readonly levels: number
  readonly given_as: Shape
  readonly changes: "top" | "even"
  readonly ns_per_change: number
  readonly map_set_ns: number
  readonly map_set_and_delete_ns: number
  readonly sorted_array_ns: number
  readonly paged_tree_ns: number
  readonly ratio_to_map_set: number
  readonly ratio_to_map_set_and_delete: number
  readonly ratio_to_paged_tree: number
}

/** Numbers that are the same in every run. */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const level = (tick: number, size: number, shape: Shape): Level => {
  const price = (10_000 + tick / 100).toFixed(2)
  return shape === "text" ? [price, size.toFixed(8)] : [Number(price), Number(size.toFixed(8))]
}

/**
 * Every second tick is taken at first; a quarter of the changes of taken ticks remove, and as many free ones are taken.
 */
const work = (levels: number, skewed: boolean, shape: Shape): Work => {
  const random = seeded(levels)
  const ticks = levels * 2
  const taken = new Set(Array.from({ length: levels }, (_, i) => i * 2))
  const book = [...taken].map((tick) => level(tick, random() + 0.01, shape))
  const changes: Array<Level> = []
  const median = Math.min(10, levels / 4)
  while (changes.length < CHANGES) {
    const depth = skewed ? -Math.log2(1 - random()) * median * 2 : random() * ticks
    const tick = ticks - 1 - Math.floor(depth)
    const moves = random() < 0.25
    if (tick < 0 || (!taken.has(tick) && !moves)) continue
    const removes = taken.has(tick) && moves
    if (removes) taken.delete(tick)
    else taken.add(tick)
    changes.push(level(tick, removes ? 0 : random() * 10 + 0.01, shape))
  }
  // the way back to the first book, so that every round does the same
  for (let tick = 0; tick < ticks; tick++) {
    const wanted = tick % 2 === 0
    if (wanted !== taken.has(tick)) changes.push(level(tick, wanted ? 1 : 0, shape))
  }
  const frames: Array<ReadonlyArray<Level>> = []
  for (let i = 0; i < changes.length; i += CHANGES_A_FRAME) frames.push(changes.slice(i, i + CHANGES_A_FRAME))
  return { book, frames }
}

/**
 * The same frames as if just read: every text is cut afresh from one that holds all, so that no hash of it is known.
 */
const reader = (frames: Work["frames"]): (() => Work["frames"]) => {
  const texts = frames.flatMap((frame) => frame.flatMap(([price, size]) => [String(price), String(size)]))
  const whole = Buffer.from(texts.join("")).toString("latin1")
  return () => {
    let at = 0
    const cut = (value: Level[0]): Level[0] => {
      const begin = at
      at += String(value).length
      return typeof value === "string" ? whole.slice(begin, at) : value
    }
    return frames.map((frame) => frame.map(([price, size]): Level => [cut(price), cut(size)]))
  }
}

const NONE: ReadonlyArray<Level> = []

const measure = (levels: number, skewed: boolean, given: Shape): OrderBookResult => {
  const { book, frames: prepared } = work(levels, skewed, given)
  const read = reader(prepared)
  let frames = prepared
  const changes = frames.reduce((sum, frame) => sum + frame.length, 0)
  const ours = new OrderBook(false)
  ours.load(book, NONE)
  const against = (baseline: Baseline) => {
    for (const [price, size] of book) baseline.set(price, size)
    return () => {
      for (let f = 0; f < frames.length; f++) {
        const frame = frames[f]!
        for (let i = 0; i < frame.length; i++) baseline.set(frame[i]![0], frame[i]![1])
      }
    }
  }
  const took = new Competition({
    book: () => {
      for (let f = 0; f < frames.length; f++) ours.apply(frames[f]!, NONE)
    },
    map: against(new PlainMap()),
    removing: against(new RemovingMap()),
    sorted: against(new SortedArray()),
    tree: against(new PagedTree())
  }).play({ rounds: ROUNDS, warm: WARM, prepare: () => (frames = read()) })
  const each = (name: Parameters<typeof took.time>[0]): number => Math.round((took.time(name) / changes) * 10) / 10
  return {
    levels,
    given_as: given,
    changes: skewed ? "top" : "even",
    ns_per_change: each("book"),
    map_set_ns: each("map"),
    map_set_and_delete_ns: each("removing"),
    sorted_array_ns: each("sorted"),
    paged_tree_ns: each("tree"),
    ratio_to_map_set: took.ratio("book", "map"),
    ratio_to_map_set_and_delete: took.ratio("book", "removing"),
    ratio_to_paged_tree: took.ratio("book", "tree")
  }
}

/** Bytes a level of books that have seen changes, everything counted that they hold. */
const bytesPerLevel = (levels: number): number => {
  const { book, frames } = work(levels, true, "text")
  const count = Math.ceil(400_000 / levels)
  const held = (): number => {
    // array buffers are let go a collection after their arrays
    collectGarbage()
    collectGarbage()
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  }
  const before = held()
  const books = Array.from({ length: count }, () => {
    const one = new OrderBook(false)
    one.load(book, NONE)
    for (let f = 0; f < 500; f++) one.apply(frames[f]!, NONE)
    return one
  })
  const after = held()
  const kept = books.reduce((sum, one) => sum + one.bidLevels, 0)
  return Math.round(((after - before) / kept) * 10) / 10
}

export const measureOrderBook = (say: (line: string) => void) => {
  const bytes = [10, 1_000, 10_000].map((levels) => ({ levels, bytes_per_level: bytesPerLevel(levels) }))
  const results: Array<OrderBookResult> = []
  say("order book alone: ns a change (levels, given as, changes at the top or even)")
  for (const given of ["text", "number"] as const) {
    for (const levels of [10, 1_000, 10_000]) {
      for (const skewed of [true, false]) {
        const row = measure(levels, skewed, given)
        results.push(row)
        say(
          `${levels} ${given} ${row.changes}: ${row.ns_per_change}; Map.set ${row.map_set_ns}, ` +
            `with delete ${row.map_set_and_delete_ns}, ` +
            `sorted array ${row.sorted_array_ns}, paged tree ${row.paged_tree_ns}; ` +
            `${row.ratio_to_map_set.toFixed(1)} of Map.set`
        )
      }
    }
  }
  say(`bytes a level: ${bytes.map(({ levels, bytes_per_level }) => `${bytes_per_level} of ${levels}`).join(", ")}`)
  return { order_book: results, order_book_memory: bytes }
}
