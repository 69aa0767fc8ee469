// The socket of a listing in virtual time, over a socket of the test's own: what counts as a change, that it is dialled
// within the venue's budget and again for ever.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { ConnectionLost } from "../../../src/feeds/core/ConnectionLost.ts"
import { Closed } from "../../../src/feeds/core/LossCause.ts"
import { listingSocket } from "../../../src/feeds/venue/ListingSocket.ts"
import { VenueBudget } from "../../../src/feeds/venue/VenueBudget.ts"
import type { WebsocketOptions } from "../../../src/feeds/venue/Websocket.ts"

const push = {
  marketTypes: ["SPOT"],
  url: "wss://venue.example/ws",
  subscribe: ["listen"],
  ping: { every: 10_000, text: null },
  read: (text: string) => new Map<string, string>(text === "crash" ? JSON.parse("{") : JSON.parse(text))
} as const

/** Runs a socket whose connections are the test's. */
const socket = Effect.fnUntraced(function* (connects = 1_000) {
  const budget = new VenueBudget("Test", {
    connects: { count: connects, perMs: 60_000 },
    messages: { count: 1, perMs: 1 },
    rest: null,
    marketsPerSocket: 1
  })
  const dials: Array<{ readonly at: number; readonly options: WebsocketOptions }> = []
  const said: Array<string> = []
  let end = Deferred.makeUnsafe<never, ConnectionLost>()
  let changes = 0
  const dial = (options: WebsocketOptions) =>
    Effect.gen(function* () {
      dials.push({ at: yield* Clock.currentTimeMillis, options })
      end = Deferred.makeUnsafe()
      options.onOpen((text) => void said.push(text))
      return yield* Deferred.await(end)
    })
  const listening = listingSocket({ push, url: push.url, budget, changed: () => void changes++, dial })
  yield* Effect.forkScoped(listening, { startImmediately: true })
  return {
    dials,
    said,
    hear: (words: Readonly<Record<string, string>>) =>
      dials.at(-1)!.options.onFrame(Buffer.from(JSON.stringify(Object.entries(words))), 0),
    crash: () => {
      try {
        dials.at(-1)!.options.onFrame(Buffer.from("crash"), 0)
      } catch (defect) {
        Deferred.doneUnsafe(end, Effect.die(defect))
      }
    },
    lose: () =>
      void Deferred.doneUnsafe(end, Effect.fail(new ConnectionLost({ cause: new Closed({ code: 1006, reason: "" }) }))),
    /** Changes since it was asked last. */
    changes: () => {
      const count = changes
      changes = 0
      return count
    }
  }
})

describe("the socket of a listing", () => {
  it.effect("takes the first frame for the listing as it is, and other words of it for changes", () =>
    Effect.gen(function* () {
      const on = yield* socket()
      assert.deepStrictEqual(on.said, ["listen"])
      on.hear({ A: "online", B: "online" })
      assert.strictEqual(on.changes(), 0)
      on.hear({ A: "online", B: "online" })
      on.hear({})
      assert.strictEqual(on.changes(), 0)
      on.hear({ A: "online", B: "offline" })
      assert.strictEqual(on.changes(), 1)
      on.hear({ C: "online" })
      assert.strictEqual(on.changes(), 1, "an instrument that was not there before")
    }).pipe(Effect.scoped)
  )

  it.effect("takes the first frame for a change where the venue speaks of changes alone", () =>
    Effect.gen(function* () {
      const on = yield* socket()
      yield* TestClock.adjust("1 minute")
      on.hear({ A: "BREAK" })
      assert.strictEqual(on.changes(), 1)
    }).pipe(Effect.scoped)
  )

  it.effect("finds what changed while it was not connected", () =>
    Effect.gen(function* () {
      const on = yield* socket()
      on.hear({ A: "online", B: "online" })
      on.lose()
      yield* TestClock.adjust("10 seconds")
      on.hear({ A: "online", B: "online" })
      assert.strictEqual(on.changes(), 0)
      on.lose()
      yield* TestClock.adjust("10 seconds")
      on.hear({ A: "offline", B: "online" })
      assert.strictEqual(on.changes(), 1)
    }).pipe(Effect.scoped)
  )

  it.effect("is dialled again for ever, ever more slowly, and soon after a healthy spell", () =>
    Effect.gen(function* () {
      const on = yield* socket()
      for (let n = 0; n < 12; n++) {
        on.lose()
        yield* TestClock.adjust("10 seconds")
      }
      assert.strictEqual(on.dials.length, 13)
      const began = on.dials.map(({ at }) => at)
      const late = began[12]! - 11 * 10_000
      assert.isTrue(late >= 4_000 && late <= 6_000, `${late} ms`)
      yield* TestClock.adjust("1 minute")
      on.lose()
      yield* TestClock.adjust("400 millis")
      assert.strictEqual(on.dials.length, 14)
    }).pipe(Effect.scoped)
  )

  it.effect("is dialled again after a frame that can't be borne, and keeps to what the venue allows", () =>
    Effect.gen(function* () {
      const on = yield* socket(2)
      on.crash()
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(on.dials.length, 2)
      on.lose()
      yield* TestClock.adjust("40 seconds")
      assert.strictEqual(on.dials.length, 2)
      yield* TestClock.adjust("40 seconds")
      assert.strictEqual(on.dials.length, 3)
    }).pipe(Effect.scoped)
  )
})
