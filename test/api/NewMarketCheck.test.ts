// New markets held against what their venue lists, over HTTP: what is right is verified, what is wrong refused with
// what was meant, and what can't be checked is accepted and marked.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { withFacts } from "../../src/domain/Instrument.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { idOf, newExchange, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { onDatabases } from "../support/Catalogs.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"

describe.each(onDatabases)("POST /markets on $name", (kind) => {
  layer(layerApi(kind), { excludeTestServices: true })((it) => {
    const rows = Effect.gen(function* () {
      const { send } = yield* ApiClient
      const known = yield* send("GET", "/exchanges/Kraken")
      const [a, b, c] = [unique("A"), unique("B"), unique("C")]
      return {
        send,
        control: yield* ListingControl,
        exchange_id: known.status === 200 ? idOf(known.json) : yield* newExchange("Kraken"),
        a,
        b,
        base_symbol_id: yield* newSymbol(a),
        quote_symbol_id: yield* newSymbol(b),
        c,
        other_id: yield* newSymbol(c)
      }
    })

    it.effect("verifies what is listed so, and shows what the listing says of it from memory", () =>
      Effect.gen(function* () {
        const { a, b, base_symbol_id, control, exchange_id, quote_symbol_id, send } = yield* rows
        const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "PERP" }
        const listed = instrument({
          native_symbol: `PF_${a}${b}`,
          base: a,
          quote: b,
          market_type: "PERP",
          settle: "USD",
          status: "halted"
        })
        control.list("Kraken", [listed])
        control.details.set(listed.native_symbol, listed)
        const created = yield* send("POST", "/markets", market)
        assert.strictEqual(created.status, 201, created.text)
        assert.deepInclude(created.json, { unverified: false, native_symbol: `PF_${a}${b}`, settle: "USD" })
        control.list("Kraken", [
          withFacts(listed, {
            price_tick: "0.5",
            size_step: "0.0001",
            min_size: "0.001",
            min_notional: "5",
            contract_value: "7 USD",
            expires_at: 12
          })
        ])
        const asked = control.asked.length
        const found = yield* send("GET", `/markets/${idOf(created.json)}`)
        assert.deepInclude(found.json, {
          unverified: false,
          settle: "USD",
          price_tick: "0.5",
          size_step: "0.0001",
          min_size: "0.001",
          min_notional: "5",
          listing_status: "halted",
          expires_at: 12
        })
        const all = (yield* send("GET", "/markets")).json
        assert(Array.isArray(all))
        assert.deepStrictEqual(all.at(-1), found.json)
        assert.lengthOf(control.asked, asked, "no venue is asked for it")
        const back = yield* send("PATCH", `/markets/${idOf(created.json)}`, found.json)
        assert.deepStrictEqual(back.json, found.json)
      })
    )

    it.effect("stores the listing's own spelling where the scheme's is not listed", () =>
      Effect.gen(function* () {
        const { a, b, base_symbol_id, control, exchange_id, quote_symbol_id, send } = yield* rows
        control.list("Kraken", [instrument({ native_symbol: `X${a}/Z${b}`, base: a, quote: b })])
        const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
        const created = yield* send("POST", "/markets", market)
        assert.strictEqual(created.status, 201, created.text)
        assert.deepInclude(created.json, { unverified: false, native_symbol: `X${a}/Z${b}` })
      })
    )

    it.effect("refuses what is listed as another market, naming what was meant, unless it is not to be checked", () =>
      Effect.gen(function* () {
        const { a, b, base_symbol_id, c, control, exchange_id, quote_symbol_id, send } = yield* rows
        control.list("Kraken", [
          instrument({ native_symbol: `${c}/${b}`, base: c, quote: b }),
          instrument({ native_symbol: `PF_${a}${b}`, base: a, quote: b, market_type: "PERP" })
        ])
        const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT", native_symbol: `${c}/${b}` }
        const answer = yield* send("POST", "/markets", market)
        const problem = assertProblem(answer, 422, "instrument-mismatch", {
          field: "native_symbol",
          nearest: [
            {
              native_symbol: `PF_${a}${b}`,
              tag: `KRAKEN.PERP:${a}-${b}`,
              base: a,
              quote: b,
              market_type: "PERP",
              status: "trading"
            },
            {
              native_symbol: `${c}/${b}`,
              tag: `KRAKEN.SPOT:${c}-${b}`,
              base: c,
              quote: b,
              market_type: "SPOT",
              status: "trading"
            }
          ]
        })
        assert.include(problem["detail"], `Kraken lists ${c}/${b} as ${c}-${b}, not as ${a}-${b}.`)
        assert.notInclude((yield* send("GET", "/markets")).text, `${c}/${b}`)
        const unchecked = yield* send("POST", "/markets?unchecked=true", market)
        assert.strictEqual(unchecked.status, 201, unchecked.text)
        assert.deepInclude(unchecked.json, { unverified: true, listing_status: "trading" })
      })
    )

    it.effect("accepts and marks what can't be checked", () =>
      Effect.gen(function* () {
        const { base_symbol_id, control, exchange_id, other_id, quote_symbol_id, send } = yield* rows
        control.fail("Kraken", "no answer within 10 seconds")
        const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
        const created = yield* send("POST", "/markets", market)
        control.fail("Kraken", null)
        assert.strictEqual(created.status, 201, created.text)
        assert.deepInclude(created.json, { unverified: true, price_tick: null, listing_status: null, settle: null })
        const elsewhere = { ...market, exchange_id: yield* newExchange(), quote_symbol_id: other_id }
        assert.deepInclude((yield* send("POST", "/markets", elsewhere)).json, { unverified: true })
      })
    )

    it.effect("takes what a closed venue listed for a part of what it did", () =>
      Effect.gen(function* () {
        const { base_symbol_id, control, exchange_id, quote_symbol_id, send } = yield* rows
        const past = instrument({ native_symbol: "OLD/ONE", base: "OLD", quote: "ONE", status: "delisted" })
        control.list("Kraken", [past])
        const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
        const created = yield* send("POST", "/markets", market)
        assert.strictEqual(created.status, 201, created.text)
        assert.deepInclude(created.json, { unverified: true })
      })
    )

    it.effect("leaves what contradicts itself, or names no row, to the catalog, without asking the venue", () =>
      Effect.gen(function* () {
        const { base_symbol_id, control, exchange_id, quote_symbol_id, send } = yield* rows
        control.list("Kraken", [])
        const asked = control.asked.length
        const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
        const create = (fields: object) => send("POST", "/markets", { ...market, ...fields })
        assertProblem(yield* create({ quote_symbol_id: base_symbol_id }), 422, "invalid-market")
        assertProblem(yield* create({ market_type: "FUTURE" }), 422, "invalid-market")
        for (const field of ["exchange_id", "base_symbol_id", "quote_symbol_id"]) {
          assertProblem(yield* create({ [field]: 2_147_483_648 }), 422, "unknown-reference", { field })
        }
        assert.lengthOf(control.asked, asked)
      })
    )
  })
})
