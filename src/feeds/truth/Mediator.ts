// Owns one market's trust: executes a scheme's instructions, decides when the book is lost, and how it is repaired.
// What a snapshot or a change does to book and label is BookUpdater's, silence SilenceWatch's, trades TradeLog's. Plain
// synchronous code, called from the socket's own handler; what takes time (REST, waiting, dialling) leaves through
// MediatorPorts. Invariant: after a loss nothing of the book is shown as good before a new snapshot.
import { passed } from "../../domain/passed.ts"
import type { Instruction, Instructions } from "../../schemes/Instruction.ts"
import type { Session, TranslationScheme, Trouble } from "../../schemes/TranslationScheme.ts"
import type { ReasonCode } from "../../domain/ReasonCode.ts"
import type { Unreadable } from "../../wire/Wire.ts"
import { troubleOf } from "./BookFault.ts"
import { BookUpdater } from "./BookUpdater.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { reasonOf, type StatusReason } from "../core/StatusReason.ts"
import type { OrderBook } from "../book/OrderBook.ts"
import type { AuditWindow } from "./AuditWindow.ts"
import { isByListing } from "./ListedState.ts"
import type { MarketMemory } from "./MarketMemory.ts"
import type { Ports, Send } from "./MediatorPorts.ts"
import { SilenceWatch } from "./SilenceWatch.ts"
import { TradeLog } from "./TradeLog.ts"

/** A second loss within this time is answered by a new socket instead of a repair on the old one. */
const ESCALATION = 30_000_000

const FIRST_BOOK: StatusReason = { code: "first_book", text: "waiting for the first book" }
const DEFECT = reasonOf({ reason: "inconsistent", detail: "a defect of this feed, see the log" })

const TRADES_AGAIN: Trouble = { reason: "maintenance", detail: "the venue lists the market as trading again" }

const GAPS: ReadonlySet<ReasonCode> = new Set<ReasonCode>(["gap", "overflow", "time_reversed"])

export class Mediator {
  readonly symbol: string
  private readonly scheme: TranslationScheme
  private readonly book: OrderBook
  private readonly exchange: FeedExchange
  private readonly memory: MarketMemory
  private readonly ports: Ports
  private readonly updater: BookUpdater
  private readonly trades: TradeLog
  private readonly silence: SilenceWatch
  private lastLoss = -Infinity
  /** What is executed came as a REST answer and not on the stream. */
  private byRest = false

  constructor(
    scheme: TranslationScheme,
    symbol: string,
    book: OrderBook,
    exchange: FeedExchange,
    ports: Ports,
    at: number,
    memory: MarketMemory
  ) {
    this.scheme = scheme
    this.symbol = symbol
    this.book = book
    this.exchange = exchange
    this.memory = memory
    this.ports = ports
    this.silence = new SilenceWatch(exchange, memory, scheme.keepalive.marketSilence, at)
    this.updater = new BookUpdater(scheme, symbol, book, exchange, memory, this.silence)
    this.trades = new TradeLog(scheme.tradeIds, exchange, memory)
  }

  /** The socket that carries the book is open and its subscriptions are said. */
  connected(at: number): void {
    this.exchange.counts.connects++
    this.silence.connected(at)
    this.exchange.signal("connected", FIRST_BOOK, at)
    // the book may have come while the subscriptions of neighbours were still being said
    this.updater.label(at)
  }

  /** The REST answer that was waited for is here. */
  fetched(at: number): void {
    this.silence.fetched(at)
  }

  /** Executes what a REST answer leads to: it proves nothing of the stream. */
  readonly whileByRest = (work: () => void): void => {
    this.byRest = true
    try {
      work()
    } finally {
      this.byRest = false
    }
  }

  /** Somebody else found the book wrong. */
  accuse(trouble: Trouble, at: number, session: Session, send: Send): void {
    if (this.updater.synced) this.repair(trouble, at, session, send)
  }

  /** The venue was asked about a silence and shows the very book. */
  vouched(at: number): void {
    this.silence.confirmed(at)
    this.heard(at)
  }

  /** The venue was asked about a silence, and nothing was learnt, or the market spoke meanwhile. */
  unanswered(): void {
    this.silence.asked()
  }

  /** The market moved on without us: the subscription is dead, and no snapshot by REST makes the next one trusted. */
  died(trouble: Trouble, at: number): void {
    this.exchange.counts.doubts_confirmed++
    this.memory.unconfirmed = true
    this.silence.gaveUp(this.book, at)
    this.lose(trouble, at, false)
  }

  /** Book frames so far, to see whether any came within a time. */
  get bookFrames(): number {
    return this.updater.frames
  }

  get synced(): boolean {
    return this.updater.synced
  }

