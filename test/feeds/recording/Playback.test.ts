// Owns the proof that a playback is as the venue was: every frame in order and in time, its REST answers, bounded
// memory for a client that does not read, and an end that no client can put off.
import { assert, describe, it } from "@effect/vitest"
import { Console, Effect, Exit, Fiber, Runtime, Scope } from "effect"
import { TestClock } from "effect/testing"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Playback } from "../../../src/feeds/recording/Playback.ts"
import { readRecording, type RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { playbackClient } from "../../support/PlaybackClient.ts"
import { SIMULATED_FILE } from "../../support/naiveSimulated.ts"
import { recordedMarkets, temporaryFolder } from "../../support/Recordings.ts"
import { withTimersOf } from "../../support/stoppedTimers.ts"
import { until } from "../../support/until.ts"

const URL_OF_VENUE = "wss://venue/stream"

const row = (at: number, kind: RecordingRow["kind"], text: string, url = URL_OF_VENUE): RecordingRow => ({
  at,
  kind,
  url,
  text
})

const serve = (rows: ReadonlyArray<RecordingRow>, speed = 0) =>
  Playback.serve({ rows, host: "127.0.0.1", port: 0, speed })

const get = (url: string) =>
  Effect.promise(async () => {
    const answer = await fetch(url)
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() }
  })

/** Plays a file as the command does; gives what it prints. */
const running = Effect.fnUntraced(function* (file: string) {
  const printed = { out: [] as Array<string>, err: [] as Array<string> }
  const console: Console.Console = {
    ...globalThis.console,
    log: (text: string) => void printed.out.push(text),
    error: (text: string) => void printed.err.push(text)
  }
  const playing = Playback.run({ file, host: "127.0.0.1", port: 0, speed: 0 })
  const fiber = yield* Effect.forkScoped(Effect.provideService(playing, Console.Console, console))
  return { printed, fiber }
})

