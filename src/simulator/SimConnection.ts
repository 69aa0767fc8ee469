// Owns one client's websocket on the simulator's side: what a venue's conversation sends goes through the faults here,
// and what the client says through the limits. Sockets are `ws`; who may dial is decided before, by SimulatedVenue.
// Invariants: a client that does not read costs bounded memory, and every end of a socket is counted by its close code.
import type { WebSocket } from "ws"
import { SlidingWindow } from "./AddressLimits.ts"
import type { ConnectionHost } from "./ConnectionHost.ts"
import { FrameFaults } from "./FrameFaults.ts"
import type { Client, Conversation, FrameKind, SimMarket, SimStep } from "./Venue.ts"

/** Bytes that wait for a client, frames that a fault holds back: more of either, and the socket is cut. */
const MAX_UNSENT = 16 << 20
const MAX_HELD = 50_000

interface Held {
  readonly due: number
  readonly text: string
}

export class SimConnection implements Client {
  private readonly venue: ConnectionHost
  private readonly messages: SlidingWindow
  private readonly seen = new Set<string>()
  private readonly frames: FrameFaults
  private held: Array<Held> = []
  private socket: WebSocket | null = null
  private talk: Conversation | null = null
  /** Texts sent before the handshake was over. */
  private early: Array<string> = []
  private delayed = { until: 0, micros: 0 }
  private stalledUntil = 0
  /** Microseconds since 1970 at which a half-open socket is cut; null: it is whole. */
  private deadUntil: number | null = null
  private closing = false
  private pingedAt: number
  private awaitsPong = false
  /** The venue was halted when this was dialled, and is still. */
  halted: boolean

  constructor(venue: ConnectionHost, path: string, at: number) {
    this.venue = venue
    this.halted = venue.strike("halt_on_connect", null) !== null
    this.frames = new FrameFaults(venue, at, () => this.conversation)
    this.frames.asked(path)
    const { count, perMs } = venue.venue.limits.messages
    this.messages = new SlidingWindow(count, perMs)
    this.pingedAt = at
  }

  /** The handshake is over. */
  open(socket: WebSocket, talk: Conversation): void {
    this.socket = socket
    this.talk = talk
    socket.on("message", (data: Buffer) => this.guarded(() => this.said(data.toString("utf8"))))
    socket.on("ping", (data: Buffer) => this.guarded(() => this.pinged(data)))
    socket.on("pong", () => (this.awaitsPong = false))
    socket.on("error", () => socket.terminate())
    for (const text of this.early) this.write(text)
    this.early = []
  }

  /** Markets that the client follows. */
  get markets(): ReadonlySet<string> {
    return this.talk?.markets ?? this.seen
  }

  /** The newest trade frames that it sent, by market. */
  get newestTrades(): ReadonlyMap<string, ReadonlyArray<string>> {
    return this.frames.newest
  }

  step(market: SimMarket, step: SimStep): void {
    this.frames.moving = true
    this.guarded(() => this.conversation?.step(market, step))
    this.frames.moving = false
  }

  send(kind: FrameKind, symbol: string | null, text: string): void {
    if (symbol !== null) this.seen.add(symbol)
    for (const one of this.frames.sent(kind, symbol, text)) this.write(one)
  }

  mutes(kind: FrameKind, symbol: string): boolean {
    return this.frames.mutes(kind, symbol)
  }

  /** The book subscription to a market is dead from now on. */
  kill(symbol: string): void {
    this.frames.kill(symbol)
  }

  /** Sends the newest trades of a market again; false where it has heard none. */
  repeatTrades(symbol: string): boolean {
    if (!this.frames.newest.has(symbol)) return false
    for (const text of this.frames.repeat(symbol)) this.write(text)
    return true
  }

  /** The listing's state of a market changed. */
  listing(market: SimMarket, at: number): void {
    this.guarded(() => this.conversation?.listing?.(market, at))
  }

  /** The halt that this client heard of is over. */
  resume(): void {
    this.halted = false
  }

  checksum(symbol: string, value: number): number {
    const fault = this.venue.strike("corrupt_checksum", symbol)
    return fault === null ? value : value % 2 === 0 ? value + 1 : value - 1
  }

