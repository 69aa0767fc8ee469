// Owns the change of a market from a socket that its venue will soon cut to a fresh one, while the book stays live: the
// successor listens on the new socket beside the old until the new chain is known to continue the old one's very position,
// and until its trades join on; then, between two frames, the market's ride moves over. Invariants: before that moment
// nothing of the new socket reaches the market, after it nothing of the old; if it fails, the old ride just goes on.
import { Effect } from "effect"
import type { Fill, Instruction } from "../schemes/Instruction.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import { nowMicros } from "./Now.ts"
import type { Ride } from "./Ride.ts"
import type { Seat } from "./venue/Seat.ts"
import type { SharedSocket } from "./venue/SharedSocket.ts"
import type { Venue } from "./venue/Venue.ts"

const LOOK_EVERY = "100 millis"
/** Longer than this the new socket is not tried. */
const LIMIT = "1 minute"
const AGAIN = "5 minutes"
/** A quiet market has no trade to join on; microseconds. */
const QUIET = 5_000_000
const MAX_TRADES = 1_000

/** Moves a ride to another socket, tried again for as long as the old one lasts. */
export const succession = (ride: Ride, feed: LiveFeed, venue: Venue): Effect.Effect<void> => {
  const pool = venue.pool(feed.scheme, ride.line, feed.lineUrl(ride.line.url))
  const attempt = Effect.suspend(() => {
    const old = ride.socket
    const successor = new Successor(ride, feed)
    successor.socket = pool.board(successor, old)
    return Effect.sync(() => successor.takeOver(nowMicros())).pipe(
      Effect.delay(LOOK_EVERY),
      Effect.repeat({ until: (done) => done }),
      Effect.timeout(LIMIT),
      Effect.andThen(pool.leave(ride, old)),
      Effect.onError(() => pool.leave(successor, successor.socket))
    )
  })
  return attempt.pipe(
    Effect.catchTag("TimeoutError", () =>
      Effect.logWarning("the next socket did not come in time; the old one goes on")
    ),
    Effect.andThen(Effect.sleep(AGAIN)),
    Effect.repeat({ while: () => ride.socket.isFull }),
    Effect.asVoid
  )
}

/** A market's place on its next socket, before it takes over. */
export class Successor implements Seat {
  readonly symbol: string
  readonly tap = null
  socket!: SharedSocket
  private readonly ride: Ride
  private readonly feed: LiveFeed
  private trades: Array<Fill> = []
  private joinedAt: number | null = null

  constructor(ride: Ride, feed: LiveFeed) {
    this.ride = ride
    this.feed = feed
    this.symbol = ride.symbol
  }

  waiting(): void {}
  dialling(): void {}
  refused(): void {}
  frame(): void {}
  unreadable(): void {}
  outlived(): void {}
  crashed(): void {}

  joined(at: number): void {
    this.joinedAt = at
  }

  /** A new socket that is lost is not waited for any more. */
  lost(): void {
    this.joinedAt = null
  }

  take(instruction: Instruction): void {
    if (instruction.type !== "trades") return
    this.trades.push(...instruction.trades)
    if (this.trades.length > MAX_TRADES) this.trades = this.trades.slice(-MAX_TRADES)
  }

  /** Tries; true once the ride sits on the new socket. */
  takeOver(at: number): boolean {
    const { ride, socket, symbol } = this
    if (this.joinedAt === null || socket.seats.get(symbol) !== this || !this.joins(at)) return false
    const instructions = socket.session.takeOver(symbol, ride.socket.session)
    if (instructions === null) return false
    socket.seats.set(symbol, ride)
    ride.socket = socket
    const last = this.feed.exchange.lastTrade
    const trades = this.trades.filter(({ id }) => last === null || Number(id) > last)
    for (const instruction of instructions) ride.take(instruction, at)
    if (trades.length > 0) ride.take({ type: "trades", symbol, trades }, at)
    return true
  }

  /** The trades heard here continue those heard there, or there were none for a while. */
  private joins(at: number): boolean {
    const last = this.feed.exchange.lastTrade
    const first = this.trades[0]
    if (first === undefined || last === null) return this.joinedAt !== null && at - this.joinedAt > QUIET
    return Number(first.id) <= last + 1
  }
}
