// Owns one market's trust: executes a scheme's instructions on the order book, proves what can be proven after every
// frame, decides when the book is lost and when it is whole again. Plain synchronous code, called from the socket's own
// handler; what takes time (REST, waiting, dialling) leaves through the ports. Sockets belong to MarketFeed, events and
// seq to FeedExchange. Invariant: `live` is signalled only when the book is synced, proven and not crossed.
import { numberOf } from "../domain/Decimal.ts"
import type { Instruction, Instructions, Levels, Reason } from "../schemes/Instruction.ts"
import type { ChangesInstruction, SnapshotInstruction } from "../schemes/Instruction.ts"
import type { Session, TranslationScheme, Trouble } from "../schemes/TranslationScheme.ts"
import type { Unreadable } from "../schemes/Wire.ts"
import { isPrice, isSize } from "./book/BookSide.ts"
import type { FeedExchange } from "./FeedExchange.ts"
import type { OrderBook } from "./book/OrderBook.ts"
import { SnapshotAudit } from "./truth/SnapshotAudit.ts"
import { Touch } from "./book/Touch.ts"
import { TradeLog } from "./truth/TradeLog.ts"
import { Vigil } from "./truth/Vigil.ts"
import type { Witness } from "./truth/Witness.ts"

export interface FetchRequest {
  readonly path: string
  readonly weight: number
  /** A smaller book for less weight, for when the venue's budget is short. */
  readonly light: { readonly path: string; readonly weight: number } | null
  /** It is no hurry: asked only with budget that nobody else needs. */
  readonly patient: boolean
  readonly session: Session
}

/** The slow half of a mediator's work. All return at once. */
export interface Ports {
  /** Asks the venue's REST; a newer request of this market replaces an older one. */
  fetch(request: FetchRequest): void
  /** Gives the socket up. */
  reconnect(trouble: Trouble, retryAfter: number): void
  /** Gives the market up: the venue refuses the symbol. */
  reject(detail: string): void
}

/** What a session may say on its socket. */
export type Send = (text: string) => void

/** A second loss within this time is answered by a new socket instead of a repair on the old one. */
const ESCALATION = 30_000_000

export class Mediator {
  readonly symbol: string
  private readonly scheme: TranslationScheme
  private readonly book: OrderBook
  private readonly exchange: FeedExchange
  private readonly ports: Ports
  private readonly touch = new Touch()
  /** While the book is audited: told of every change. */
  witness: Witness | null = null
  private readonly trades: TradeLog
  private readonly vigil: Vigil
  private readonly repetitions: SnapshotAudit | null
  private synced = false
  private crossedFrames = 0
  private lastLoss = -Infinity

  constructor(
    scheme: TranslationScheme,
    symbol: string,
    book: OrderBook,
    exchange: FeedExchange,
    ports: Ports,
    at: number
  ) {
    this.scheme = scheme
    this.symbol = symbol
    this.book = book
    this.exchange = exchange
    this.vigil = new Vigil(exchange, scheme.keepalive.marketSilence, at)
    this.ports = ports
    this.trades = new TradeLog(scheme.tradeIds === "dense", exchange)
    this.repetitions = scheme.audit === "repetitions" ? new SnapshotAudit(exchange) : null
  }

  /** The socket that carries the book is open and its subscriptions are said. */
  connected(at: number): void {
    this.exchange.counts.connects++
    this.vigil.connected(at)
    this.exchange.signal("connected", "waiting for the first book", at)
    // the book may have come while the subscriptions of neighbours were still being said
    if (this.synced && this.crossedFrames === 0) this.exchange.signal("synced", null, at)
  }

  /** The REST answer that was waited for is here. */
  fetched(at: number): void {
    this.vigil.fetched(at)
  }

  /** Somebody else found the book wrong. */
  accuse(trouble: Trouble, at: number, session: Session, send: Send): void {
    if (this.synced) this.repair(trouble, at, session, send)
  }

  /** A frame of this market's socket was no frame of its scheme. */
  unreadable(frame: Unreadable, at: number, session: Session, send: Send): void {
    this.exchange.unreadable(frame.text)
    if (frame.harmless || this.scheme.unreadable === "ignore" || !this.synced) return
    this.execute(
      session.repair(this.symbol, { reason: "unreadable", detail: frame.detail.slice(0, 200) }),
      at,
      session,
      send
    )
  }

