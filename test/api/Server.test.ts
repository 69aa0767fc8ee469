// The server as a whole: where it listens, what it says when it can't, and that it stops in time with every socket
// closed.
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { CannotListen } from "../../src/api/Server.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"
import { withoutTimers, withTimersOf } from "../support/stoppedTimers.ts"

/** The longest that a stop may wait for anybody. */
const STOP_LIMIT_MS = 3_000

/** A running server that the test stops itself. */
const running = (environment = {}) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const context = yield* Layer.buildWithScope(layerApi(inMemory, environment), scope)
    const stop = Scope.close(scope, Exit.void)
    const client = yield* Effect.provideContext(ApiClient, context)
    const faults = yield* Effect.provideContext(CatalogFaults, context)
    return { stop, faults, ...client, port: Number(new URL(client.url).port) }
  })

const dial = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const socket = connect(port, "127.0.0.1")
      socket.on("error", () => {})
      await once(socket, "connect")
      return socket
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )
const closed = (socket: Socket) =>
  Effect.promise(async () => {
    if (!socket.closed) await once(socket, "close")
  })
const received = (socket: Socket, text: string) =>
  Effect.callback<string>((resume) => {
    let all = ""
    socket.on("data", (chunk: Buffer) => {
      all += String(chunk)
      if (all.includes(text)) resume(Effect.succeed(all))
    })
  })
const refusesDial = (port: number) =>
  Effect.promise(async () => {
    const [error] = await once(connect(port, "127.0.0.1"), "error").catch((cause: unknown) => [cause])
    return String(Object(error).code)
  })

it.live("tells the address that was really bound", () =>
  Effect.gen(function* () {
    const { logged, send, url } = yield* running()
    assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    assert.include(logged, `Info listening on ${url}`)
    assert.strictEqual((yield* send("GET", "/livez")).status, 200)
  }).pipe(Effect.scoped)
)

it.live("says how to mend a taken port, and takes it when it is free again", () =>
  Effect.gen(function* () {
    const first = yield* running()
    const second = yield* Effect.flip(running({ LEVEL4_PORT: String(first.port) }))
    assert(second instanceof CannotListen)
    assert.include(second.message, `Port ${first.port} of 127.0.0.1 is taken`)
    assert.include(second.message, `LEVEL4_PORT=${first.port + 1}`)
    yield* first.stop
    const third = yield* running({ LEVEL4_PORT: String(first.port) })
    assert.strictEqual(third.port, first.port)
  }).pipe(Effect.scoped)
)

it.live("says what is wrong with an address that is none of this machine", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(running({ LEVEL4_HOST: "192.0.2.1", LEVEL4_OPERATOR_TOKEN: "a-token-of-sixteen" }))
    assert(error instanceof CannotListen)
    assert.include(error.message, "192.0.2.1 is no address of this machine. Set LEVEL4_HOST")
  }).pipe(Effect.scoped)
)

it.live("stops at once although clients keep connections open", () =>
  Effect.gen(function* () {
    const { port, send, stop } = yield* running()
    yield* send("GET", "/livez")
    const fresh = yield* dial(port)
    const used = yield* dial(port)
    const answer = received(used, "alive")
    used.write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    yield* answer
    yield* withoutTimers(stop)
    yield* closed(used)
    yield* closed(fresh)
    assert.strictEqual(yield* refusesDial(port), "ECONNREFUSED")
  }).pipe(Effect.scoped)
)

it.live("lets an answer under way finish before it stops", () =>
  Effect.gen(function* () {
    const { faults, port, stop } = yield* running()
    const gate = yield* Deferred.make<void>()
    const asked = yield* Deferred.make<void>()
    faults.hold = Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(gate))
    const socket = yield* dial(port)
    const answer = yield* Effect.forkChild(received(socket, "[]"))
    socket.write("GET /symbols HTTP/1.1\r\nHost: localhost\r\n\r\n")
    yield* Deferred.await(asked)
    const stopping = yield* Effect.forkChild(withoutTimers(stop))
    yield* Effect.promise(() => refusal(port))
    yield* Deferred.succeed(gate, undefined)
    assert.match(yield* Fiber.join(answer), /^HTTP\/1.1 200 OK/)
    yield* Fiber.join(stopping)
    yield* closed(socket)
  }).pipe(Effect.scoped)
)

it.live("answers 503 to what can't finish in time, and closes what never became a request", () =>
  Effect.gen(function* () {
    const { faults, port, stop } = yield* running()
    const asked = yield* Deferred.make<void>()
    faults.hold = Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
    const hanging = yield* dial(port)
    const half = yield* dial(port)
    const answer = yield* Effect.forkChild(received(hanging, "}"))
    half.write("POST /symbols HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    hanging.write("GET /symbols HTTP/1.1\r\nHost: localhost\r\n\r\n")
    yield* Deferred.await(asked)
    yield* withTimersOf(STOP_LIMIT_MS, stop)
    assert.match(yield* Fiber.join(answer), /^HTTP\/1.1 503 Service Unavailable[^]*problems\/shutting-down/)
    yield* closed(hanging)
    yield* closed(half)
  }).pipe(Effect.scoped)
)

it.live("closes the connection of a client that does not read its answers", () =>
  Effect.gen(function* () {
    const { logged, port, send, stop } = yield* running()
    const deaf = yield* dial(port)
    deaf.pause()
    // 30 MB: more than the buffers between the two can take
    deaf.write("GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(10))
    while (!logged.some((line) => line.includes("GET /docs 200"))) yield* send("GET", "/livez")
    yield* withTimersOf(STOP_LIMIT_MS, stop)
    deaf.resume()
    yield* closed(deaf)
  }).pipe(Effect.scoped)
)

it.live("lets a slow reader have the rest of its answer before it stops", () =>
  Effect.gen(function* () {
    const { logged, port, send, stop } = yield* running()
    const slow = yield* dial(port)
    slow.pause()
    slow.write("GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(10))
    while (!logged.some((line) => line.includes("GET /docs 200"))) yield* send("GET", "/livez")
    const stopping = yield* Effect.forkChild(withoutTimers(stop))
    yield* Effect.promise(() => refusal(port))
    const answers = yield* Effect.promise(async () => {
      const chunks: Array<Buffer> = []
      slow.on("data", (chunk: Buffer) => chunks.push(chunk)).resume()
      await once(slow, "end")
      return Buffer.concat(chunks)
        .toString()
        .match(/<\/html>/g)
    })
    assert.lengthOf(answers ?? [], 10)
    yield* Fiber.join(stopping)
  }).pipe(Effect.scoped)
)

/** Waits until the port refuses connections: the stop has begun. */
const refusal = async (port: number): Promise<void> => {
  for (;;) {
    const socket = connect(port, "127.0.0.1")
    const refused = await once(socket, "connect").then(
      () => false,
      () => true
    )
    socket.destroy()
    if (refused) return
  }
}
