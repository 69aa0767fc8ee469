// Owns one venue as it runs: its markets with their true past, its gateway of the moment, its clients, what it allows
// and the faults that strike it. Time and moves come from the simulator, sockets from its server. Invariant: a market's
// truth is seen before any client hears of it, so what a client shows was true at some moment that is remembered.
import type { WebSocket } from "ws"
import { retryAfter, type AddressLimits, type Refusal } from "./AddressLimits.ts"
import { beginFault, lacking, STALE } from "./beginFault.ts"
import type { ConnectionHost } from "./ConnectionHost.ts"
import type { Fault, FaultName } from "./Faults.ts"
import { Listings, type ListingSettings, type TrueMarket } from "./Listings.ts"
import { randomOf } from "./Random.ts"
import type { SimConnection } from "./SimConnection.ts"
import { StaleRest } from "./StaleRest.ts"
import type { Conversation, Gateway, ListingState, RestAnswer, Venue } from "./Venue.ts"

/** What a REST call gets, and how late. */
export interface LateAnswer extends RestAnswer {
  readonly delayMs: number
}

export interface VenueSettings extends ListingSettings {
  /** Counters of addresses, shared by venues that share a limits object. */
  readonly limitsOf: (venue: Venue, address: string) => AddressLimits
}

/** Answers that stalled sockets owe; what is beyond is left out, as a stalled client may not count on it. */
const MAX_LATER = 10_000

export class SimulatedVenue implements ConnectionHost {
  readonly venue: Venue
  readonly markets: ReadonlyMap<string, TrueMarket>
  readonly dropped: ReadonlySet<string>
  readonly connections = new Set<SimConnection>()
  /** Those that are not over. */
  faults: ReadonlyArray<Fault> = []
  readonly now: () => number
  readonly counts = {
    connects: 0,
    connects_refused: 0,
    frames: 0,
    bytes: 0,
    messages: 0,
    message_breaches: 0,
    rest: 0,
    rest_refused: 0,
    overflows: 0,
    defects: 0,
    restarts: 0,
    /** Ends of sockets by close code; 1006: without a close frame. */
    closed: {} as Record<number, number>
  }
  lastDefect: string | null = null
  private readonly settings: VenueSettings
  /** The newest trade frames of sockets that have ended, by market. */
  readonly newestTrades = new Map<string, ReadonlyArray<string>>()
  private readonly listings: Listings
  private readonly stale = new StaleRest()
  private waiting: Array<{ readonly due: number; readonly run: () => void }> = []
  private gateway: Gateway

  /** Markets whose subscriptions die before they next move. */
  private readonly dying = new Set<string>()

  constructor(venue: Venue, settings: VenueSettings) {
    this.venue = venue
    this.settings = settings
    this.now = settings.now
    this.listings = new Listings(venue, settings, (symbol) => this.refuses(symbol))
    this.markets = this.listings.markets
    this.dropped = this.listings.dropped
    this.gateway = this.newGateway()
  }

  /** The part of the address that is this venue's: `/binance/spot`. */
  get prefix(): string {
    return `/${this.venue.exchange.toLowerCase()}/${this.venue.marketType.toLowerCase()}`
  }

  /** Faults that this venue has no way to do. */
  get lacks(): ReadonlyArray<FaultName> {
    return lacking(this.venue, this.gateway)
  }

  /** Lists one more made-up market; null where its name is taken. It moves as soon as somebody moves it. */
  addMadeUp(at: number): TrueMarket | null {
    const market = this.listings.addMadeUp()
    if (market !== null) this.gateway.added?.(market.engine)
    if (market !== null) this.tellListing(market, at)
    return market
  }

  /** Changes what the listing says of a market, and tells whoever asked for such news. */
  setState(market: TrueMarket, state: ListingState, at: number): void {
    if (this.listings.setState(market, state)) this.tellListing(market, at)
  }

  move({ engine, truth }: TrueMarket, at: number): void {
    if (engine.state !== "trading") return
    if (this.dying.delete(engine.symbol)) for (const connection of this.connections) connection.kill(engine.symbol)
    const step = engine.step(at)
    truth.see(engine.bids, engine.asks, at)
    try {
      this.gateway.step(engine, step)
    } catch (defect) {
      this.defect(defect)
    }
    for (const connection of this.connections) connection.step(engine, step)
  }

  tick(at: number): void {
    this.clear(at)
    const stale = this.active("stale_rest", null)
    if (stale !== null) this.stale.sample(at, ageOf(stale), (path) => this.gateway.rest(path, at))
    const due = this.waiting.filter((one) => one.due <= at)
    if (due.length > 0) this.waiting = this.waiting.filter((one) => one.due > at)
    for (const { run } of due) run()
    for (const connection of this.connections) connection.tick(at)
  }

  /** What a dial is refused with, or null. */
  admit(address: string, at: number): Refusal | null {
    const fault = this.strike("refuse", null) ?? this.strike("maintenance", null)
    const refusal: Refusal | null =
      fault === null ? this.settings.limitsOf(this.venue, address).connect(at) : refusalOf(fault, 503)
    if (refusal === null) this.counts.connects++
    else if (fault === null) this.counts.connects_refused++
    return refusal
  }

  /** A conversation for a client that dialled `path`, or why the venue has none there. */
  converse(path: string, client: SimConnection, at: number): Conversation | string {
    return this.gateway.connect(path, client, at)
  }

