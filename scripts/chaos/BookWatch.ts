// Owns the question that chaos is about: reads every book over HTTP again and again, and asks the simulator whether
// what was called live ever was true. A late book was true a while ago; a wrong one never was, as far as the simulator
// remembers. Times are of this process: the service's clock may be set by a fault. Invariant: a book that began before
// the simulator was killed is not judged by the memory of the next one, only its age.
import type { Book } from "../../src/domain/Event.ts"
import { nowMicros } from "../../src/feeds/core/Now.ts"
import type { Stage, TriedMarket } from "./Stage.ts"

export interface Sighting {
  readonly tag: string
  readonly exchange: string
  readonly market_type: string
  readonly audited: boolean
  readonly at: number
  readonly bids: Book["bids"]
  readonly asks: Book["asks"]
  readonly trueBids: Book["bids"]
  readonly trueAsks: Book["asks"]
}

export interface Looks {
  readonly market: TriedMarket
  /** Looks at a live book that were judged. */
  live: number
  notLive: number
  /** The simulator was away, and there was nobody to compare with. */
  unanswered: number
  /** The service did not answer, or with an error. */
  failed: number
  wrong: number
  /** Ages of live books, in ms: for how long the best levels had not been true any more, at most. */
  latest: number
  /** Live books that were late by more than a second. */
  late: number
  /** How late the last look at a live book was, in ms; 0 where it was not live. */
  age: number
  /** Looks at live books that had stood still for more than STILL, in order. */
  readonly still: Array<{ readonly at: number; readonly age: number }>
  /** When the service said it would try again, in µs of its own clock, in order. */
  readonly retries: Array<number>
  /** What tells one span of a state from the next, and when this was first seen. */
  seen: { readonly key: string; readonly at: number }
  /** Since when looks are wrong without a break, in µs; null: they are not. */
  wrongSince: number | null
  /** The longest of such spans that is over, and all over, in ms. */
  longestWrong: number
  spans: number
  lastState: string
}

const DEPTH = 10
const LATE = 1_000
/** Between the beginning of a state and the first look at it there is less than this, in µs. */
const NEAR = 10_000_000
/** A live book that was true longest ago, in ms, stands still: stalls and late frames of the plan are shorter. */
export const STILL = 5_000
/** Looks of that kind, and announced retries, that are kept of a market. */
const KEPT = 5_000
const WORKERS = 8
/** A round over all markets takes at least this, in ms. */
const ROUND = 200
/** Sightings kept of a market, so that none hides another's. */
const KEPT_SIGHTINGS = 2

export class BookWatch {
  readonly looks: ReadonlyArray<Looks>
  readonly sightings: Array<Sighting> = []
  private readonly stage: Stage
  private isOver = false
  rounds = 0

  constructor(stage: Stage) {
    this.stage = stage
    this.looks = stage.markets.map((market) => ({
      market,
      live: 0,
      notLive: 0,
      unanswered: 0,
      failed: 0,
      wrong: 0,
      latest: 0,
      late: 0,
      age: 0,
      still: [],
      retries: [],
      seen: { key: "", at: 0 },
      wrongSince: null,
      longestWrong: 0,
      spans: 0,
      lastState: ""
    }))
  }

  /** Looks until `stop`. */
  async run(): Promise<void> {
    while (!this.isOver) {
      const begun = performance.now()
      const rest = [...this.looks]
      const work = async (): Promise<void> => {
        for (let one = rest.pop(); one !== undefined; one = rest.pop()) await this.look(one)
      }
      await Promise.all(Array.from({ length: WORKERS }, work))
      this.rounds++
      const left = ROUND - (performance.now() - begun)
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
    }
  }

  stop(): void {
    this.isOver = true
  }

  /** Books that are wrong, or stand still, at this moment. */
  get open(): boolean {
    return this.looks.some(({ wrongSince, age }) => wrongSince !== null || age > STILL)
  }

  /** Ends the spans that are open: they are at least as long as they are now. */
  close(): void {
    const now = nowMicros()
    for (const looks of this.looks)
      if (looks.wrongSince !== null) looks.longestWrong = Math.max(looks.longestWrong, (now - looks.wrongSince) / 1000)
  }

  private async look(looks: Looks): Promise<void> {
    const { market } = looks
    const incarnation = this.stage.incarnation()
    const book = await this.read(market.id)
    const readAt = nowMicros()
    if (book === null) {
      looks.failed++
      return
    }
    looks.lastState = book.state
    const key = `${book.state} ${book.epoch} ${book.since}`
    if (looks.seen.key !== key) looks.seen = { key, at: readAt }
    const { next_retry } = book
    if (next_retry !== null && next_retry !== looks.retries.at(-1) && looks.retries.length < KEPT)
      looks.retries.push(next_retry)
    if (book.state !== "live") {
      looks.notLive++
      looks.age = 0
      return this.right(looks, readAt)
    }
    const killedAt = this.stage.killedAt()
    // the service's clock tells when it began, unless that was set; then it is when it was first seen
    const began = Math.abs(looks.seen.at - book.since) < NEAR ? book.since : looks.seen.at
    if (began < killedAt) return this.orphan(looks, readAt, killedAt)
    const age = await this.stage.simulator.match(market, book.bids, book.asks)
    if (age === null || incarnation !== this.stage.incarnation()) {
      looks.unanswered++
      return
    }
    looks.live++
    if (age === "never") return this.wrong(looks, book, readAt)
    this.right(looks, readAt)
    this.aged(looks, age - (nowMicros() - readAt) / 1000)
  }

  /** Live although its venue is gone: late from that moment. */
  private orphan(looks: Looks, readAt: number, killedAt: number): void {
    looks.live++
    this.aged(looks, (readAt - killedAt) / 1000)
  }

  private aged(looks: Looks, ms: number): void {
    looks.age = ms
    if (ms > STILL && looks.still.length < KEPT) looks.still.push({ at: nowMicros(), age: ms })
    looks.latest = Math.max(looks.latest, ms)
    if (ms > LATE) looks.late++
  }

  private right(looks: Looks, at: number): void {
    if (looks.wrongSince === null) return
    looks.longestWrong = Math.max(looks.longestWrong, (at - looks.wrongSince) / 1000)
    looks.spans++
    looks.wrongSince = null
  }

  private async wrong(looks: Looks, { bids, asks }: Book, at: number): Promise<void> {
    looks.wrong++
    looks.wrongSince ??= at
    if (looks.wrong > KEPT_SIGHTINGS) return
    const now = await this.stage.simulator.book(looks.market)
    const { bids: trueBids = [], asks: trueAsks = [] } = now ?? {}
    const { tag, exchange, market_type, audited } = looks.market
    this.sightings.push({ tag, exchange, market_type, audited, at, bids, asks, trueBids, trueAsks })
  }

  private async read(id: number): Promise<Book | null> {
    const url = `${this.stage.url}/markets/${id}/book?depth=${DEPTH}`
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
    if (answer === null || !answer.ok) return null
    return (await answer.json().catch(() => null)) as Book | null
  }
}
