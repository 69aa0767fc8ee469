// Owns the contract between a mediator, which never waits, and what does its slow work: REST, questions to the venue,
// sockets. Invariant: every call returns at once.
import type { Session, Trouble } from "../../schemes/TranslationScheme.ts"
import type { Doubt } from "./SilenceWatch.ts"

export interface FetchRequest {
  readonly path: string
  readonly weight: number
  /** A smaller book for less weight, for when the venue's budget is short. */
  readonly light: { readonly path: string; readonly weight: number } | null
  /** It is no hurry: asked only with budget that nobody else needs. */
  readonly patient: boolean
  readonly session: Session
}

/** The slow half of a mediator's work. */
export interface Ports {
  /** Asks the venue's REST; a newer request of this market replaces an older one. */
  fetch(request: FetchRequest): void
  /** Asks the venue whether a silent market moved on. */
  ask(doubt: Doubt): void
  /** Gives the socket up. */
  reconnect(trouble: Trouble, retryAfter: number): void
  /** Gives the market up: the venue refuses the symbol. */
  reject(detail: string): void
  /** The venue refuses the symbol for now, for all that is known: it is asked again, slowly. */
  refuse(detail: string): void
}

/** What a session may say on its socket. */
export type Send = (text: string) => void
