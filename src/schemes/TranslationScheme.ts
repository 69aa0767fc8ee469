// Owns the contract between a translation scheme and the rest of the house: all that level4 knows of one protocol of
// one exchange, as a pure value. A scheme says how to dial, subscribe and keep alive, and turns frames into
// instructions; it never does anything itself. How one is written is SchemeDefinition.ts; sockets, timers and fetches
// belong to src/feeds. Invariant: what a session answers depends on what it was given alone, so that a recording
// replays to the very same book.
import type { Numeric } from "../domain/Decimal.ts"
import type { MarketType } from "../domain/MarketType.ts"
import type { Instructions, Levels, Reason } from "./Instruction.ts"
import type { Listing } from "./Listing.ts"
import type { Unreadable } from "../wire/Wire.ts"

/** The book as a scheme's proof may see it, best first; index 0 is the best level of its side. */
export interface BookView {
  readonly bidLevels: number
  readonly askLevels: number
  bidPrice(index: number): number
  bidSize(index: number): number
  askPrice(index: number): number
  askSize(index: number): number
  /** Another number after every frame that named levels of the side. */
  readonly bidVersion: number
  readonly askVersion: number
  /** Writes the best levels, price and size in turn, as many as there is room for; gives how many. */
  readBids(into: Float64Array): number
  readAsks(into: Float64Array): number
  /** Wire text of a level; only books of schemes with `keepsText` have it, others print the number. */
  bidText(index: number): readonly [price: Numeric, size: Numeric]
  askText(index: number): readonly [price: Numeric, size: Numeric]
}

export interface Trouble {
  readonly reason: Reason
  readonly detail: string
}

/** One socket kind of a protocol; most have one. A market needs one socket of every line of its scheme. */
export interface Line {
  readonly name: string
  /** Default address. Overridden by LEVEL4_<EXCHANGE>_<MARKET_TYPE>_WS_URL. */
  readonly url: string
}

/** How a socket is kept alive and when it counts as dead; durations in milliseconds. */
export interface Keepalive {
  /**
   * Sent when nothing was received for so long, or `always`, busy or not: a text, or null for a websocket ping frame.
   */
  readonly ping: { readonly every: number; readonly text: string | null; readonly always?: boolean }
  /** No frame of any kind (pong included) for so long: the socket is dead. */
  readonly socketSilence: number
  /** No frame of a market for so long: its subscription is dead. Null where quiet markets are silent by protocol. */
  readonly marketSilence: number | null
  /** The venue cuts a socket of this age; left out where none is known. */
  readonly maxAge?: number
}

/** What a venue allows; shared by every feed of the exchange in this process. Sources in each scheme's header. */
export interface Limits {
  /** Names the allowance where an exchange counts apart, such as spot and futures; else the exchange is one. */
  readonly pool?: string
  readonly connects: { readonly count: number; readonly perMs: number }
  readonly messages: { readonly count: number; readonly perMs: number }
  readonly rest: { readonly weight: number; readonly perMs: number } | null
  readonly marketsPerSocket: number
  /** The largest REST body and the largest frame in bytes, where its books need more than what all are allowed. */
  readonly maxBody?: number
  readonly maxFrame?: number
}

/** A REST book to hold ours against: small and cheap, or what an audit needs. */
export interface Audit {
  readonly path: (symbol: string) => string
  readonly weight: number
  /** Levels best first, in the units of the stream; `complete`: whole sides. Null: not readable. */
  readonly read: (
    body: string,
    symbol: string
  ) => { readonly bids: Levels; readonly asks: Levels; readonly complete: boolean } | null
}

export interface SizeUnit {
  readonly size_unit: "base" | "quote" | "contracts"
  readonly contract_value: string | null
}

/** Base and quote in common codes. */
export interface Pair {
  readonly base: string
  readonly quote: string
}

export interface SessionState<Socket, Member> {
  readonly line: string
  readonly socket: Socket
  readonly members: ReadonlyMap<string, Member>
}

/** One socket's conversation, with the types of its scheme closed over. Every connection gets a new one. */
export interface Session {
  readonly symbols: ReadonlyArray<string>
  join(symbols: ReadonlyArray<string>): ReadonlyArray<string>
  leave(symbols: ReadonlyArray<string>): ReadonlyArray<string>
  /** Decodes and translates one frame, its bytes. An unreadable one comes back as such, to be counted and kept. */
  receive(frame: Uint8Array, at: number): Instructions | Unreadable
  answer(symbol: string, status: number, body: string, at: number): Instructions
  prove(symbol: string, book: BookView, proof: number, at: number): Trouble | null
  repair(symbol: string, trouble: Trouble): Instructions
  /** Goes on where another session of the scheme stands with this market; null: not possible, or not yet. */
  takeOver(symbol: string, from: Session): Instructions | null
}

/** A scheme as the rest of the house sees it; what its fields mean is said in SchemeDefinition.ts. */
export interface TranslationScheme {
  readonly exchange: string
  readonly protocol: string
  readonly alternative: string | null
  readonly status: "live" | "retired"
  readonly marketTypes: ReadonlyArray<MarketType>
  readonly guarantee: string
  readonly lines: readonly [Line, ...ReadonlyArray<Line>]
  readonly rest: string | null
  readonly keepalive: Keepalive
  readonly limits: Limits
  readonly audit: Audit | "repetitions" | null
  readonly probe?: Audit
  readonly keepsText: boolean
  readonly window: number | null
  readonly tradeIds: "dense" | "unique" | "none"
  readonly crossedGrace: number
  readonly unreadable: "ignore" | "reconnect"
  readonly toNative: (pair: Pair, type: MarketType) => string
  readonly fromNative: (native: string, type: MarketType) => Pair | null
  readonly effective: (native: string, type: MarketType) => string
  readonly listing: Listing | null
  readonly sizeUnit: (type: MarketType, native: string) => SizeUnit
  /**
   * A session can go on where another one stands (`takeOver`); else a book that comes whole takes the place of the old.
   */
  readonly continues: boolean
  /** A fresh conversation on one line of the protocol. */
  session(line: string): Session
}
