// What Node's own errors say: real ones where loopback can make them.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { LookupFunction } from "node:net"
import { connect, createServer } from "node:net"
import { networkFault } from "../../../src/feeds/venue/NetworkFault.ts"

/** A port on which nobody listens. */
const closedPort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0)))
  })
})

const twoAddresses: LookupFunction = (_host, _options, answer) =>
  answer(null, [
    { address: "127.0.0.1", family: 4 },
    { address: "127.0.0.2", family: 4 }
  ])

const dial = (port: number) =>
  Effect.callback<Error>((resume) => {
    connect({ host: "venue.test", port, lookup: twoAddresses, autoSelectFamily: true }).on("error", (error) =>
      resume(Effect.succeed(error))
    )
  })

const systemError = (message: string, fields: object) => Object.assign(new Error(message), fields)

describe("networkFault", () => {
  it.effect("tells what each address of a name said, though the error itself says nothing", () =>
    Effect.gen(function* () {
      const port = yield* closedPort
      const error = yield* dial(port)
      assert.instanceOf(error, AggregateError)
      const fault = networkFault(error)
      assert.strictEqual(fault.detail, `connect ECONNREFUSED 127.0.0.1:${port}; connect ECONNREFUSED 127.0.0.2:${port}`)
      assert.strictEqual(fault.unreachable?.code, "ECONNREFUSED")
    })
  )

  it.effect("finds what fetch hides", () =>
    Effect.gen(function* () {
      const port = yield* closedPort
      const error = yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => null,
          (cause: unknown) => cause
        )
      )
      const fault = networkFault(error)
      assert.strictEqual(fault.detail, `connect ECONNREFUSED 127.0.0.1:${port}`)
      assert.strictEqual(fault.unreachable?.code, "ECONNREFUSED")
    })
  )

  it("knows our own network's failures from those that reached the venue", () => {
    const name = systemError("getaddrinfo EAI_AGAIN x", { code: "EAI_AGAIN", syscall: "getaddrinfo" })
    const route = systemError("connect EHOSTUNREACH 10.0.0.1:443", { code: "EHOSTUNREACH", syscall: "connect" })
    const cut = systemError("read ECONNRESET", { code: "ECONNRESET", syscall: "read" })
    const tls = systemError("certificate has expired", { code: "CERT_HAS_EXPIRED" })
    assert.strictEqual(networkFault(name).unreachable?.code, "EAI_AGAIN")
    assert.strictEqual(networkFault(route).unreachable?.code, "EHOSTUNREACH")
    assert.isNull(networkFault(cut).unreachable)
    assert.isNull(networkFault(tls).unreachable)
    assert.strictEqual(networkFault(tls).code, "CERT_HAS_EXPIRED")
    // one address refused, the other one was reached and hung up
    assert.isNull(networkFault(new AggregateError([route, cut])).unreachable)
    // words decide nothing
    assert.isNull(networkFault(new Error("Unexpected server response: ECONNREFUSED")).unreachable)
  })

  it("says something of anything, in bounded time", () => {
    assert.strictEqual(networkFault(systemError("", { code: "EPIPE" })).detail, "EPIPE")
    assert.strictEqual(networkFault("gone").detail, "gone")
    const circular = new Error("around and around")
    circular.cause = circular
    assert.strictEqual(networkFault(circular).detail, "around and around")
  })
})
