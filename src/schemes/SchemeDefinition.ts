// Owns what a scheme is made of, as its file writes it: what is special of a protocol, and for all else a default that
// stands at its field. `defineScheme` makes the scheme of it that the rest of the house knows. Invariant: a default is
// what most protocols have, or the stricter of two ways; `translate` depends on its session, the frame and the given
// time alone.
import type { MarketType } from "../domain/MarketType.ts"
import type { FrameDecoder } from "../wire/Wire.ts"
import type { Instructions } from "./Instruction.ts"
import type { Listing } from "./Listing.ts"
import type {
  Audit,
  BookView,
  Keepalive,
  Limits,
  Line,
  Pair,
  SessionState,
  SizeUnit,
  Trouble
} from "./TranslationScheme.ts"

/** `Frame`: what its schemas decode; `Socket`, `Member`: its state of a socket and a market. */
export interface SchemeDefinition<Frame, Socket, Member> {
  readonly exchange: string
  readonly protocol: string
  /** The name by which an older or second protocol is chosen (`v1`). Default: null, the protocol of today. */
  readonly alternative?: string | null
  /** Default: `live`. */
  readonly status?: "live" | "retired"
  readonly marketTypes: ReadonlyArray<MarketType>
  /** What proves the book, and what this protocol cannot show: one sentence for people. */
  readonly guarantee: string
  /** The address, where one socket carries all (its line is then named `all`); else each kind of socket. */
  readonly lines: string | readonly [Line, ...ReadonlyArray<Line>]
  /** REST origin, overridden by LEVEL4_<EXCHANGE>_<MARKET_TYPE>_REST_URL. Default: null, none is used. */
  readonly rest?: string | null
  /**
   * In milliseconds. Default of the ping's `text`: null, a websocket ping frame; of `marketSilence`: null, quiet
   * markets are silent by protocol.
   */
  readonly keepalive: Omit<Keepalive, "ping" | "marketSilence"> & {
    readonly ping: Omit<Keepalive["ping"], "text"> & { readonly text?: string | null }
    readonly marketSilence?: number | null
  }
  /** Default of `rest`: null, nothing is fetched. */
  readonly limits: Omit<Limits, "rest"> & { readonly rest?: Limits["rest"] }
  /**
   * The REST book that ours is held against; `repetitions` where the venue sends the whole book again and again.
   * Default: null, the protocol itself shows every loss, or the venue has no such book.
   */
  readonly audit?: Audit | "repetitions" | null
  /**
   * The cheapest REST book that shows whether a silent market has moved on (at least the best 5 levels a side, not from
   * a cache that lags by more than a few seconds). Default: that of the audit; where there is none, a fresh
   * subscription is asked for.
   */
  readonly probe?: Audit
  /** True where a checksum is made of wire text. Default: false. */
  readonly keepsText?: boolean
  /** Levels a side where the venue leaves cutting the book to its subscribed depth to the client. Default: null. */
  readonly window?: number | null
  /** `dense`: trade ids rise by one, so a hole or a repetition is seen. Default: `unique`. */
  readonly tradeIds?: "dense" | "unique" | "none"
  /** Frames for which a crossed book is tolerated (though never called live) before it is repaired. Default: 0. */
  readonly crossedGrace?: number
  /**
   * What an unreadable frame means: a chain will show the loss (`ignore`), or nothing else would (`reconnect`).
   * Default: `reconnect`.
   */
  readonly unreadable?: "ignore" | "reconnect"
  readonly toNative: (pair: Pair, type: MarketType) => string
  /** Null for a spelling this market type does not have, or one whose base and quote the name does not tell. */
  readonly fromNative: (native: string, type: MarketType) => Pair | null
  /**
   * One form for all spellings that the venue takes for the same market. Default: without regard to case where
   * `toNative` gives one case to all names, else as given.
   */
  readonly effective?: (native: string, type: MarketType) => string
  /** How to learn what the venue lists. Default: null, it can't be asked. */
  readonly listing?: Listing | null
  /** What sizes count. Default: the base asset. */
  readonly sizeUnit?: (type: MarketType, native: string) => SizeUnit

  readonly socket: (line: string) => Socket
  readonly member: (symbol: string) => Member
  /**
   * Texts to send on a fresh socket, or when markets join it later; also called with every member again after a
   * reconnect.
   */
  readonly subscribe: (session: SessionState<Socket, Member>, symbols: ReadonlyArray<string>) => ReadonlyArray<string>
  readonly unsubscribe: (session: SessionState<Socket, Member>, symbols: ReadonlyArray<string>) => ReadonlyArray<string>
  readonly decode: FrameDecoder<Frame>
  /** `at`: when the frame was received, in microseconds since 1970. */
  readonly translate: (session: SessionState<Socket, Member>, frame: Frame, at: number) => Instructions
  /** What a REST answer to a `fetch` means. Only called for symbols that are members. Default: nothing is fetched. */
  readonly answer?: (
    session: SessionState<Socket, Member>,
    symbol: string,
    status: number,
    body: string,
    at: number
  ) => Instructions
  /** Checks the book after a frame that carried a proof; null: it holds. Default: no frame carries one. */
  readonly prove?: (member: Member, book: BookView, proof: number, at: number) => Trouble | null
  /**
   * Lets a session go on where another one of the same market stands: what it has to apply to be there, or null if it
   * can not yet show that its chain continues the other's. Default: the protocol has no chain to show it by.
   */
  readonly takeOver?: (
    session: SessionState<Socket, Member>,
    symbol: string,
    from: SessionState<Socket, Member>
  ) => Instructions | null
  /**
   * The venue's way back to a good book for one market whose book is lost: forgets what the member knew of it, and
   * gives what brings a new one, at most venues a `resubscribe`. Only called for symbols that are members.
   */
  readonly repair: (session: SessionState<Socket, Member>, symbol: string, trouble: Trouble) => Instructions
}
