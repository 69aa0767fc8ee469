// Owns which state of truth follows which, as one pure table. Who raises a signal is the mediator (what frames say) or
// the market feed (what the socket does). Invariants: only `synced` and the two ways back from doubt lead to `live`;
// every state but stopped, rejected and retired has a way out that needs no person.
import type { FeedState } from "../../domain/FeedState.ts"

export type Signal =
  /** The feed begins to dial. */
  | "dial"
  /** The socket is open and subscribed. */
  | "connected"
  /** A snapshot, proven where it can be, made the book whole. */
  | "synced"
  /** The book is known or feared to be wrong; a new snapshot is on its way. */
  | "lost"
  /** The book may be wrong: the venue went silent, or one frame left the book crossed. */
  | "doubted"
  /** Doubt without damage is over: the venue is heard again, the chain unbroken. */
  | "recovered"
  /** The socket is gone. */
  | "disconnected"
  | "halted"
  | "rejected"
  | "retired"
  | "stopped"

type Row = Partial<Record<Signal, FeedState>>

const always: Row = { stopped: "stopped", retired: "retired" }

const table: Readonly<Record<FeedState, Row>> = {
  stopped: { dial: "connecting", retired: "retired" },
  connecting: {
    ...always,
    dial: "connecting",
    connected: "syncing",
    disconnected: "backoff",
    // a venue may announce on connecting that it does not trade
    halted: "halted",
    rejected: "rejected"
  },
  syncing: {
    ...always,
    // the same state for another reason
    connected: "syncing",
    synced: "live",
    lost: "resyncing",
    doubted: "stale",
    disconnected: "backoff",
    halted: "halted",
    rejected: "rejected"
  },
  live: {
    ...always,
    synced: "live",
    lost: "resyncing",
    doubted: "stale",
    disconnected: "backoff",
    halted: "halted",
    rejected: "rejected"
  },
  stale: {
    ...always,
    doubted: "stale",
    synced: "live",
    recovered: "live",
    lost: "resyncing",
    disconnected: "backoff",
    halted: "halted",
    rejected: "rejected"
  },
  resyncing: {
    ...always,
    synced: "live",
    lost: "resyncing",
    disconnected: "backoff",
    halted: "halted",
    rejected: "rejected"
  },
  backoff: { ...always, dial: "connecting", disconnected: "backoff", rejected: "rejected" },
  halted: {
    ...always,
    halted: "halted",
    synced: "live",
    lost: "resyncing",
    disconnected: "backoff",
    rejected: "rejected"
  },
  rejected: { stopped: "stopped", retired: "retired" },
  retired: { stopped: "stopped" }
}

/** The state after a signal, which may be the same for another reason; null: the signal means nothing in this state. */
export const transition = (state: FeedState, signal: Signal): FeedState | null => table[state][signal] ?? null
