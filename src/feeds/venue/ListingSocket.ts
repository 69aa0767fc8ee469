// Owns a websocket on which a venue says that its listing changed: dials it within the venue's budget for ever, with
// capped and jittered pauses, and holds each word of an instrument against the one before. What is done about a change
// is others'; what frames mean is the scheme's. Invariants: it carries no market, so its end is the end of no feed;
// what it remembers is bounded, and outlives its connections, so that a change in between is found by the next one.
import { Clock, Effect } from "effect"
import type { ListingPush } from "../../schemes/Listing.ts"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import { Crashed } from "../core/LossCause.ts"
import { elapsed } from "../core/Now.ts"
import { Redial } from "./Redial.ts"
import type { VenueBudget } from "./VenueBudget.ts"
import { websocket } from "./Websocket.ts"

/** A connection that lasted for so many milliseconds was healthy. */
const HEALTHY = 30_000
/** What a venue says so soon after the first subscription is its listing as it is, and no news; milliseconds. */
const FIRST = 5_000
/** Pings without an answer after which a connection is dead. */
const UNANSWERED = 3
/** Instruments whose words are remembered: more than any venue lists. */
const MOST_WORDS = 20_000

interface ListingSocket {
  readonly push: ListingPush
  readonly url: string
  readonly budget: VenueBudget
  /** An instrument is new, or another word is said of it. Called as frames come, and returns at once. */
  readonly changed: () => void
  /** Tests put their own in its place. */
  readonly dial?: typeof websocket
}

/** Listens until it is interrupted. */
export const listingSocket = ({ push, url, budget, changed, dial = websocket }: ListingSocket): Effect.Effect<never> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const redial = new Redial(budget.connects)
    const words = new Map<string, string>()
    const { ping, read, subscribe } = push
    const keepalive = { ping, socketSilence: UNANSWERED * ping.every, marketSilence: null }
    let openedAt: number | null = null

    const heard = (frame: Uint8Array): void => {
      const said = read(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString("utf8"))
      const fills = words.size === 0 && openedAt !== null && elapsed(clock) - openedAt < FIRST
      if (note(words, said) && !fills) changed()
    }
    const connection = Effect.gen(function* () {
      openedAt = null
      yield* redial.over
      yield* budget.connects.pass(1)
      return yield* dial({
        url,
        keepalive,
        onOpen: (send) => {
          openedAt = elapsed(clock)
          for (const text of subscribe) send(text)
        },
        onFrame: heard
      })
    })
    const count = (lost: ConnectionLost): void => {
      const now = elapsed(clock)
      if (openedAt === null) budget.chargeFailed(lost, now)
      else if (now - openedAt >= HEALTHY) redial.restart()
    }
    return yield* connection.pipe(
      Effect.catchDefect((defect) =>
        Effect.andThen(
          Effect.logError("the socket of a listing crashed; it is dialled again", defect),
          new ConnectionLost({ cause: new Crashed() })
        )
      ),
      Effect.tapError((lost) => Effect.sync(() => count(lost))),
      Effect.retry(redial.schedule(() => true)),
      // it is dialled for ever
      Effect.orDie
    )
  })

/** Takes the words of a frame over; true where one differs from what was known. */
const note = (words: Map<string, string>, said: ReadonlyMap<string, string>): boolean => {
  let differs = false
  for (const [name, word] of said) {
    if (words.get(name) === word || (words.size >= MOST_WORDS && !words.has(name))) continue
    words.set(name, word)
    differs = true
  }
  return differs
}
