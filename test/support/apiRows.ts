// Owns the rows that tests of the API start from, made over the API itself; names are never used twice.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient } from "./ApiClient.ts"

let count = 0
/** A name that no other row has. */
export const unique = (stem: string) => `${stem}${++count}`

export const idOf = (json: unknown): number => {
  assert.isObject(json)
  assert(json !== null && typeof json === "object" && "id" in json && typeof json.id === "number")
  return json.id
}

const create = (path: string, body: unknown) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    const answer = yield* send("POST", path, body)
    assert.strictEqual(answer.status, 201, answer.text)
    return idOf(answer.json)
  })

export const newSymbol = (symbol = unique("S")) => create("/symbols", { symbol })
export const newExchange = (name = unique("Venue ")) => create("/exchanges", { name })

/** The body of a new market between two new symbols, on a new exchange unless told. */
export const newMarketBody = (options: { readonly exchange_id?: number; readonly market_type?: string } = {}) =>
  Effect.gen(function* () {
    return {
      exchange_id: options.exchange_id ?? (yield* newExchange()),
      base_symbol_id: yield* newSymbol(),
      quote_symbol_id: yield* newSymbol(),
      market_type: options.market_type ?? "SPOT"
    }
  })

/** The id of a new market. */
export const newMarket = (options: { readonly exchange_id?: number; readonly market_type?: string } = {}) =>
  Effect.flatMap(newMarketBody(options), (body) => create("/markets", body))
