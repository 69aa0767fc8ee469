// Owns the proof of what a scheme may leave out: each default that SchemeDefinition.ts states, and that what a
// definition says goes before it.
import { assert, describe, it } from "@effect/vitest"
import { defineScheme } from "../../src/schemes/defineScheme.ts"
import type { SchemeDefinition } from "../../src/schemes/SchemeDefinition.ts"
import type { Audit } from "../../src/schemes/TranslationScheme.ts"
import { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import { Unreadable } from "../../src/wire/Wire.ts"

const least: SchemeDefinition<never, null, null> = {
  exchange: "Smallest",
  protocol: "one",
  marketTypes: ["SPOT"],
  guarantee: "none",
  lines: "wss://smallest.test",
  keepalive: { ping: { every: 1_000 }, socketSilence: 5_000 },
  limits: { connects: { count: 1, perMs: 1 }, messages: { count: 1, perMs: 1 }, marketsPerSocket: 1 },
  toNative: () => "X",
  fromNative: () => null,
  socket: () => null,
  member: () => null,
  subscribe: () => ["+"],
  unsubscribe: () => ["-"],
  decode: { read: () => undefined, judge: (text) => new Unreadable("nothing is known", text) },
  translate: () => [],
  repair: (_state, symbol, trouble) => [{ type: "resubscribe", symbol, ...trouble, send: ["again"] }]
}

const book: Audit = { path: (symbol) => `/${symbol}`, weight: 1, read: () => null }

describe("a scheme that says only what is special", () => {
  const scheme = defineScheme(least)

  it("is a live protocol of today on one socket, without REST, proof or a bound of its book", () => {
    const { alternative, status, rest, audit, probe, keepsText, window, tradeIds, crossedGrace, unreadable } = scheme
    assert.deepStrictEqual(
      { alternative, status, rest, audit, probe, keepsText, window, tradeIds, crossedGrace, unreadable },
      {
        alternative: null,
        status: "live",
        rest: null,
        audit: null,
        probe: undefined,
        keepsText: false,
        window: null,
        tradeIds: "unique",
        crossedGrace: 0,
        unreadable: "reconnect"
      }
    )
    assert.deepStrictEqual(scheme.lines, [{ name: "all", url: "wss://smallest.test" }])
    assert.deepStrictEqual(scheme.keepalive.ping, { every: 1_000, text: null })
    assert.isNull(scheme.keepalive.marketSilence)
    assert.isNull(scheme.limits.rest)
    assert.deepStrictEqual(scheme.sizeUnit("SPOT", "X"), { size_unit: "base", contract_value: null })
    assert.isFalse(scheme.continues)
  })

  it("answers no fetch, holds every book and takes over no position", () => {
    const session = scheme.session("all")
    assert.deepStrictEqual(session.join(["X"]), ["+"])
    assert.deepStrictEqual(session.answer("X", 200, "{}", 1), [])
    assert.isNull(session.prove("X", new OrderBook(false), 1, 1))
    assert.isNull(session.takeOver("X", scheme.session("all")))
  })

  it("repairs nobody who is no member", () => {
    const session = scheme.session("all")
    assert.deepStrictEqual(session.repair("X", { reason: "gap", detail: "" }), [])
  })
})

describe("what a definition says", () => {
  it("goes before a default", () => {
    const lines = [
      { name: "book", url: "wss://a.test" },
      { name: "trades", url: "wss://b.test" }
    ] as const
    const scheme = defineScheme({
      ...least,
      status: "retired",
      unreadable: "ignore",
      lines,
      keepalive: { ping: { every: 1, text: "ping" }, socketSilence: 2, marketSilence: 3 },
      limits: { ...least.limits, rest: { weight: 4, perMs: 5 } },
      takeOver: () => null
    })
    assert.strictEqual(scheme.status, "retired")
    assert.strictEqual(scheme.unreadable, "ignore")
    assert.deepStrictEqual(scheme.lines, lines)
    assert.deepStrictEqual(scheme.keepalive, { ping: { every: 1, text: "ping" }, socketSilence: 2, marketSilence: 3 })
    assert.deepStrictEqual(scheme.limits.rest, { weight: 4, perMs: 5 })
    assert.isTrue(scheme.continues)
  })

  it("of an audit is its probe too, unless it names a smaller one", () => {
    assert.strictEqual(defineScheme({ ...least, audit: book }).probe, book)
    const probe: Audit = { ...book, weight: 0 }
    assert.strictEqual(defineScheme({ ...least, audit: book, probe }).probe, probe)
    assert.isUndefined(defineScheme({ ...least, audit: "repetitions" }).probe)
  })
})