  close(code: number, reason: string): void {
    if (this.closing) return
    // no frame can carry 1006: it is what a client sees where none came
    if (code === 1006) return this.cut()
    this.closing = true
    this.socket?.close(code, reason)
  }

  /** Breaks the connection without a close frame. */
  cut(): void {
    this.closing = true
    this.socket?.terminate()
  }

  delay(micros: number, until: number): void {
    this.delayed = { until, micros }
  }

  stall(until: number): void {
    this.stalledUntil = until
  }

  halfOpen(until: number): void {
    this.deadUntil = until
    this.socket?.pause()
  }

  tick(at: number): void {
    if (this.deadUntil !== null) {
      if (at >= this.deadUntil) this.cut()
      return
    }
    for (const text of this.frames.due(at)) this.write(text)
    const due = this.held.findIndex((frame) => frame.due > at)
    for (const { text } of this.held.splice(0, due < 0 ? this.held.length : due)) this.transmit(text)
    if (this.held.length === 0) {
      if (at >= this.stalledUntil) this.stalledUntil = 0
      if (at >= this.delayed.until) this.delayed = { until: 0, micros: 0 }
    }
    this.keepAlive(at)
    this.guarded(() => this.conversation?.tick(at))
  }

  private get conversation(): Conversation | null {
    return this.closing || this.deadUntil !== null ? null : this.talk
  }

  private said(text: string): void {
    this.venue.counts.messages++
    if (!this.allowed() || (this.halted && !/ping/i.test(text))) return
    this.frames.asked(text)
    if (this.venue.now() < this.stalledUntil) this.venue.later(this.stalledUntil, () => this.conversation?.text(text))
    else this.conversation?.text(text)
    if (this.markets.size > this.venue.venue.limits.marketsPerSocket) this.breach("too many subscriptions")
  }

  private pinged(data: Buffer): void {
    if (!this.allowed() || this.deadUntil !== null) return
    const pong = () => this.socket?.pong(data)
    if (this.venue.now() < this.stalledUntil) this.venue.later(this.stalledUntil, pong)
    else pong()
  }

  private allowed(): boolean {
    if (this.messages.spend(1, this.venue.now())) return true
    this.breach("Too many requests")
    return false
  }

  private breach(reason: string): void {
    this.venue.counts.message_breaches++
    this.close(1008, reason)
  }

  /** A defect of a venue closes the one socket on which it showed, and is counted. */
  private guarded(work: () => void): void {
    try {
      work()
    } catch (defect) {
      this.broken(defect)
    }
  }

  private broken(defect: unknown): void {
    this.venue.defect(defect)
    this.close(1011, "a defect of the simulator")
  }

  private keepAlive(at: number): void {
    const ping = this.venue.venue.ping
    if (ping === undefined || at < this.stalledUntil) return
    if (this.awaitsPong && at - this.pingedAt > ping.pongWithinMs * 1000) return this.close(1008, "no pong")
    if (this.awaitsPong || at - this.pingedAt < ping.everyMs * 1000) return
    this.awaitsPong = true
    this.pingedAt = at
    this.socket?.ping()
  }

  private write(text: string): void {
    if (this.closing || this.deadUntil !== null) return
    if (this.socket === null) return void this.early.push(text)
    const { until, micros } = this.delayed
    if (until === 0 && this.stalledUntil === 0) return this.transmit(text)
    const at = this.venue.now()
    const due = Math.max(this.stalledUntil, at < until ? at + micros : 0)
    if (due <= at && this.held.length === 0) return this.transmit(text)
    this.held.push({ due: Math.max(due, this.held.at(-1)?.due ?? 0), text })
    if (this.held.length > MAX_HELD) this.overflow()
  }

  private transmit(text: string): void {
    const { socket, venue } = this
    if (socket === null || socket.readyState !== socket.OPEN) return
    venue.counts.frames++
    venue.counts.bytes += text.length
    if (socket.bufferedAmount > MAX_UNSENT) this.overflow()
    else socket.send(text)
  }

  private overflow(): void {
    this.venue.counts.overflows++
    this.cut()
  }
}