  /** Does what one frame asks for. */
  execute(instructions: Instructions, at: number, session: Session, send: Send): void {
    for (let i = 0; i < instructions.length; i++) this.step(instructions[i]!, at, session, send)
  }

  /** Does one instruction. What it throws is a defect, and leaves no half of a change behind: the book is gone. */
  step(instruction: Instruction, at: number, session: Session, send: Send): void {
    try {
      this.perform(instruction, at, session, send)
    } catch (defect) {
      this.broken(at)
      throw defect
    }
  }

  /** After a defect nothing of the book is to be trusted, nor shown as good before the feed begins anew. */
  broken(at: number): void {
    this.synced = false
    this.book.clear()
    this.exchange.signal("lost", "inconsistent: a defect of this feed, see the log", at)
  }

  private perform(instruction: Instruction, at: number, session: Session, send: Send): void {
    this.vigil.lastHeard = at
    switch (instruction.type) {
      case "changes":
        return this.change(instruction, at, session, send)
      case "snapshot":
        return this.snapshot(instruction, at, session, send)
      case "trades":
        return this.trades.add(instruction.trades, at)
      case "trade_anchor":
        return this.trades.anchor(instruction.id, at)
      case "alive":
        return this.heard(at)
      case "send":
        return send(instruction.text)
      case "fetch":
        return this.fetch(instruction, at, session)
      case "resubscribe":
        // a venue that heals the book by itself needs nothing said, and no other socket
        if (!this.lose(instruction, at, instruction.send.length > 0)) return
        for (const text of instruction.send) send(text)
        return
      case "reconnect":
        this.lose(instruction, at)
        return this.ports.reconnect(instruction, instruction.retryAfter ?? 0)
      case "full":
        this.lose({ reason: "refused", detail: instruction.detail }, at, false)
        return this.ports.reconnect({ reason: "refused", detail: instruction.detail }, 0)
      case "halted":
        return this.exchange.signal("halted", instruction.detail, at)
      case "rejected":
        this.synced = false
        this.exchange.signal("rejected", instruction.detail, at)
        return this.ports.reject(instruction.detail)
      case "refused":
        this.lose({ reason: "refused", detail: instruction.detail }, at, false)
        return this.ports.reconnect({ reason: "refused", detail: instruction.detail }, 0)
      case "closing":
        return
    }
  }

  /** Looks for what frames alone can't show: a subscription gone silent, a book that never comes. Called every second. */
  watch(at: number, session: Session, send: Send): void {
    const alarm = this.vigil.look(at, this.synced)
    if (alarm === null) return
    const trouble: Trouble = { reason: "silent", detail: alarm.detail }
    switch (alarm.answer) {
      case "doubt":
        return this.exchange.signal("doubted", `silent: ${alarm.detail}`, at)
      case "repair":
        return this.repair(trouble, at, session, send)
      case "leave":
        // repairing the book would not revive a dead subscription: the market takes its seat anew
        this.lose(trouble, at, false)
        return this.ports.reconnect(trouble, 0)
    }
  }

  private snapshot(instruction: SnapshotInstruction, at: number, session: Session, send: Send): void {
    const { book, exchange } = this
    if (this.witness !== null) this.witness.spoilt = true
    if (this.synced) this.vigil.tempo.beat(at, true, true)
    else this.vigil.tempo.rest(at)
    let { bids, asks } = instruction
    let isWhole = book.load(bids, asks)
    if (this.scheme.window !== null) {
      if (book.truncateBids(this.scheme.window) !== null) isWhole = false
      if (book.truncateAsks(this.scheme.window) !== null) isWhole = false
    }
    exchange.counts.invalid_levels = book.invalid
    if (!this.proven(instruction.proof, at, session, send)) return
    if (!this.synced) {
      this.synced = true
      exchange.waited(true)
      exchange.epoch++
    }
    this.repetitions?.repeated(book, at)
    // most venues send a book as it is told: then it need not be written anew
    if (!isWhole && exchange.heard) {
      bids = book.bestBids(Infinity)
      asks = book.bestAsks(Infinity)
    }
    exchange.book("book_snapshot", bids, asks, instruction.time, at)
    this.settle(instruction.time, at, session, send)
  }