describe("Playback", () => {
  it.live("plays what is whole of a file that was cut off to every client, and says what is lost", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => readFile(SIMULATED_FILE))
      const file = join(yield* temporaryFolder, "cut.gz")
      yield* Effect.promise(() => writeFile(file, whole.subarray(0, whole.length - 3_000)))
      const rows = yield* readRecording(file, () => {})
      const texts = rows.filter(({ kind }) => kind === "recv").map(({ text }) => text)
      const { printed } = yield* running(file)
      const looked = Effect.sync(() => printed.err)
      yield* until("both lines", looked, ({ length }) => length === 2)
      assert.match(
        printed.err[0]!,
        new RegExp(`^${file}: is cut off after ${rows.length} whole rows: \\d+ bytes of a half`)
      )
      assert.include(printed.err[1]!, `${texts.length} frames at ${printed.out[0]}, 1 REST answers at http://`)
      const clients = [yield* playbackClient(printed.out[0]!), yield* playbackClient(printed.out[0]!)]
      for (const client of clients) {
        client.socket.send("subscribe")
        yield* client.atLeast(texts.length)
        assert.deepStrictEqual(client.frames, texts)
      }
    })
  )

  it.live("refuses a file that is no recording before it listens", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "none.gz")
      yield* Effect.promise(() => writeFile(file, "plain"))
      const { fiber, printed } = yield* running(file)
      const failure = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual(failure.message, `${file}: is no gzip file`)
      assert.deepStrictEqual(printed, { out: [], err: [] })
    })
  )

  for (const { name, file, isHere } of recordedMarkets)
    it.live.skipIf(!isHere)(`gives each of two clients all of ${name} in order`, () =>
      Effect.gen(function* () {
        const rows = yield* readRecording(file)
        const texts = rows.filter(({ kind }) => kind === "recv").map(({ text }) => text)
        const { url } = yield* serve(rows)
        const first = yield* playbackClient(`${url}/stream?streams=a`)
        const second = yield* playbackClient(url)
        first.socket.send("subscribe")
        yield* first.atLeast(texts.length)
        second.socket.send("{")
        first.socket.send("something else")
        yield* second.atLeast(texts.length)
        yield* Effect.all([first.answered, second.answered])
        assert.deepStrictEqual(first.frames, texts)
        assert.deepStrictEqual(second.frames, texts)
        assert.isNull(first.code)
      })
    )

  it.effect("keeps the recorded pace, divided by the speed, once the client has spoken", () =>
    Effect.gen(function* () {
      const frames = ["a", "b", "c"].map((text, index) => row(5_000_000 + index * 1_000_000, "recv", text))
      const { url } = yield* serve([row(4_000_000, "sent", "hello"), ...frames], 2)
      const client = yield* playbackClient(url)
      yield* TestClock.adjust("1 minute")
      yield* client.answered
      assert.deepStrictEqual(client.frames, [])
      client.socket.send("hello")
      yield* client.atLeast(1)
      yield* TestClock.adjust("499 millis")
      yield* client.answered
      assert.deepStrictEqual(client.frames, ["a"])
      yield* TestClock.adjust("1 millis")
      yield* client.atLeast(2)
      yield* TestClock.adjust("500 millis")
      yield* client.atLeast(3)
      assert.deepStrictEqual(client.frames, ["a", "b", "c"])
    })
  )

  it.effect("speaks without being asked where the recorded URL did", () =>
    Effect.gen(function* () {
      const { url } = yield* serve([row(1, "open", ""), row(2, "recv", "a")])
      const client = yield* playbackClient(url)
      yield* client.answered
      assert.deepStrictEqual(client.frames, [])
      yield* TestClock.adjust("250 millis")
      yield* client.atLeast(1)
    })
  )

  it.live("gives a client the socket whose path it dials, and all of them on any other path", () =>
    Effect.gen(function* () {
      const rows = ["public", "market"].flatMap((line) => [
        row(1, "sent", "", `wss://venue/${line}/stream#${line}`),
        row(1, "recv", line, `wss://venue/${line}/stream#${line}`)
      ])
      const { url } = yield* serve(rows)
      for (const [path, frames] of [
        ["/public/stream", ["public"]],
        ["/market/stream?x=1", ["market"]],
        ["/", ["public", "market"]]
      ] as const) {
        const client = yield* playbackClient(`${url}${path}`)
        client.socket.send("")
        yield* client.atLeast(frames.length)
        yield* client.answered
        assert.deepStrictEqual(client.frames, [...frames])
      }
    })
  )

  it.live("answers REST as recorded: the same address, the same symbol, never another one", () =>
    Effect.gen(function* () {
      const rest = "https://venue/api/depth?symbol="
      const refused = { ...row(3, "http", "{}", "https://venue/book/eth?a=1"), status: 429 }
      const { restUrl } = yield* serve([
        row(1, "http", '["first"]', `${rest}BTC&limit=10`),
        row(2, "http", '["second"]', `${rest}BTC&limit=10`),
        row(2, "http", '["other"]', `${rest}ETH&limit=10`),
        refused
      ])
      const body = (target: string) => Effect.map(get(`${restUrl}${target}`), (answer) => answer.body)
      assert.deepStrictEqual(yield* get(`${restUrl}/api/depth?limit=10&symbol=ETH`), {
        status: 200,
        type: "application/json",
        body: '["other"]'
      })
      assert.strictEqual(yield* body("/api/depth?symbol=BTC&limit=5000"), '["first"]')
      assert.strictEqual(yield* body("/v9/book?symbol=BTC"), '["second"]')
      assert.strictEqual(yield* body("/api/depth?symbol=BTC&limit=10"), '["second"]')
      assert.strictEqual((yield* get(`${restUrl}/book/eth/`)).status, 429)
      for (const target of ["/api/depth?symbol=BT&limit=10", "/api/depth", "/", "//", "/book/et"]) {
        const { status, type, body } = yield* get(`${restUrl}${target}`)
        assert.deepStrictEqual([status, type], [404, "application/problem+json"])
        assert.include((JSON.parse(body) as { detail: string }).detail, target)
      }
    })
  )

  it.live("holds little for a client that does not read, and goes on when it does", () =>
    Effect.gen(function* () {
      let taken = 0
      const text = "x".repeat(65_536)
      const frame = {
        ...row(1, "recv", ""),
        get text() {
          taken++
          return text
        }
      }
      const count = 1_500
      const { url } = yield* serve(Array.from({ length: count }, () => frame))
      const client = yield* playbackClient(url)
      client.socket.pause()
      client.socket.send("go")
      let before = -1
      const still = Effect.delay(
        Effect.sync(() => [before, (before = taken)] as const),
        "100 millis"
      )
      yield* until("the playback waits", still, ([before, now]) => now > 0 && before === now)
      assert.isBelow(taken, count / 2)
      client.socket.resume()
      yield* client.atLeast(count)
      assert.strictEqual(taken, count)
    })
  )

  it.live("says goodbye at the end, and does not wait for who never answers it", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { url, port } = yield* Scope.provide(serve([row(1, "sent", ""), row(2, "recv", "a")]), scope)
      const client = yield* playbackClient(url)
      const deaf = yield* playbackClient(url)
      deaf.socket.pause()
      yield* withTimersOf(1_000, Scope.close(scope, Exit.void))
      assert.strictEqual(yield* client.closed, 1001)
      // the port is free again
      yield* Playback.serve({ rows: [], host: "127.0.0.1", port, speed: 1 })
    })
  )

  it.live("refuses an address that is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* serve([])
      const refused = yield* Effect.flip(Playback.serve({ rows: [], host: "127.0.0.1", port, speed: 1 }))
      assert.include(refused.message, `can't listen on 127.0.0.1 port ${port}: listen EADDRINUSE`)
      assert.strictEqual(Runtime.getErrorExitCode(refused), 2)
    })
  )
})
