// Websocket and REST of a venue that only a CONNECT proxy on loopback can reach, since its name has no address.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createServer as createSecureServer } from "node:https"
import { type AddressInfo, connect, type Server } from "node:net"
import type { Duplex } from "node:stream"
import { WebSocketServer } from "ws"
import { useProxies } from "../../../src/feeds/venue/Proxy.ts"
import { websocket } from "../../../src/feeds/venue/Websocket.ts"

/** A certificate for venue.test, of no authority; good for a hundred years. */
const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/venue.test.${name}`, import.meta.url))

const listening = (server: Server, close: () => void) =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.callback<void>((resume) => {
        close()
        server.close(() => resume(Effect.void))
      })
  )

const venue = Effect.gen(function* () {
  const server = createSecureServer({ key: pem("key"), cert: pem("crt") }, (_request, response) =>
    response.end("a book")
  )
  const accept = new WebSocketServer({ server })
  accept.on("connection", (socket) => socket.send("a frame"))
  return yield* listening(server, () => {
    for (const socket of accept.clients) socket.terminate()
    server.closeAllConnections()
  })
})

/** Tunnels every address to one port, or refuses with a status. */
const proxy = Effect.fnUntraced(function* (port: number, refusal?: number) {
  const asked: Array<string> = []
  // a server forgets the sockets of its tunnels
  const tunnels = new Set<Duplex>()
  const server = createServer()
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "")
    tunnels.add(socket)
    socket.on("error", () => {})
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n")
      upstream.pipe(socket).pipe(upstream)
    }).on("error", () => socket.destroy())
    socket.on("close", () => upstream.destroy())
  })
  const own = yield* listening(server, () => {
    for (const socket of tunnels) socket.destroy()
    server.closeAllConnections()
  })
  const url = `http://user:secret@127.0.0.1:${own}`
  return { asked, url }
})

/** The first frame of a websocket. */
const firstFrame = (url: string) =>
  Effect.callback<string>((resume) => {
    const fiber = Effect.runFork(
      websocket({
        url,
        keepalive: { ping: { every: 60_000, text: null }, socketSilence: 60_000, marketSilence: null },
        onOpen: () => {},
        onFrame: (frame) => resume(Effect.succeed(Buffer.from(frame).toString()))
      }).pipe(
        Effect.catch(({ detail, cause }) => Effect.sync(() => resume(Effect.succeed(`${detail} ${cause?._tag}`))))
      )
    )
    return Fiber.interrupt(fiber)
  })

const page = (url: string) =>
  Effect.flatMap(HttpClient.get(url), ({ text }) => text).pipe(Effect.provide(FetchHttpClient.layer))

/** Trusts the fixture's certificate for as long as the scope is open. */
const trusting = Effect.acquireRelease(
  Effect.sync(() => process.env["NODE_TLS_REJECT_UNAUTHORIZED"]),
  (before) =>
    Effect.sync(() => {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before
    })
).pipe(Effect.andThen(Effect.sync(() => (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"))))

describe("an HTTP proxy", () => {
  it.live("carries websocket and REST of a venue", () =>
    Effect.gen(function* () {
      yield* trusting
      const port = yield* venue
      const { asked, url } = yield* proxy(port)
      yield* useProxies({ HTTPS_PROXY: url })
      assert.strictEqual(yield* firstFrame("wss://venue.test/ws"), "a frame")
      assert.strictEqual(yield* page("https://venue.test/book"), "a book")
      assert.deepStrictEqual(asked, ["venue.test:443", "venue.test:443"])
    }).pipe(Effect.scoped)
  )

  it.live("is not asked for what NO_PROXY names, nor for loopback", () =>
    Effect.gen(function* () {
      yield* trusting
      const port = yield* venue
      const { asked, url } = yield* proxy(port)
      yield* useProxies({ https_proxy: url, no_proxy: "venue.invalid" })
      assert.match(yield* firstFrame("wss://venue.invalid/ws"), /getaddrinfo .* Unreachable$/)
      assert.strictEqual(yield* firstFrame(`wss://127.0.0.1:${port}/ws`), "a frame")
      assert.strictEqual(yield* page(`https://127.0.0.1:${port}/book`), "a book")
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.scoped)
  )

  it.live("that gives no tunnel is our own network's trouble, and costs the venue nothing", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* proxy(0, 403)
      yield* useProxies({ HTTPS_PROXY: url })
      assert.match(yield* firstFrame("wss://venue.test/ws"), / Unreachable$/)
      assert.lengthOf(asked, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("that is none is refused at the start", () =>
    Effect.gen(function* () {
      for (const HTTPS_PROXY of ["proxy.example:3128", "socks5://127.0.0.1:1080", "/"]) {
        const error = yield* Effect.flip(useProxies({ HTTPS_PROXY }))
        assert.deepInclude(error, { _tag: "ProxyUnusable", variable: "HTTPS_PROXY" }, HTTPS_PROXY)
      }
      yield* useProxies({})
      yield* useProxies({ HTTPS_PROXY: "" })
    }).pipe(Effect.scoped)
  )
})
