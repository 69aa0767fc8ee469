// Owns a market's place on another socket beside the one that it is on: listens there until it could take over, which
// is when the new chain is known to continue the old one's very position, or when a whole book has come, and when the
// trades join on. When to try, and what for, is SocketHandover's. Invariants: before it takes over nothing of the new
// socket reaches the market, after that nothing of the old; what it keeps while it waits is bounded.
import { passed } from "../../domain/passed.ts"
import type { ChangesInstruction, Fill, Instruction, SnapshotInstruction } from "../../schemes/Instruction.ts"
import type { Unreadable } from "../../wire/Wire.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import type { FetchRequest } from "../truth/MediatorPorts.ts"
import type { SocketSubscriber } from "../venue/SocketSubscriber.ts"
import type { SharedSocket } from "../venue/SharedSocket.ts"

/** A quiet market has no trade to join on; microseconds. */
const QUIET = 5_000_000
/** Where ids don't show that trades join on, both sockets are heard for so long; microseconds. */
const OVERLAP = 2_000_000
const MAX_TRADES = 1_000
/** Changes that wait on a snapshot; a market with more in the seconds of a handover can't be moved. */
const MAX_CHANGES = 20_000

/** The market's place on the socket that it is on. */
export interface Incumbent extends SocketSubscriber {
  /** Set when the market moves. */
  socket: SharedSocket
  readonly carriesBook: boolean
}

export class Successor implements SocketSubscriber {
  readonly symbol: string
  readonly tap = null
  socket!: SharedSocket
  private readonly subscription: Incumbent
  private readonly feed: LiveFeed
  private readonly fetch: (request: FetchRequest) => void
  private trades: Array<Fill> = []
  /** The newest trade that the venue said exists. */
  private anchor: Instruction | null = null
  private joinedAt: number | null = null
  /** A whole book and what followed it, where the protocol gives one; null before. */
  private book: [SnapshotInstruction, ...Array<ChangesInstruction>] | null = null
  /** The new socket was lost, or refused the market: it will not take over. */
  failed = false

  constructor(subscription: Incumbent, feed: LiveFeed, fetch: (request: FetchRequest) => void) {
    this.subscription = subscription
    this.feed = feed
    this.fetch = fetch
    this.symbol = subscription.symbol
  }

  waiting(): void {}
  dialling(): void {}
  refused(): void {}
  frame(): void {}
  outlived(): void {}
  /** What was lost here would be missing after the move, and not everywhere a chain shows it. */
  unreadable({ harmless }: Unreadable, named: boolean): void {
    if (!harmless && (named || this.feed.scheme.unreadable === "reconnect")) this.failed = true
  }
  crashed(): void {
    this.failed = true
  }

  joined(at: number): void {
    this.joinedAt = at
  }

  lost(): void {
    this.failed = true
  }

  /** The book as it stands on the new socket; null before it has come. */
  get whole(): readonly [SnapshotInstruction, ...ReadonlyArray<ChangesInstruction>] | null {
    return this.book
  }

  /** Its subscriptions have been sent, and it is still where it joined. */
  get isJoined(): boolean {
    return this.joinedAt !== null && this.socket.subscribers.get(this.symbol) === this
  }

  take(instruction: Instruction): void {
    switch (instruction.type) {
      case "trades":
        this.trades.push(...instruction.trades)
        if (this.trades.length > MAX_TRADES) this.trades = this.trades.slice(-MAX_TRADES)
        return
      case "trade_anchor":
        this.anchor = instruction
        return
      case "snapshot":
        if (this.takesWhole) this.book = [instruction]
        return
      case "changes":
        if (this.book === null) return
        if (this.book.push(instruction) > MAX_CHANGES) this.failed = true
        return
      case "fetch": {
        if (!this.takesWhole || instruction.patient === true) return
        if (instruction.reason !== null) this.book = null
        const { path, weight, light = null } = instruction
        return this.fetch({ path, weight, light, patient: false, session: this.socket.session })
      }
      case "send":
        return this.socket.send(instruction.text)
      case "resubscribe":
        this.book = null
        for (const text of instruction.send) this.socket.send(text)
        return
      case "reconnect":
      case "full":
      case "rejected":
      case "refused":
        this.failed = true
    }
  }

  /** Tries; true once the market is on the new socket. `joinTrades` false: a hole in the trades is the lesser evil. */
  takeOver(at: number, joinTrades = true): boolean {
    const { subscription, socket, symbol } = this
    if (!this.isJoined || (joinTrades && !this.joins(at, this.joinedAt ?? at))) return false
    const instructions = this.takesWhole ? this.book : socket.session.takeOver(symbol, subscription.socket.session)
    if (instructions === null) return false
    socket.subscribers.set(symbol, subscription)
    subscription.socket = socket
    for (const instruction of instructions) subscription.take(instruction, at)
    const last = this.feed.memory.lastTrade
    const isDense = this.feed.scheme.tradeIds === "dense"
    const trades = isDense ? this.trades.filter(({ id }) => last === null || Number(id) > last) : this.trades
    if (trades.length > 0) subscription.take({ type: "trades", symbol, trades }, at)
    else if (this.anchor !== null) subscription.take(this.anchor, at)
    return true
  }

  /** The book comes whole on the new socket; else its chain continues the old one's, or the line carries no book. */
  private get takesWhole(): boolean {
    return this.subscription.carriesBook && !this.feed.scheme.continues
  }

  /** The trades heard here continue those heard there, or there were none for a while. */
  private joins(at: number, joinedAt: number): boolean {
    if (this.feed.scheme.tradeIds !== "dense") return passed(joinedAt, at) > OVERLAP
    const last = this.feed.memory.lastTrade
    const first = this.trades[0]
    if (first === undefined || last === null) return passed(joinedAt, at) > QUIET
    return Number(first.id) <= last + 1
  }
}
