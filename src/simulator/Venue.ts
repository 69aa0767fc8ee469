// Owns the contract between the simulator and one simulated venue: what a venue's server side gets (markets that trade,
// clients that speak) and what it has to answer. A venue is written from its protocol sheet alone and imports nothing
// of src/schemes: two independent writings of one sheet check each other. Sockets, REST transport, faults and clocks
// belong to the simulator. Invariant: a venue is plain synchronous code, and everything it knows dies with its gateway
// on a restart.
import type { MarketType } from "../domain/MarketType.ts"

/**
 * One price level; `price` and `size` are plain decimals with the listing's decimals (`"104.50"`), never an exponent.
 */
export interface SimLevel {
  readonly price: string
  readonly size: string
  /** Number of resting orders, at least 1; 0 in a change that removes the level (its `size` is zero then). */
  readonly orders: number
}

export interface SimTrade {
  /** Dense per market; from 1, or from where the simulator's ids went on. */
  readonly id: number
  readonly price: string
  readonly size: string
  /** The taker's side. */
  readonly side: "buy" | "sell"
  /** Microseconds since 1970. */
  readonly at: number
}

/** What a venue lists; sizes are in the venue's own unit of that market (contracts where it trades contracts). */
export interface Listing {
  /** The venue's spelling, as clients subscribe to it. */
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly priceDecimals: number
  readonly sizeDecimals: number
  /** Where the price starts (at least 1,000 ticks), and a typical order size. */
  readonly price: number
  readonly size: number
  /** Distance of two prices in units of the last price decimal: 5 for a tick of 0.5 with one decimal. Default 1. */
  readonly priceStep?: number
  /** The same for sizes: 100 where contracts come in hundreds. Default 1. */
  readonly sizeStep?: number
}

/** What a venue's listing says of a market: `dropped` is one that the listing leaves out, since the venue ended it. */
export type ListingState = "trading" | "pre_launch" | "halted" | "dropped"

/**
 * A market as venues see it: the true book, best first, and the newest trades, newest last (a bounded ring). Lists of
 * levels are never changed once read: the next step makes new ones, so a venue may keep them to compare.
 */
export interface SimMarket extends Listing {
  readonly bids: ReadonlyArray<SimLevel>
  readonly asks: ReadonlyArray<SimLevel>
  readonly trades: ReadonlyArray<SimTrade>
  /** Rises by one a step. */
  readonly version: number
  readonly state: ListingState
}

/** One move of a market: levels set and removed (each price at most once a side) and trades, after it was applied. */
export interface SimStep {
  readonly version: number
  /** Microseconds since 1970. */
  readonly at: number
  readonly bids: ReadonlyArray<SimLevel>
  readonly asks: ReadonlyArray<SimLevel>
  readonly trades: ReadonlyArray<SimTrade>
}

/** What a frame is, so that faults can choose: only `book` frames are dropped, doubled or swapped by a book fault. */
export type FrameKind = "book" | "snapshot" | "trade" | "acknowledgement" | "heartbeat" | "error"

/** One connection, as a venue sees it. */
export interface Client {
  /** `symbol`: the market a frame is about, null for the whole socket. */
  send(kind: FrameKind, symbol: string | null, text: string): void
  /** Closes with a close frame after what was sent; 1006: without one. */
  close(code: number, reason: string): void
  /** Every checksum passes here on its way out, so that a fault can corrupt it. */
  checksum(symbol: string, value: number): number
  /** True where a fault holds such frames back: a venue that numbers the frames of a socket does not number these. */
  mutes?(kind: FrameKind, symbol: string): boolean
  /** The venue is halted by a fault: what it says on connect tells so, if it can. */
  readonly halted?: boolean
}

/** One client's conversation. */
export interface Conversation {
  text(text: string): void
  /** A market moved; the gateway's own `step` came before. Sends what this client subscribed to. */
  step(market: SimMarket, step: SimStep): void
  /** Markets this client is subscribed to; without it the simulator counts the symbols of the frames that were sent. */
  readonly markets?: ReadonlySet<string>
  /** Called about every 100 ms: heartbeats, batched books, periodic snapshots. `at`: microseconds since 1970. */
  tick(at: number): void
  /** The listing's state of a market changed: sends what a client is sent that subscribed to such changes. */
  listing?(market: SimMarket, at: number): void
  /**
   * Sends the newest trades of a market once more; only where the frames that were sent can't be sent again as they
   * are.
   */
  repeatTrades?(symbol: string, count: number): void
}

export interface RestAnswer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One venue's server side between two restarts: its sequences begin again with every gateway. */
export interface Gateway {
  /** A market is listed while this gateway runs; left out where nothing has to be prepared for it. */
  added?(market: SimMarket): void
  /** A market moved: advances the venue's numbering, before any conversation hears of it. */
  step(market: SimMarket, step: SimStep): void
  /**
   * `path` with query, below the venue's prefix, such as `/ws/btcusdt@depth`. A string refuses the upgrade with 400.
   */
  connect(path: string, client: Client, at: number): Conversation | string
  /** A GET, with query. Null: 404. */
  rest(path: string, at: number): RestAnswer | null
  /** The frame by which this venue announces maintenance to one client, or null where it only closes the socket. */
  maintenance(client: Client, at: number): void
  /** Announces to one client that its socket will be closed; left out where the venue has no frame for it. */
  shutdown?(client: Client, at: number): void
  /** Says that a halt is over to a client that heard of it on connect; left out where the venue says neither. */
  resume?(client: Client, at: number): void
  /**
   * The ids of a market's book begin again, so many lower or (null) as low as they go, and nothing else changes; left
   * out where books have no ids. False: nothing was sent of this one yet.
   */
  renumber?(symbol: string, back: number | null): boolean
}

/**
 * What a venue allows one address; the simulator enforces it and bans like the venue. From the sheet, section 8. Venues
 * that hold the same object (market types of one host) share its counts.
 */
export interface SimLimits {
  readonly connects: { readonly count: number; readonly perMs: number }
  readonly messages: { readonly count: number; readonly perMs: number }
  /** `weight` of a REST path by the venue's own table. */
  readonly rest: { readonly weight: number; readonly perMs: number; readonly weightOf: (path: string) => number } | null
  readonly marketsPerSocket: number
  /** What a breach costs: the HTTP status of refused calls and upgrades, and for how long. */
  readonly ban: { readonly status: number; readonly ms: number }
}

export interface Venue {
  /** As in the catalog: `Binance`. */
  readonly exchange: string
  readonly marketType: MarketType
  /** True where the venue has closed and the simulation is of what it was (FTX, BitMEX). */
  readonly history: boolean
  /** Websocket pings by the server: how often, and how soon a pong must come before the socket is closed. */
  readonly ping?: { readonly everyMs: number; readonly pongWithinMs: number }
  /** Markets listed by default; `listing` makes more on demand for large runs. */
  readonly listings: ReadonlyArray<Listing>
  /** The listing of the `n`th made-up pair (base `S000`, `S001` … against the venue's usual quote). */
  readonly listing: (n: number) => Listing
  readonly limits: SimLimits
  /** `rand` (0 ≤ x < 1) is seeded; `markets` by native symbol, complete. */
  readonly gateway: (markets: ReadonlyMap<string, SimMarket>, rand: () => number) => Gateway
}