  private change(instruction: ChangesInstruction, at: number, session: Session, send: Send): void {
    if (!this.synced) return
    const { book, exchange } = this
    let { bids, asks } = instruction
    book.apply(bids, asks)
    this.vigil.tempo.beat(at, bids.length > 0, asks.length > 0)
    if (this.witness !== null) this.witness.saw(bids, asks, at)
    if (this.repetitions !== null) this.repetitions.saw(bids, asks, at)
    if (book.invalid !== exchange.counts.invalid_levels) {
      exchange.counts.invalid_levels = book.invalid
      bids = bids.filter(isLevel)
      asks = asks.filter(isLevel)
    }
    if (this.scheme.window !== null) {
      bids = joined(bids, book.truncateBids(this.scheme.window))
      asks = joined(asks, book.truncateAsks(this.scheme.window))
    }
    if (!this.proven(instruction.proof, at, session, send)) return
    if (bids.length > 0 || asks.length > 0) exchange.book("book_change", bids, asks, instruction.time, at)
    this.settle(instruction.time, at, session, send)
  }

  /** After a frame: a crossed book is doubted at once and repaired after its grace; any other is live. */
  private settle(time: number | null, at: number, session: Session, send: Send): void {
    if (this.touch.moved(this.book)) this.touch.tell(this.exchange, this.book, time, at)
    if (!this.book.crossed) {
      if (this.crossedFrames > 0) this.exchange.crossed(false, at)
      this.crossedFrames = 0
      if (this.exchange.state !== "live") this.exchange.signal("synced", null, at)
      return
    }
    if (this.crossedFrames === 0) this.exchange.crossed(true, at)
    const detail = `bid ${this.book.bidPrice(0)} is not below ask ${this.book.askPrice(0)}`
    if (++this.crossedFrames > this.scheme.crossedGrace) this.repair({ reason: "crossed", detail }, at, session, send)
    else this.exchange.signal("doubted", `crossed: ${detail}`, at)
  }

  private fetch(instruction: Extract<Instruction, { type: "fetch" }>, at: number, session: Session): void {
    const { path, weight, reason, detail, light = null, patient = false } = instruction
    if (reason !== null && !this.lose({ reason, detail: detail ?? "" }, at)) return
    if (!patient) this.vigil.fetching = true
    this.ports.fetch({ path, weight, light, patient, session })
  }

  private heard(at: number): void {
    if (this.synced && this.crossedFrames === 0 && this.exchange.state !== "live")
      this.exchange.signal("recovered", null, at)
  }

  private proven(proof: number | undefined, at: number, session: Session, send: Send): boolean {
    if (proof === undefined) return true
    const trouble = session.prove(this.symbol, this.book, proof, at)
    if (trouble === null) return true
    this.repair(trouble, at, session, send)
    return false
  }

  private repair(trouble: Trouble, at: number, session: Session, send: Send): void {
    this.execute(session.repair(this.symbol, trouble), at, session, send)
  }

  /** Marks the book lost. False when repairs follow each other too fast: then the socket is given up instead. */
  private lose(trouble: Trouble, at: number, escalates = true): boolean {
    const { counts } = this.exchange
    counts.resyncs++
    if (GAPS.has(trouble.reason)) counts.gaps++
    if (trouble.reason === "checksum") counts.checksum_failures++
    this.synced = false
    this.repetitions?.forget()
    this.crossedFrames = 0
    this.vigil.waitingSince = at
    this.exchange.signal("lost", `${trouble.reason}: ${trouble.detail}`, at)
    const tooFast = escalates && at - this.lastLoss < ESCALATION
    this.lastLoss = at
    if (tooFast) this.ports.reconnect({ reason: trouble.reason, detail: `again: ${trouble.detail}` }, 0)
    return !tooFast
  }
}

const GAPS: ReadonlySet<Reason> = new Set<Reason>(["gap", "overflow", "time_reversed"])

const isLevel = ([price, size]: Levels[number]): boolean => isPrice(numberOf(price)) && isSize(numberOf(size))

const joined = (levels: Levels, more: Levels | null): Levels => (more === null ? levels : [...levels, ...more])