  /** Begins to note every change of the book in a window, until it is closed. */
  openWindow(window: AuditWindow): void {
    this.updater.open(window)
  }
  closeWindow(window: AuditWindow): void {
    this.updater.close(window)
  }

  /**
   * A frame of this market's socket was no frame of its scheme. `named`: it names this market alone, so that the loss
   * need not wait until a chain shows it, which in a quiet market is late.
   */
  unreadable(frame: Unreadable, named: boolean, at: number, session: Session, send: Send): void {
    this.exchange.unreadable(frame.text)
    if (frame.harmless || !this.updater.synced || (this.scheme.unreadable === "ignore" && !named)) return
    this.repair({ reason: "unreadable", detail: frame.detail.slice(0, 200) }, at, session, send)
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

  /** After a defect nothing of the book is to be trusted, nor shown as good before the feed begins again. */
  broken(at: number): void {
    this.updater.lost()
    this.book.clear()
    this.exchange.signal("lost", DEFECT, at)
  }

  private perform(instruction: Instruction, at: number, session: Session, send: Send): void {
    this.silence.heard(at)
    switch (instruction.type) {
      case "changes":
        return this.mend(this.updater.change(instruction, at, session), at, session, send)
      case "snapshot":
        return this.mend(this.updater.snapshot(instruction, this.byRest, at, session), at, session, send)
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
      case "closing":
        // the socket goes on for a while; moving to another one is its subscribers' work
        return
      case "halted":
        return this.exchange.signal("halted", { code: "halted", text: instruction.detail }, at)
      case "rejected":
        return this.rejected(instruction.detail, at)
      case "refused":
        return this.refused(instruction.detail, at)
      case "notice":
        return this.exchange.report({ code: "notice", text: instruction.detail }, at)
    }
  }

  /**
   * Looks for what frames alone can't show: a subscription gone silent, a book that never comes. Called every second.
   */
  watch(at: number, session: Session, send: Send): void {
    this.heed(at, session, send)
    const alarm = this.silence.look(at, this.updater.synced)
    if (alarm === null) return
    switch (alarm.answer) {
      case "doubt":
        // said once, and not every second with another number
        if (this.exchange.state === "stale") return
        return this.exchange.signal("doubted", reasonOf(troubleOf(alarm.fault)), at)
      case "repair": {
        const { state, reason } = this.exchange
        this.repair(troubleOf(alarm.fault), at, session, send)
        // what the venue said goes on
        if (state === "halted") this.exchange.signal("halted", reason, at)
        return
      }
      case "ask":
        this.exchange.counts.doubts++
        return this.ports.ask(alarm)
    }
  }

  /** What the venue lists counts where the book does not speak; a halt that the listing ends is over at once. */
  private heed(at: number, session: Session, send: Send): void {
    const { exchange, silence, updater } = this
    const { listed } = this.memory
    if (listed.reason === null) {
      if (isByListing(exchange)) this.repair(TRADES_AGAIN, at, session, send)
      return
    }
    const due = listed.due(exchange, silence.speaks(at, updater.synced))
    if (due !== null) exchange.signal("halted", due, at)
  }

  /** A venue that served this market before may do so again, whatever it says now. */
  private rejected(detail: string, at: number): void {
    if (this.exchange.epoch > 0) return this.refused(detail, at)
    this.updater.lost()
    this.exchange.signal("rejected", this.memory.listed.refusal({ code: "rejected", text: detail }), at)
    this.ports.reject(detail)
  }

  private refused(detail: string, at: number): void {
    this.lose({ reason: "refused", detail }, at, false)
    this.ports.refuse(detail)
  }

  private fetch(instruction: Extract<Instruction, { type: "fetch" }>, at: number, session: Session): void {
    const { path, weight, reason, detail, light = null, patient = false } = instruction
    if (reason !== null && !this.lose({ reason, detail: detail ?? "" }, at)) return
    if (!patient) this.silence.fetching = true
    this.ports.fetch({ path, weight, light, patient, session })
  }

  private heard(at: number): void {
    const { exchange, silence, updater } = this
    if (!updater.synced || updater.isCrossed || this.memory.unconfirmed || exchange.state === "live") return
    // a heartbeat of the venue is none of the book
    if (!silence.isUnsettled(at)) exchange.signal("recovered", null, at)
  }

  private mend(trouble: Trouble | null, at: number, session: Session, send: Send): void {
    if (trouble !== null) this.repair(trouble, at, session, send)
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
    this.updater.lost()
    this.silence.waits(at)
    this.exchange.signal("lost", reasonOf(trouble), at)
    const tooFast = escalates && passed(this.lastLoss, at) < ESCALATION
    this.lastLoss = at
    if (tooFast) this.ports.reconnect({ reason: trouble.reason, detail: `again: ${trouble.detail}` }, 0)
    return !tooFast
  }
}