  /** The handshake of a client that was admitted is over; counts its end by the close code. */
  connected(connection: SimConnection, socket: WebSocket, talk: Conversation): void {
    this.connections.add(connection)
    socket.on("close", (code: number) => {
      this.connections.delete(connection)
      for (const [symbol, texts] of connection.newestTrades) this.newestTrades.set(symbol, texts)
      this.counts.closed[code] = (this.counts.closed[code] ?? 0) + 1
    })
    connection.open(socket, talk)
  }

  rest(path: string, address: string, at: number): LateAnswer {
    this.counts.rest++
    const fault = this.strike("rest_status", null) ?? this.strike("maintenance", null)
    if (fault !== null) return refused(refusalOf(fault, fault.name === "maintenance" ? 503 : 429), at)
    const refusal = this.settings.limitsOf(this.venue, address).call(path, at)
    if (refusal !== null) {
      this.counts.rest_refused++
      return refused(refusal, at)
    }
    const slow = this.strike("slow_rest", null)
    const answer = this.answer(path, at) ?? {
      status: 404,
      body: '{"detail":"the simulated venue has no such path"}'
    }
    return { ...answer, delayMs: slow === null ? 0 : (slow.request.delay_ms ?? 2_000) }
  }

  /** Begins a fault; what it does to open sockets is done now. False: this venue has no way to do it. */
  inject(fault: Fault): boolean {
    const { faults } = this
    // first, so that who dials while it begins is struck
    if (!fault.over(fault.begun)) this.faults = [...faults, fault]
    if (fault.name === "restart") this.restart()
    const isAble = beginFault(this, this.gateway, fault)
    if (!isAble) this.faults = faults
    else if (fault.name === "halt_listing")
      for (const one of this.listings.halt(fault)) this.tellListing(one, fault.begun)
    else if (fault.name === "stale_rest")
      this.stale.sample(fault.begun, ageOf(fault), (path) => this.gateway.rest(path, fault.begun))
    return isAble
  }

  /** The first active fault of this name for the market, counted as having struck; null where there is none. */
  strike(name: FaultName, symbol: string | null): Fault | null {
    const fault = this.active(name, symbol)
    fault?.strike()
    return fault
  }

  /** The same, not counted; without a symbol whichever market it concerns. */
  active(name: FaultName, symbol: string | null): Fault | null {
    if (this.faults.length === 0) return null
    const at = this.now()
    return this.faults.find((one) => one.name === name && !one.over(at) && one.concerns(symbol)) ?? null
  }

  /** The venue does not know this name, since it ended the market or a fault makes it forget it, which is counted. */
  refuses(symbol: string): boolean {
    if (this.dropped.has(symbol)) return true
    return (this.strike("refuse_name", symbol) ?? this.strike("refuse_moment", symbol)) !== null
  }

  /**
   * One more book frame of a market whose subscriptions die after so many: before its next move, since a move that is
   * said in several frames would else leave a book behind that never was.
   */
  strikeDying(symbol: string): void {
    const fault = this.strike("dies", symbol)
    if (fault === null || !fault.spent) return
    for (const connection of this.connections)
      for (const one of connection.markets) if (fault.concerns(one)) this.dying.add(one)
  }

  /** Runs something at a tick after `due`. */
  later(due: number, run: () => void): void {
    if (this.waiting.length < MAX_LATER) this.waiting.push({ due, run })
  }

  defect(cause: unknown): void {
    this.counts.defects++
    this.lastDefect = String(cause).slice(0, 512)
  }

  private answer(path: string, at: number): RestAnswer | null {
    const stale = this.strike("stale_rest", null)
    const old = stale === null ? undefined : this.stale.answer(path, at, ageOf(stale))
    this.stale.asked(path)
    return old === undefined ? this.gateway.rest(path, at) : old
  }

  /** Forgets faults that are over, and ends what they hold. */
  private clear(at: number): void {
    const over = this.faults.filter((fault) => fault.over(at))
    if (over.length === 0) return
    this.faults = this.faults.filter((fault) => !over.includes(fault))
    for (const one of over.flatMap((fault) => this.listings.endHalt(fault))) this.tellListing(one, at)
    if (this.active("stale_rest", null) === null) this.stale.clear()
    if (this.active("halt_on_connect", null) !== null) return
    for (const connection of this.connections) {
      if (!connection.halted) continue
      connection.resume()
      this.gateway.resume?.(connection, at)
    }
  }

  private tellListing({ engine }: TrueMarket, at: number): void {
    for (const connection of this.connections) connection.listing(engine, at)
  }

  private restart(): void {
    this.counts.restarts++
    this.gateway = this.newGateway()
  }

  private newGateway(): Gateway {
    const { seed } = this.settings
    return this.venue.gateway(this.listings.listed, randomOf(`${seed}/${this.prefix}/${this.counts.restarts}`))
  }
}

const ageOf = ({ request }: Fault): number => (request.age_ms ?? STALE) * 1000

const refusalOf = ({ request }: Fault, status: number): Refusal => ({
  status: request.status ?? status,
  retryAfterS: request.retry_after_s ?? 1,
  dated: request.retry_after_date ?? false
})

const refused = (refusal: Refusal, at: number): LateAnswer => ({
  status: refusal.status,
  body: JSON.stringify({ detail: refusal.status === 503 ? "the simulated venue is closed" : "too many requests" }),
  headers: { "retry-after": retryAfter(refusal, at) },
  delayMs: 0
})
