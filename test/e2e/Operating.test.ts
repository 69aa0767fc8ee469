// The service as an operator has it: a real process with tokens, a live feed and a collector. Its metrics read
// strictly, the dashboard and the alert rules ask for nothing that it does not tell, traces and logs arrive, and
// nothing that leaves it by any way holds a token or a password.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Yaml from "effect/encoding/Yaml"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { WebSocket } from "ws"
import { collector } from "../support/collector.ts"
import { embeddedDatabase } from "../support/Databases.ts"
import { type ReadFamily, readExposition } from "../support/prometheusText.ts"
import { scriptedVenue } from "../support/ScriptedVenue.ts"
import { serviceProcess } from "../support/ServiceProcess.ts"
import { until } from "../support/until.ts"

const SECRETS = {
  operator: "op-7c0e1f5a9b-7c0e1f5a",
  reader: "rd-2d4e6f8a0c-2d4e6f8a",
  guess: "wr-13579bdf02-13579bdf",
  password: "pw-9f8e7d6c5b"
}
const LEAK = new RegExp(Object.values(SECRETS).join("|"))
const OPS = join(import.meta.dirname, "../../ops")

const change = { e: "depthUpdate", E: 1_795_000_000_000, s: "BTCUSDT", U: 101, u: 101, b: [["10", "2"]], a: [] }
const script = {
  reply: (text: string, socket: { send(text: string): void }) => {
    const { id } = JSON.parse(text) as { id: number }
    socket.send(JSON.stringify({ result: null, id }))
    socket.send(JSON.stringify({ stream: "btcusdt@depth@100ms", data: change }))
  },
  rest: () => ({ status: 200, body: JSON.stringify({ lastUpdateId: 100, bids: [["10", "1"]], asks: [["11", "2"]] }) })
}

interface Said {
  readonly status: number
  readonly text: string
}

/** Every text in a value, however deep. */
const textsOf = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(textsOf)
      : []

/** The values of every member of this name, however deep. */
function* membersOf(value: unknown, name: string): Generator {
  if (typeof value !== "object" || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (key === name) yield member
    yield* membersOf(member, name)
  }
}

const OWN = /\b(?:level4|process|nodejs)_[a-z0-9_]+/g

/** What an expression asks for: each metric with the labels it selects by. */
const askedOf = (expression: string) =>
  [...expression.matchAll(/\b((?:level4|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", labels = ""]) => ({
      name,
      labels: [...labels.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label)
    })
  )

const checkAsked = (expression: string, families: ReadonlyMap<string, ReadFamily>): void => {
  for (const [open, close] of ["()", "[]", "{}"]) {
    assert.strictEqual(expression.split(open!).length, expression.split(close!).length, expression)
  }
  for (const { labels, name } of askedOf(expression)) {
    const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""))
    assert.isDefined(family, `${name} of ${expression}`)
    const known = new Set(["job", "instance", ...family.samples.flatMap((sample) => Object.keys(sample.labels))])
    for (const label of labels) assert.isTrue(known.has(label), `${label} of ${name}`)
  }
}

/** Calls with and without tokens, well and badly formed, whose answers are kept. */
const converse = (url: string) =>
  Effect.promise(async () => {
    const said: Array<Said> = []
    const call = async (method: string, path: string, token: string | null, body?: string): Promise<Said> => {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(token === null
            ? {}
            : { authorization: `Bearer ${token}`, cookie: `session=${token}`, "x-api-key": token }),
          ...(body === undefined ? {} : { "content-type": "application/json" })
        },
        ...(body === undefined ? {} : { body })
      })
      const answer = { status: response.status, text: await response.text() }
      said.push({ ...answer, text: `${answer.text} ${JSON.stringify([...response.headers])}` })
      return answer
    }
    return { said, call }
  })

