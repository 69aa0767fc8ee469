// Owns what faults do to the frames of one socket: which are left out, spoiled, sent twice or in another order, which
// book subscriptions are dead, and which trades are sent again. When a fault strikes is Faults.ts, how frames reach the
// client is SimConnection. Invariants: what is kept is bounded by the venue's markets, and a dead book stays dead until
// the client subscribes to it when no fault forbids it.
import { badLevel } from "./badLevel.ts"
import type { ConnectionHost } from "./ConnectionHost.ts"
import type { Conversation, FrameKind } from "./Venue.ts"

/** A frame held back for the next one of its market goes alone after this; microseconds. */
const MAX_SWAP = 1_000_000
/** Trade frames of a market that can be sent again. */
const REPEATED = 5
/** The same where a move of the market may hold that many itself. */
const REPEATED_ANEW = 25
/** What every venue's name of a book has in it. */
const BOOK = /book|depth|board|level2/i

export class FrameFaults {
  /** A market moves now: what is sent is news, and no answer. */
  moving = false
  /** The newest trade frames by market. */
  readonly newest = new Map<string, Array<string>>()
  private readonly venue: ConnectionHost
  private readonly opened: number
  private readonly conversation: () => Conversation | null
  private readonly swapped = new Map<string, { readonly due: number; readonly text: string }>()
  private readonly dead = new Set<string>()
  private readonly repeated = new Set<string>()

  constructor(venue: ConnectionHost, opened: number, conversation: () => Conversation | null) {
    this.venue = venue
    this.opened = opened
    this.conversation = conversation
  }

  /** What is sent in place of a frame. */
  sent(kind: FrameKind, symbol: string | null, text: string): ReadonlyArray<string> {
    if (kind === "trade" && symbol !== null) this.remember(symbol, text)
    const { faults, dropped } = this.venue
    const untouched = faults.length === 0 && dropped.size === 0 && this.swapped.size === 0 && this.dead.size === 0
    return untouched ? [text] : this.spoiled(kind, symbol, text)
  }

  /** Frames that waited long enough for another one. */
  due(at: number): ReadonlyArray<string> {
    return [...this.swapped].flatMap(([symbol, { due, text }]) => {
      if (at < due) return []
      this.swapped.delete(symbol)
      return [text]
    })
  }

  mutes(kind: FrameKind, symbol: string): boolean {
    return (kind === "book" || kind === "snapshot") && (this.dead.has(symbol) || this.venue.dropped.has(symbol))
  }

  /** The book subscription to a market is dead from now on. */
  kill(symbol: string): void {
    this.dead.add(symbol)
  }

  /**
   * The client says this, or dials it: its subscriptions to books are dead, or good, as the faults of now will have it.
   */
  asked(text: string): void {
    const { venue } = this
    if ((venue.faults.length === 0 && this.dead.size === 0) || /unsub/i.test(text) || !BOOK.test(text)) return
    for (const symbol of venue.markets.keys()) {
      if (!names(text, symbol)) continue
      if (venue.strike("acked_silent", symbol) !== null) this.dead.add(symbol)
      else this.dead.delete(symbol)
    }
  }

  /** What has to be sent now so that the newest trades of a market come again. */
  repeat(symbol: string): ReadonlyArray<string> {
    const talk = this.conversation()
    if (talk?.repeatTrades === undefined) return this.newest.get(symbol) ?? []
    talk.repeatTrades(symbol, REPEATED)
    return []
  }

  private spoiled(kind: FrameKind, symbol: string | null, text: string): ReadonlyArray<string> {
    const { venue } = this
    const isMarket = kind === "book" || kind === "snapshot" || kind === "trade"
    if (isMarket && venue.strike("silent", symbol) !== null) return []
    if (symbol === null) return [text]
    if (isMarket && (this.mutes(kind, symbol) || venue.refuses(symbol))) return []
    if (kind === "trade") return [...this.earlier(symbol), text]
    return kind === "book" ? this.book(symbol, text) : [text]
  }

  private book(symbol: string, text: string): ReadonlyArray<string> {
    const { venue } = this
    venue.strikeDying(symbol)
    if (venue.strike("drop", symbol) !== null) return []
    const fault = venue.active("bad_level", symbol)
    const bad = fault === null ? null : badLevel(text, fault.request.level ?? "nan")
    if (bad !== null) fault?.strike()
    const said = bad ?? text
    const texts = [venue.strike("malformed", symbol) === null ? said : said.slice(0, said.length >> 1)]
    if (venue.strike("unknown", symbol) !== null) texts.unshift('{"simulated_fault":"unknown frame"}')
    if (venue.strike("duplicate", symbol) !== null) texts.push(said)
    const earlier = this.swapped.get(symbol)
    if (earlier !== undefined) {
      this.swapped.delete(symbol)
      texts.push(earlier.text)
    } else if (venue.strike("reorder", symbol) !== null) {
      this.swapped.set(symbol, { due: venue.now() + MAX_SWAP, text: said })
      return []
    }
    return texts
  }

  /** The trades that were sent before this socket was dialled, once, where a fault repeats them. */
  private earlier(symbol: string): ReadonlyArray<string> {
    const fault = this.venue.active("repeat_trades", symbol)
    if (fault === null || !this.moving || fault.begun > this.opened || this.repeated.has(symbol)) return []
    this.repeated.add(symbol)
    fault.strike()
    const talk = this.conversation()
    if (talk?.repeatTrades === undefined) return this.venue.newestTrades.get(symbol) ?? []
    talk.repeatTrades(symbol, REPEATED_ANEW)
    return []
  }

  private remember(symbol: string, text: string): void {
    const texts = this.newest.get(symbol)
    if (texts === undefined) this.newest.set(symbol, [text])
    else if (texts.push(text) > REPEATED) texts.shift()
  }
}

/** The whole name, in any case. */
const names = (text: string, symbol: string): boolean => {
  const [whole, name] = [text.toLowerCase(), symbol.toLowerCase()]
  for (let at = whole.indexOf(name); at >= 0; at = whole.indexOf(name, at + 1))
    if (!isLetter(whole[at - 1]) && !isLetter(whole[at + name.length])) return true
  return false
}

const isLetter = (one: string | undefined): boolean => one !== undefined && /[a-z0-9]/.test(one)
