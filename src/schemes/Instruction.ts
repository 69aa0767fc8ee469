// Owns the vocabulary between a translation scheme and the mediator: what a venue's frame asks to be done. Plain data,
// made once a frame on the hot path, so levels and trades are handed over as they stood on the wire, never copied for
// style.
// Invariant: `symbol` is the venue's own spelling, exactly as the session was joined with it.
import type { Numeric } from "../domain/Decimal.ts"
import type { Side } from "../domain/EventFields.ts"
import type { TroubleCode } from "../domain/ReasonCode.ts"

/** [price, absolute size]; size 0 removes. Further elements are the venue's own and are not looked at. */
export type Level = readonly [price: Numeric, size: Numeric, ...rest: ReadonlyArray<unknown>]
export type Levels = ReadonlyArray<Level>

/** Not a literal: the compiler would look into that. */
const ANYTHING: Numeric = ""

/**
 * A level. V8 keeps arrays of whole numbers, of numbers, and of anything in three ways, and a book that meets all three
 * takes twice as long to apply them: so a level is made as an array of anything, whatever it then holds.
 */
export const level = (price: Numeric, size: Numeric): Level => {
  const made: [Numeric, Numeric] = [ANYTHING, ANYTHING]
  made[0] = price
  made[1] = size
  return made
}

/** One fill. `side` is the taker's. `time` is microseconds since 1970, or null where the venue gives none. */
export interface Fill {
  readonly id: string | number | null
  readonly price: Numeric
  readonly size: Numeric
  readonly side: Side
  readonly time: number | null
}

/** Why a book is not to be trusted, in one word that clients and metrics see. */
export type Reason = TroubleCode

/** Replaces the whole book. `proof`: what the venue says of the book after this frame, for the scheme's `prove`. */
export interface SnapshotInstruction {
  readonly type: "snapshot"
  readonly symbol: string
  readonly bids: Levels
  readonly asks: Levels
  readonly time: number | null
  readonly proof?: number
  /** Levels a side in force until the next snapshot, where the venue's own words differ from the scheme's `window`. */
  readonly window?: number
}

/** Sets and removes levels, all of one venue message, applied as one. */
export interface ChangesInstruction {
  readonly type: "changes"
  readonly symbol: string
  readonly bids: Levels
  readonly asks: Levels
  readonly time: number | null
  readonly proof?: number
}

export type Instruction =
  | SnapshotInstruction
  | ChangesInstruction
  /** New trades, oldest first; history that a venue sends on subscribe never comes here. */
  | { readonly type: "trades"; readonly symbol: string; readonly trades: ReadonlyArray<Fill> }
  /** The newest trade id that exists, given by history or a heartbeat: where dense ids continue from. */
  | { readonly type: "trade_anchor"; readonly symbol: string; readonly id: number }
  /**
   * Ask the venue's REST for the book; the body comes back to the session's `answer`. With a reason the book is lost.
   * `light`: a smaller book for less weight, taken when the venue's budget is short. `patient`: asked only when there
   * is budget that nobody else needs.
   */
  | {
      readonly type: "fetch"
      readonly symbol: string
      readonly path: string
      readonly weight: number
      readonly light?: { readonly path: string; readonly weight: number }
      readonly patient?: true
      readonly reason: Reason | null
      readonly detail: string | null
    }
  /** Say this on the socket. */
  | { readonly type: "send"; readonly text: string }
  /** The book of one market is lost; the texts bring a new snapshot on the same socket. */
  | {
      readonly type: "resubscribe"
      readonly symbol: string
      readonly reason: Reason
      readonly detail: string
      readonly send: ReadonlyArray<string>
    }
  /** The whole socket is lost or must be left; every book on it is. `retryAfter`: ms the venue asks to wait. */
  | {
      readonly type: "reconnect"
      readonly reason: Reason
      readonly detail: string
      readonly retryAfter?: number
    }
  /**
   * The venue takes no more subscriptions on this socket: the market looks for another one, and no new one comes here.
   */
  | { readonly type: "full"; readonly symbol: string; readonly detail: string }
  /** The venue stopped this market, or every market of the socket (symbol null); data frames end it. */
  | { readonly type: "halted"; readonly symbol: string | null; readonly detail: string }
  /** The venue refuses this symbol and names it: final, unless its book was live before. */
  | { readonly type: "rejected"; readonly symbol: string; readonly detail: string }
  /**
   * The venue refuses, and nothing but a status code or the order of replies says that this symbol is meant: asked
   * again, slowly, for ever.
   */
  | { readonly type: "refused"; readonly symbol: string; readonly detail: string }
  /**
   * The venue will soon close this socket and said so: its markets move to a fresh one while the old one still speaks.
   */
  | { readonly type: "closing"; readonly detail: string }
  /** Said once to whoever follows the market: what its protocol does not prove on this socket. */
  | { readonly type: "notice"; readonly symbol: string; readonly detail: string }
  /** A frame of this market that changes nothing but proves its subscription alive. */
  | { readonly type: "alive"; readonly symbol: string }

/** What one frame asks for, in order. An empty list: known, and nothing to do. */
export type Instructions = ReadonlyArray<Instruction>

/** Known, and not for us: acknowledgements, other channels, other markets. */
export const NOTHING: Instructions = []