const websocket = (url: string, token: string) =>
  Effect.callback<string>((resume) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/stream?token=${token}`, {
      headers: { authorization: `Bearer ${token}` }
    })
    let text = ""
    const done = () => {
      socket.close()
      resume(Effect.succeed(text))
    }
    socket.on("open", () => socket.send(JSON.stringify({ op: "ping", token })))
    socket.on("message", (data: Buffer) => {
      text += String(data)
      done()
    })
    socket.on("unexpected-response", (_request, response) => {
      text += String(response.statusCode)
      done()
    })
    socket.on("error", () => {})
  })

describe("an operator", () => {
  it.live(
    "reads metrics that dashboard and alerts ask for, gets traces and logs, and never a secret",
    () =>
      Effect.gen(function* () {
        const venue = yield* scriptedVenue(script)
        const otlp = yield* collector()
        const service = yield* serviceProcess({
          ...(yield* embeddedDatabase),
          LEVEL4_BINANCE_SPOT_WS_URL: venue.ws,
          LEVEL4_BINANCE_SPOT_REST_URL: venue.rest,
          LEVEL4_OPERATOR_TOKEN: SECRETS.operator,
          LEVEL4_READER_TOKEN: SECRETS.reader,
          LEVEL4_LOG_LEVEL: "trace",
          OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
          OTEL_EXPORTER_OTLP_PROTOCOL: "http/json"
        })
        const { call, said } = yield* converse(service.url)
        const as = (token: string | null, method: string, path: string, body?: object | string) =>
          Effect.promise(() => call(method, path, token, typeof body === "object" ? JSON.stringify(body) : body))
        yield* as(SECRETS.operator, "POST", "/exchanges", { name: "Binance" })
        for (const symbol of ["BTC", "USDT"]) yield* as(SECRETS.operator, "POST", "/symbols", { symbol })
        const names = { exchange_id: 1, base_symbol_id: 1, quote_symbol_id: 2, market_type: "SPOT" }
        yield* as(SECRETS.operator, "POST", "/markets", names)
        yield* as(SECRETS.operator, "PATCH", "/markets/1", { level4_feed_enabled: true })
        yield* until("live", as(SECRETS.reader, "GET", "/readyz"), ({ text }) => text.includes('"live":1'))

        for (const token of [null, SECRETS.guess, SECRETS.reader]) {
          for (const path of [
            "/markets",
            "/markets/1/book",
            "/metrics",
            "/nope",
            "/openapi.json",
            "/docs",
            "/readyz"
          ]) {
            yield* as(token, "GET", path)
          }
          yield* as(token, "GET", "/markets?token=secret-in-a-query&depth=x")
          yield* as(token, "POST", "/symbols", "{")
          yield* as(token, "PATCH", "/markets/x", { nonsense: 1 })
          yield* as(token, "DELETE", "/symbols")
          if (token !== null) yield* websocket(service.url, token)
        }
        const scraped = yield* as(SECRETS.reader, "GET", "/metrics")
        assert.strictEqual(scraped.status, 200)
        const families = readExposition(scraped.text)
        const value = (name: string) => families.get(name)?.samples[0]?.value
        assert.strictEqual(value("level4_feed_live"), 1)
        assert.strictEqual(value("level4_feed_connects_total"), 1)
        assert.strictEqual(value("level4_venue_sockets"), 1)
        assert.isAbove(value("level4_feed_frames_total") ?? 0, 0)
        assert.isAbove(value("level4_venue_rest_weight_limit") ?? 0, value("level4_venue_rest_weight_left") ?? Infinity)

        const dashboard: unknown = JSON.parse(readFileSync(join(OPS, "grafana/level4.json"), "utf8"))
        const asked = Array.from(membersOf(dashboard, "expr"), String)
        assert.isAbove(asked.length, 30)
        for (const expression of asked) checkAsked(expression, families)
        const rules: unknown = Yaml.parse(readFileSync(join(OPS, "prometheus/alerts.yml"), "utf8"))
        const expressions = Array.from(membersOf(rules, "expr"), String)
        assert.isAbove(expressions.length, 15)
        for (const expression of expressions) checkAsked(expression, families)
        assert.lengthOf([...membersOf(rules, "summary")], expressions.length)
        for (const text of [...textsOf(dashboard), ...textsOf(rules)]) {
          for (const [name] of text.matchAll(OWN)) checkAsked(name, families)
        }

        yield* until(
          "the traces and logs",
          Effect.sync(() => otlp.received.map(({ path }) => path)),
          (paths) => paths.includes("/v1/traces") && paths.includes("/v1/logs")
        )
        yield* until(
          "a request's span",
          Effect.sync(() => otlp.received.map(({ body }) => body).join("\n")),
          (text) => text.includes("FeedRegistry.start") && text.includes("/markets/1/book")
        )
        const told = {
          answers: said.map(({ text }) => text),
          log: service.log(),
          otlp: otlp.received.map(({ body }) => body)
        }
        assert.isAbove(told.answers.length, 30)
        assert.include(told.log, "GET /markets/1/book")
        for (const [way, texts] of Object.entries(told)) assert.notMatch(JSON.stringify(texts), LEAK, way)
        assert.notInclude(JSON.stringify([told.log, told.otlp]), "secret-in-a-query")
        assert.notMatch(JSON.stringify([venue.heard, venue.asked]), LEAK)
      }).pipe(Effect.scoped),
    90_000
  )

  it.live(
    "is not told the database's password, however the database fails",
    () =>
      Effect.gen(function* () {
        const service = yield* serviceProcess({
          LEVEL4_DATABASE_URL: `postgres://level4:${SECRETS.password}@127.0.0.1:1/level4`,
          LEVEL4_LOG_LEVEL: "trace"
        })
        const { call, said } = yield* converse(service.url)
        for (const path of ["/readyz", "/markets", "/symbols/1", "/metrics"])
          yield* Effect.promise(() => call("GET", path, null))
        assert.include(
          said.map(({ status }) => status),
          503
        )
        assert.notMatch(JSON.stringify([said, service.log()]), LEAK)
      }).pipe(Effect.scoped),
    60_000
  )
})
