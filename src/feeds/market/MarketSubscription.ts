// Owns one market's place on one shared socket: hands what the socket says over to the market's mediator, counters and
// recording. A market has a place on one socket of every line of its scheme; the first line carries the book.
// Invariant: what is said of a place that was given up reaches nobody.
import { Semaphore } from "effect"
import type { Instruction } from "../../schemes/Instruction.ts"
import type { Line } from "../../schemes/TranslationScheme.ts"
import type { Unreadable } from "../../wire/Wire.ts"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import { nowMicros } from "../core/Now.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import type { Mediator } from "../truth/Mediator.ts"
import type { DescribeWait } from "../core/DescribeWait.ts"
import { reasonOf } from "../core/StatusReason.ts"
import type { Incumbent, Successor } from "./Successor.ts"
import type { SocketSubscriber } from "../venue/SocketSubscriber.ts"
import type { SharedSocket } from "../venue/SharedSocket.ts"

export interface SubscriptionEnd {
  lost(lost: ConnectionLost): void
  crashed(defect: unknown): void
  outlived(subscription: MarketSubscription): void
}

export class MarketSubscription implements Incumbent {
  readonly symbol: string
  readonly tap: SocketSubscriber["tap"]
  readonly line: Line
  private readonly feed: LiveFeed
  private readonly mediator: Mediator
  private readonly end: SubscriptionEnd
  readonly carriesBook: boolean
  /** One handover at a time. */
  readonly handingOver = Semaphore.makeUnsafe(1)
  /** Its next place, while it is being handed over. */
  successor: Successor | null = null
  /** Its socket; set as soon as it is joined, and again when it moves to the next socket. */
  socket!: SharedSocket

  constructor(line: Line, feed: LiveFeed, mediator: Mediator, end: SubscriptionEnd) {
    this.line = line
    this.feed = feed
    this.mediator = mediator
    this.end = end
    this.symbol = feed.symbol
    this.carriesBook = line === feed.scheme.lines[0]
    this.tap = feed.tap === null ? null : (kind, text, at) => feed.tap?.({ at, kind, url: this.address, text })
  }

  readonly send = (text: string): void => this.socket.send(text)

  waiting(ask: DescribeWait | null): void {
    if (this.carriesBook) this.feed.exchange.queue(ask)
  }

  dialling(at: number): void {
    if (this.carriesBook) this.feed.exchange.signal("dial", null, at)
  }

  refused(lost: ConnectionLost, at: number, next: number): void {
    const { code, text } = reasonOf(lost)
    // the book may be live although its trades wait for another socket
    if (!this.carriesBook) return this.feed.exchange.report({ code, text: `${this.line.name}: ${text}` }, at)
    this.feed.exchange.signal("disconnected", { code, text }, at, next)
  }

  joined(at: number): void {
    if (this.carriesBook) this.mediator.connected(at)
  }

  frame(size: number, ignored: boolean, at: number): void {
    const { exchange } = this.feed
    const { counts } = exchange
    exchange.frameAt = at
    counts.frames++
    counts.bytes += size
    if (ignored) counts.ignored++
  }

  take(instruction: Instruction, at: number): void {
    this.mediator.step(instruction, at, this.socket.session, this.send)
  }

  unreadable(frame: Unreadable, named: boolean, at: number): void {
    this.mediator.unreadable(frame, named && this.carriesBook, at, this.socket.session, this.send)
  }

  outlived(): void {
    this.end.outlived(this)
  }

  lost(lost: ConnectionLost): void {
    this.tap?.("close", lost.detail, nowMicros())
    this.end.lost(lost)
  }

  crashed(defect: unknown): void {
    this.mediator.broken(nowMicros())
    this.end.crashed(defect)
  }

  /** Where a scheme has several lines, which may share an address, the fragment tells them apart. */
  private get address(): string {
    const url = this.feed.lineUrl(this.line.url)
    return this.feed.scheme.lines.length > 1 ? `${url}#${this.line.name}` : url
  }
}
