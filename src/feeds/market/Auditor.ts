// Owns the audits of one market whose protocol cannot show a loss: from time to time its book is held against the
// venue's REST book. AuditWindow judges one comparison; a difference counts only if a second look, a little later,
// finds the very same one, since REST copies may be behind. Repair is the mediator's. Invariant: audits are patient:
// they never take the last of a venue's REST budget from a book that is waited for.
import { Duration, Effect, Random } from "effect"
import type { Audit, Session } from "../../schemes/TranslationScheme.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import type { Mediator } from "../truth/Mediator.ts"
import type { Send } from "../truth/MediatorPorts.ts"
import { nowMicros } from "../core/Now.ts"
import { askPatiently } from "../venue/RestBook.ts"
import type { Venue } from "../venue/Venue.ts"
import { AuditWindow, type Difference } from "../truth/AuditWindow.ts"

/** How old a REST copy may be, and how late our own frames: both are watched. */
const BEFORE = "3 seconds"
const AFTER = "2 seconds"

/** The place where the market's book is carried, as it is at the moment. */
export interface Audited {
  readonly mediator: Mediator
  readonly session: () => Session
  readonly send: Send
}

/** Audits for ever; ends never. Does nothing where the scheme needs none. */
export const audits = (feed: LiveFeed, venue: Venue, audited: Audited): Effect.Effect<never> => {
  const { audit } = feed.scheme
  if (audit === null || audit === "repetitions") return Effect.never
  const { counts } = feed.exchange
  const everyMs = Duration.toMillis(venue.auditEvery)
  const look = lookAt(feed, venue, audited, audit)
  const round = Effect.gen(function* () {
    // spread, so that the markets of a venue do not ask all at once
    yield* Effect.sleep(everyMs * (0.9 + 0.2 * (yield* Random.next)))
    if (feed.exchange.state !== "live") return
    const first = yield* look
    if (first === null) return
    counts.audits++
    if (first.length === 0) return
    const second = yield* look
    const same = second?.find((one) => first.some((other) => isSame(one, other)))
    if (same === undefined || feed.exchange.state !== "live") return
    counts.audit_differences++
    const detail = `${same.side} ${same.price}: the venue's REST book has ${same.theirs}`
    audited.mediator.accuse({ reason: "audit", detail }, nowMicros(), audited.session(), audited.send)
  })
  return Effect.forever(round)
}

/** One comparison; null: nothing can be said. */
const lookAt = (feed: LiveFeed, venue: Venue, { mediator }: Audited, audit: Audit) =>
  Effect.gen(function* () {
    const window = new AuditWindow(feed.book)
    mediator.openWindow(window)
    yield* Effect.addFinalizer(() => Effect.sync(() => mediator.closeWindow(window)))
    yield* Effect.sleep(BEFORE)
    const answer = yield* askPatiently(venue, `${feed.restOrigin}${audit.path(feed.symbol)}`, audit.weight)
    const copy = answer === null || answer.status !== 200 ? null : audit.read(answer.body, feed.symbol)
    if (copy === null) {
      feed.exchange.counts.audits_failed++
      return null
    }
    yield* Effect.sleep(AFTER)
    return window.spoilt ? null : window.differences(copy.bids, copy.asks, copy.complete)
  }).pipe(Effect.scoped)

const isSame = (one: Difference, other: Difference): boolean =>
  one.side === other.side && one.price === other.price && one.theirs === other.theirs
