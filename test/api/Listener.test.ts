// What is no proper HTTP, over bare sockets: every error has a problem as its body, and the connection behaves.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { assertProblemBody } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"

/** Each answer in what came back, as its status and its JSON; bodies must have the length they claim. */
const answersOf = (text: string) => {
  const answers: Array<{ readonly status: number; readonly head: string; readonly json: unknown }> = []
  let rest = text
  while (rest !== "") {
    const end = rest.indexOf("\r\n\r\n")
    const head = rest.slice(0, end).toLowerCase()
    const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0)
    const body = rest.slice(end + 4, end + 4 + length)
    assert.lengthOf(body, length, `a whole body after ${head}`)
    if (!head.startsWith("http/1.1 100")) {
      const json: unknown = body === "" ? undefined : JSON.parse(body)
      answers.push({ status: Number(head.split(" ", 2)[1]), head, json })
    }
    rest = rest.slice(end + 4 + length)
  }
  return answers
}

const HOST = "Host: localhost\r\n"
const POST = `POST /symbols HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`

const BROKEN: ReadonlyArray<readonly [what: string, bytes: string, status: number, name: string]> = [
  ["garbage", "\x16\x03\x01 hello\r\n\r\n", 400, "bad-request"],
  ["an unknown method", `FETCH / HTTP/1.1\r\n${HOST}\r\n`, 400, "bad-request"],
  ["an unknown version", `GET / HTTP/7.1\r\n${HOST}\r\n`, 400, "bad-request"],
  ["a header without a colon", `GET /livez HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`, 400, "bad-request"],
  ["two lengths", `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`, 400, "bad-request"],
  [
    "a length and chunks",
    `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    "bad-request"
  ],
  ["broken chunks", `${POST}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`, 400, "bad-request"],
  ["no Host", "GET /livez HTTP/1.1\r\n\r\n", 400, "bad-request"],
  ["an address of 20 kB", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431, "header-too-large"],
  ["headers of 20 kB", `GET /livez HTTP/1.1\r\n${HOST}X: ${"a".repeat(20_000)}\r\n\r\n`, 431, "header-too-large"],
  ["CONNECT", "CONNECT level4:443 HTTP/1.1\r\nHost: level4:443\r\n\r\n", 501, "not-implemented"],
  ["an Expect that can't be met", `GET /livez HTTP/1.1\r\n${HOST}Expect: wonders\r\n\r\n`, 417, "expectation-failed"],
  [
    "a megabyte in chunks",
    `${POST}Transfer-Encoding: chunked\r\n\r\n100000\r\n${"a".repeat(0x100000)}\r\n0\r\n\r\n`,
    413,
    "payload-too-large"
  ],
  ["a megabyte announced", `${POST}Content-Length: 1048576\r\n\r\n`, 413, "payload-too-large"],
  ["a megabyte asked for", `${POST}Content-Length: 1048576\r\nExpect: 100-continue\r\n\r\n`, 413, "payload-too-large"]
]

layer(layerApi(inMemory), { excludeTestServices: true })("over bare sockets", (it) => {
  it.effect.each(BROKEN)("answers %s and closes", ([_what, bytes, status, name]) =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const answers = answersOf(yield* raw(bytes))
      assert.lengthOf(answers, 1)
      assert.strictEqual(answers[0]?.status, status)
      assert.include(answers[0]?.head, "content-type: application/problem+json")
      assert.include(answers[0]?.head, "connection: close")
      assertProblemBody(answers[0]?.json, status, name)
    })
  )

  it.effect("keeps a connection after a refusal, and answers in turn", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const bytes =
        `${POST}Content-Length: 1\r\n\r\n{` +
        `GET /symbols/a*c HTTP/1.1\r\n${HOST}\r\n` +
        `${POST}Content-Length: 16\r\n\r\n{"symbol":"PIPE"}`.replace("16", "17") +
        `DELETE /symbols HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc` +
        `GET /livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`
      const answers = answersOf(yield* raw(bytes))
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [400, 400, 201, 405, 200]
      )
    })
  )

  it.effect("answers what was whole before it answers what is broken", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const answers = answersOf(yield* raw(`GET /livez HTTP/1.1\r\n${HOST}\r\n`, (text) => text.includes("alive")))
      assert.deepStrictEqual(answers[0]?.json, { status: "alive" })
      const mixed = yield* raw(`GET /livez HTTP/1.1\r\n${HOST}\r\nBROKEN\r\n\r\n`)
      assert.include(mixed, '{"status":"alive"}')
      assert.match(mixed, /HTTP\/1.1 400 Bad Request[^]*bad-request/)
    })
  )

  it.effect("never answers what is broken in the place of a request that waits", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const faults = yield* CatalogFaults
      faults.hold = Effect.never
      const text = yield* raw(`GET /symbols HTTP/1.1\r\n${HOST}\r\nBROKEN\r\n\r\n`)
      faults.hold = undefined
      assert.strictEqual(text, "")
    })
  )

  it.effect("takes a body only after it said to go on, when asked so", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const text = yield* raw(
        `${POST}Content-Length: 17\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n{"symbol":"GOES"}`
      )
      assert.match(text, /^HTTP\/1.1 100 Continue/)
      assert.strictEqual(answersOf(text)[0]?.status, 201)
    })
  )

  it.effect.each([
    ["HTTP/1.0 without a Host", "GET /livez HTTP/1.0\r\n\r\n"],
    ["an offer of h2c", `GET /livez HTTP/1.1\r\n${HOST}Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`],
    ["an absolute address", `GET http://localhost/livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`]
  ] as const)("takes %s", ([_what, bytes]) =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const answers = answersOf(yield* raw(bytes))
      assert.deepStrictEqual(answers[0]?.json, { status: "alive" })
    })
  )

  it.effect("OPTIONS * tells all methods", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      const [answer] = answersOf(yield* raw(`OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`))
      assert.strictEqual(answer?.status, 204)
      assert.include(answer?.head, "allow: delete, get, head, options, patch, post")
    })
  )

  it.effect("answers TRACE and other known methods with 405", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      for (const method of ["TRACE", "PROPFIND", "QUERY"]) {
        const [answer] = answersOf(yield* raw(`${method} /livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`))
        assertProblemBody(answer?.json, 405, "method-not-allowed")
        assert.include(answer?.head, "allow: get, head, options")
      }
    })
  )
})
