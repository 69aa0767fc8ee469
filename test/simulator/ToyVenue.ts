// Owns a venue of two markets that says little: each move is one `book` frame with its version and a checksum of 6,
// what a client says comes back, `/book` weighs 1 and `/heavy` 60. And a raw client of the simulator, without any
// scheme.
import { Data, Effect, type Scope } from "effect"
import { WebSocket } from "ws"
import { Simulator, type Simulating } from "../../src/simulator/Simulator.ts"
import type { Client, Listing, SimLimits, SimMarket, Venue } from "../../src/simulator/Venue.ts"
import { until } from "../support/until.ts"

const listing = (symbol: string): Listing => ({
  symbol,
  base: symbol,
  quote: "USD",
  priceDecimals: 2,
  sizeDecimals: 3,
  price: 100,
  size: 5
})

const limits: SimLimits = {
  connects: { count: 5, perMs: 60_000 },
  messages: { count: 20, perMs: 60_000 },
  rest: { weight: 100, perMs: 60_000, weightOf: (path) => (path.startsWith("/heavy") ? 60 : 1) },
  marketsPerSocket: 2,
  ban: { status: 418, ms: 60_000 }
}

export const toyVenue = (over: Partial<Venue> = {}): Venue => {
  let gateways = 0
  return {
    exchange: "Toy",
    marketType: "SPOT",
    history: false,
    listings: [listing("A"), listing("B")],
    listing: (n) => listing(`S${n}`),
    limits,
    gateway: () => {
      const number = ++gateways
      let moves = 0
      return {
        step: () => void moves++,
        connect: (path, client) => {
          if (path !== "/ws") return "no such path"
          client.send("acknowledgement", null, `gateway ${number}`)
          return talk(client, () => moves)
        },
        rest: (path) =>
          path === "/book" || path === "/heavy"
            ? { status: 200, body: `{"moves":${moves},"gateway":${number}}` }
            : null,
        maintenance: (client) => client.send("heartbeat", null, "maintenance")
      }
    },
    ...over
  }
}

const talk = (client: Client, moves: () => number) => ({
  markets: new Set(["A", "B"]),
  text: (text: string) => client.send("acknowledgement", null, text === "crash" ? String(JSON.parse("{")) : text),
  listing: ({ symbol, state }: SimMarket) => client.send("heartbeat", symbol, `${symbol} ${state}`),
  step: ({ symbol }: Listing) =>
    client.send("book", symbol, JSON.stringify({ s: symbol, n: moves(), c: client.checksum(symbol, 6) })),
  tick: () => {}
})

/** The upgrade was refused, with its status, or the address did not answer. */
class NotDialled extends Data.TaggedError("NotDialled")<{ readonly message: string }> {}
type NotSeen = Effect.Error<ReturnType<typeof until>>

export interface Stage {
  readonly simulator: Simulating
  readonly base: string
  readonly call: (
    method: string,
    path: string,
    body?: object
  ) => Effect.Effect<{ readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> }>
  /** Moves a market, so many times. */
  readonly move: (symbol: string, times?: number) => void
  readonly dial: (path?: string) => Effect.Effect<RawClient, NotDialled, Scope.Scope>
  readonly fault: (request: object) => Effect.Effect<Record<string, unknown>>
}

/** A simulator that moves only when the test says so. */
export const stage = Effect.gen(function* () {
  const simulator = yield* Simulator
  const base = `http://${simulator.authority}`
  const call: Stage["call"] = (method, path, body) =>
    Effect.promise(async () => {
      const answer = await fetch(base + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
    })
  const made: Stage = {
    simulator,
    base,
    call,
    move: (symbol, times = 1) => {
      const one = simulator.venues[0]!
      for (let n = 0; n < times; n++) one.move(one.markets.get(symbol)!, one.now())
    },
    dial: (path = "/toy/spot/ws") => rawClient(`ws://${simulator.authority}${path}`),
    fault: (request) => Effect.map(call("POST", "/faults", { exchange: "toy", ...request }), ({ body }) => body)
  }
  return made
})

export const toyLayer = (venue: Venue = toyVenue(), madeUp = 0, rate = 0) =>
  Simulator.layer({ venues: [venue], host: "127.0.0.1", port: 0, seed: "toy", rate, madeUp })

export interface RawClient {
  readonly socket: WebSocket
  readonly heard: Array<string>
  /** `code reason`; null while open. */
  readonly closed: () => string | null
  readonly pongs: () => number
  readonly headers: () => Record<string, unknown>
  /** Waits until so many frames were heard in all. */
  readonly frames: (count: number) => Effect.Effect<ReadonlyArray<string>, NotSeen>
  readonly end: Effect.Effect<string | null, NotSeen>
}

/** Dials; fails with the status of a refused upgrade, such as `418 retry-after 60`. */
const rawClient = (url: string): Effect.Effect<RawClient, NotDialled, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<RawClient, NotDialled>((resume) => {
      const socket = new WebSocket(url)
      const heard: Array<string> = []
      let closed: string | null = null
      let pongs = 0
      let headers = {}
      socket.on("message", (data: Buffer) => void heard.push(data.toString("utf8")))
      socket.on("pong", () => void pongs++)
      socket.on("upgrade", (response) => void (headers = response.headers))
      socket.on("unexpected-response", (_request, response) => {
        response.resume()
        const detail = `${response.statusCode} retry-after ${response.headers["retry-after"]}`
        resume(Effect.fail(new NotDialled({ message: detail })))
      })
      socket.on("error", ({ message }) => resume(Effect.fail(new NotDialled({ message }))))
      socket.on("close", (code, reason) => void (closed = `${code} ${String(reason)}`.trim()))
      socket.on("open", () =>
        resume(
          Effect.succeed({
            socket,
            heard,
            closed: () => closed,
            pongs: () => pongs,
            headers: () => headers,
            frames: (count) =>
              until(
                `${count} frames`,
                Effect.sync(() => heard),
                ({ length }) => length >= count
              ),
            end: until(
              "the close",
              Effect.sync(() => closed),
              (code) => code !== null
            )
          })
        )
      )
    }),
    ({ socket }) => Effect.sync(() => socket.terminate())
  )
