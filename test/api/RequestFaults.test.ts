// Requests that the contract refuses: each fault has its place, a JSON pointer and words that help, and all come at
// once.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newMarket, newSymbol } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"

type Fault = readonly [place: string, path: string, message: RegExp]

const JSON_TYPE = { "content-type": "application/json" }
const missing = /^Required, but missing$/
const digits = /^Expected a whole number in plain digits, such as 42$/
const unknown = /^Unknown field$/

const BODIES: ReadonlyArray<readonly [route: string, body: string, faults: ReadonlyArray<Fault>]> = [
  ["POST /symbols", "", [["body", "", /body is empty/]]],
  ["POST /symbols", "  \n", [["body", "", /body is empty/]]],
  ["POST /symbols", "{", [["body", "", /^Expected valid JSON \(.*position 1/]]],
  ["POST /symbols", '{"symbol":"BTC",}', [["body", "", /^Expected valid JSON \(.*position 16/]]],
  ["POST /symbols", "\uFEFF{'symbol':1}", [["body", "", /^Expected valid JSON/]]],
  ["POST /symbols", "[1,2]", [["body", "", /^Expected a JSON object$/]]],
  ["POST /symbols", "null", [["body", "", /^Expected a JSON object$/]]],
  ["POST /symbols", '"BTC"', [["body", "", /^Expected a JSON object$/]]],
  ["POST /symbols", "[".repeat(50_000), [["body", "", /^Expected valid JSON/]]],
  ["POST /symbols", "{}", [["body", "/symbol", missing]]],
  ["POST /symbols", '{"symbol":null}', [["body", "/symbol", /^Expected a string$/]]],
  ["POST /symbols", '{"symbol":""}', [["body", "/symbol", /^Expected an asset code/]]],
  ["POST /symbols", '{"symbol":"B C"}', [["body", "/symbol", /^Expected an asset code/]]],
  ["POST /symbols", '{"symbol":"\\u0000"}', [["body", "/symbol", /^Expected an asset code/]]],
  ["POST /symbols", '{"symbol":"\\ud800"}', [["body", "/symbol", /^Expected an asset code/]]],
  ["POST /symbols", `{"symbol":"${"X".repeat(33)}"}`, [["body", "/symbol", /^Expected an asset code/]]],
  [
    "POST /symbols",
    '{"Symbol":"BTC","a/b~c":1}',
    [
      ["body", "/Symbol", unknown],
      ["body", "/a~1b~0c", unknown],
      ["body", "/symbol", missing]
    ]
  ],
  [
    "POST /symbols",
    '{"symbol":"BTC","__proto__":{"a":1},"constructor":1}',
    [
      ["body", "/__proto__", unknown],
      ["body", "/constructor", unknown]
    ]
  ],
  ["POST /exchanges", '{"name":7}', [["body", "/name", /^Expected a string$/]]],
  ["POST /exchanges", '{"name":" x"}', [["body", "/name", /^Expected an exchange name/]]],
  [
    "POST /markets",
    '{"exchange_id":"1","base_symbol_id":0,"quote_symbol_id":1.5,"market_type":"SPOTT","native_symbol":"a b","x":1}',
    [
      ["body", "/x", unknown],
      ["body", "/exchange_id", /^Expected a number$/],
      ["body", "/base_symbol_id", /greater than 0/],
      ["body", "/quote_symbol_id", /integer/],
      ["body", "/market_type", /^Expected SPOT, PERP, INVERSE or FUTURE$/],
      ["body", "/native_symbol", /venue's own spelling/]
    ]
  ],
  [
    "POST /markets",
    '{"exchange_id":1,"base_symbol_id":1,"quote_symbol_id":2,"market_type":"SPOT","native_symbol":7}',
    [["body", "/native_symbol", /^Expected the venue's own spelling as a text, or null$/]]
  ],
  [
    "POST /markets",
    "{}",
    ["exchange_id", "base_symbol_id", "quote_symbol_id", "market_type"].map((field): Fault => [
      "body",
      `/${field}`,
      missing
    ])
  ],
  [
    "PATCH /markets/1",
    '{"level4_feed_enabled":"true"}',
    [["body", "/level4_feed_enabled", /^Expected true or false$/]]
  ],
  ["PATCH /markets/1", '{"exchange":{"id":"x","name":"Kraken"}}', [["body", "/exchange/id", /^Expected a number$/]]],
  ["PATCH /markets/1", "not json", [["body", "", /^Expected valid JSON/]]]
]

const ADDRESSES: ReadonlyArray<readonly [path: string, faults: ReadonlyArray<Fault>]> = [
  ...["abc", "1e3", "+1", "-1", "1.0", "007", "0x1", "1152921504606846976999", "%00", "1%2F2", "Infinity"].map(
    (id) => [`/markets/${id}`, [["path", "/id", digits]]] as const
  ),
  ["/exchanges/0", [["path", "/id", /greater than 0/]]],
  ["/markets/1152921504606846", [] as const],
  ["/markets/9999999999999999", [["path", "/id", /integer/]]],
  ["/markets/x/book?depth=y", [["path", "/id", digits]]],
  ["/markets/1/book?depth=0", [["query", "/depth", /between 1 and 5000/]]],
  ["/markets/1/book?depth=5001", [["query", "/depth", /between 1 and 5000/]]],
  [
    "/markets/1/book?depth=2.5&require=dead",
    [
      ["query", "/depth", digits],
      ["query", "/require", /"live"/]
    ]
  ],
  ["/markets/1/book?depth=1&depth=2", [["query", "/depth", /^Given more than once$/]]],
  ["/markets?enabled=1", [["query", "/enabled", /"true" \| "false"/]]],
  [
    "/markets?enabled=&exchange_id=",
    [
      ["query", "/enabled", /"true"/],
      ["query", "/exchange_id", digits]
    ]
  ],
  ["/markets?enabeld=true", [["query", "/enabeld", unknown]]],
  ["/markets?market_type=spott", [["query", "/market_type", /^Expected SPOT, PERP, INVERSE or FUTURE$/]]],
  [
    "/markets?base_symbol_id=-1&quote_symbol_id=a",
    [
      ["query", "/base_symbol_id", digits],
      ["query", "/quote_symbol_id", digits]
    ]
  ]
]

const assertFaults = (errors: unknown, faults: ReadonlyArray<Fault>) => {
  assert(Array.isArray(errors))
  const found = errors.map((error: unknown): { in?: unknown; path?: unknown; message?: unknown } => Object(error))
  assert.sameDeepMembers(
    found.map((error) => [error.in, error.path]),
    faults.map(([place, path]) => [place, path])
  )
  for (const [place, path, message] of faults) {
    const error = found.find((candidate) => candidate.in === place && candidate.path === path)
    assert.match(String(error?.message), message)
  }
}

layer(layerApi(inMemory), { excludeTestServices: true })("requests that the contract refuses", (it) => {
  it.effect.each(BODIES)("%s with %s", ([route, body, faults]) =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const [method = "", path = ""] = route.split(" ")
      const problem = assertProblem(yield* send(method, path, body, JSON_TYPE), 400, "invalid-request")
      assertFaults(problem["errors"], faults)
      assert.include(problem["detail"], faults[0]?.[1] ?? "")
    })
  )

  it.effect.each(ADDRESSES)("GET %s", ([path, faults]) =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const answer = yield* send("GET", path)
      if (faults.length === 0) assertProblem(answer, 404, "not-found")
      else assertFaults(assertProblem(answer, 400, "invalid-request")["errors"], faults)
    })
  )

  it.effect("refuses an id of thousands of digits like any other", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const answer = yield* send("GET", `/symbols/${"1".repeat(9_000)}`)
      assertFaults(assertProblem(answer, 400, "invalid-request")["errors"], [["path", "/id", digits]])
    })
  )

  it.effect("counts what it does not tell", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const body = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`field${index}`, index]))
      const problem = assertProblem(yield* send("POST", "/symbols", body), 400, "invalid-request")
      assert.lengthOf(Object(problem["errors"]), 13)
      assert.include(problem["detail"], "and 8 more, see errors")
    })
  )

  it.effect("wrote nothing of all that", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      for (const path of ["/symbols", "/exchanges", "/markets"]) {
        assert.deepStrictEqual((yield* send("GET", path)).json, [], path)
      }
    })
  )

  it.effect("takes what is only unusual", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const charset = { "content-type": "application/json; charset=utf-8" }
      const spaced = yield* send("POST", "/symbols", ' {\n"symbol" : "\\u0042TC" } ', charset)
      assert.strictEqual(spaced.status, 201, spaced.text)
      assert.deepInclude(spaced.json, { symbol: "BTC" })
      const exchange_id = yield* newExchange()
      const id = yield* newMarket({ exchange_id })
      assert.strictEqual((yield* send("GET", `//markets/${id}/`)).status, 200)
      const body = { exchange_id, base_symbol_id: yield* newSymbol(), quote_symbol_id: 1, market_type: "SPOT" }
      const market = yield* send("POST", "/markets", { ...body, native_symbol: null })
      assert.strictEqual(market.status, 201, market.text)
    })
  )
})
