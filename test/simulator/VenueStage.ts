// Owns a simulated venue on which faults are tried: the real SimulatedVenue and its connections, with sockets and a
// clock under the test's hand. A client says what the venue's scheme would say to follow its markets, and reads the raw
// frames.
import { assert } from "@effect/vitest"
import { EventEmitter } from "node:events"
import type { WebSocket } from "ws"
import { resolve } from "../../src/schemes/Schemes.ts"
import type { Session, TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { AddressLimits } from "../../src/simulator/AddressLimits.ts"
import { Fault, type FaultRequest } from "../../src/simulator/Faults.ts"
import { ReferencePrices } from "../../src/simulator/ReferencePrices.ts"
import { SimConnection } from "../../src/simulator/SimConnection.ts"
import { SimulatedVenue } from "../../src/simulator/SimulatedVenue.ts"
import type { RestAnswer, Venue } from "../../src/simulator/Venue.ts"

const BEGIN = 1_795_000_000_000_000
const PACE = 20_000
const TICK = 100_000

class TestSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly heard: Array<string>
  closed: string | null = null

  constructor(heard: Array<string>) {
    super()
    this.heard = heard
  }
  send(text: string): void {
    this.heard.push(text)
  }
  close(code: number, reason: string): void {
    this.end(code, `${code} ${reason}`)
  }
  terminate(): void {
    this.end(1006, "1006")
  }
  pause(): void {}
  pong(): void {}
  ping(): void {
    this.emit("pong")
  }
  private end(code: number, text: string): void {
    if (this.readyState !== 1) return
    this.readyState = 3
    this.closed = text
    this.emit("close", code)
  }
}

interface Line {
  readonly session: Session
  readonly socket: TestSocket
}

export class VenueStage {
  readonly sim: SimulatedVenue
  readonly scheme: TranslationScheme
  /** The first two listings are followed, until others are joined. */
  symbols: ReadonlyArray<string>
  /** Every frame of every socket, in order. */
  readonly heard: Array<string> = []
  at = BEGIN
  private lines: ReadonlyArray<Line> = []
  private faults = 0

  constructor(venue: Venue) {
    const limits = new AddressLimits(venue.limits)
    const prices = new ReferencePrices("stage")
    const settings = { seed: "stage", madeUp: 0, firstTrade: 5_000, prices, now: () => this.at, limitsOf: () => limits }
    this.sim = new SimulatedVenue(venue, settings)
    this.symbols = venue.listings.slice(0, 2).map(({ symbol }) => symbol)
    const { symbol, base, quote } = venue.listings[0]!
    const { exchange, marketType: market_type } = venue
    const found = resolve({ exchange, base, quote, market_type, native_symbol: symbol })
    this.scheme = typeof found === "string" ? assert.fail(found) : found.scheme
    this.dial()
  }

  /** Fresh sockets, on which all markets are subscribed. */
  dial(): void {
    this.lines = this.scheme.lines.map(({ name, url }) => {
      const { pathname, search } = new URL(url)
      const socket = new TestSocket(this.heard)
      const connection = new SimConnection(this.sim, pathname + search, this.at)
      const talk = this.sim.converse(pathname + search, connection, this.at)
      if (typeof talk === "string") return assert.fail(`${url}: ${talk}`)
      this.sim.connected(connection, socket as unknown as WebSocket, talk)
      return { session: this.scheme.session(name), socket }
    })
    this.say((session) => session.join(this.symbols))
    this.pass(2 * TICK)
  }

  /** Follows one more market, on the sockets that are open. */
  join(symbol: string): void {
    this.symbols = [...this.symbols, symbol]
    this.say((session) => session.join([symbol]))
    this.pass(2 * TICK)
  }

  /** Leaves a market and joins it again on the sockets that are open. */
  rejoin(symbol: string): void {
    this.say((session) => session.leave([symbol]))
    this.pass(TICK)
    this.say((session) => session.join([symbol]))
    this.pass(2 * TICK)
  }

  /** Lets every followed market move so many times; gives what was heard meanwhile. */
  run(moves: number): ReadonlyArray<string> {
    const from = this.heard.length
    for (let n = 0; n < moves; n++) {
      this.pass(PACE)
      for (const symbol of this.symbols) this.sim.move(this.sim.markets.get(symbol)!, this.at)
    }
    this.pass(6 * TICK)
    return this.heard.slice(from)
  }

  pass(micros: number): void {
    for (const end = this.at + micros; this.at < end;) {
      const next = Math.min(end, (Math.floor(this.at / TICK) + 1) * TICK)
      this.at = next
      if (next % TICK === 0) this.sim.tick(next)
    }
  }

  fault(request: Omit<FaultRequest, "exchange">): Fault {
    const fault = new Fault(++this.faults, { exchange: this.sim.venue.exchange, ...request }, this.at)
    if (!this.sim.inject(fault)) fault.leaveOut()
    return fault
  }

  rest(path: string): RestAnswer {
    return this.sim.rest(path, "test", this.at)
  }

  /** How each open or ended socket of the last dial stands. */
  get ends(): ReadonlyArray<string | null> {
    return this.lines.map(({ socket }) => socket.closed)
  }

  private say(texts: (session: Session) => ReadonlyArray<string>): void {
    for (const { session, socket } of this.lines)
      for (const text of texts(session)) {
        // no venue is told more a second than it allows
        this.pass(TICK)
        socket.emit("message", Buffer.from(text))
      }
  }
}
