// Owns a websocket server that says what a test tells it to, for what the real service does not do on a word: refuse
// what it took before, fall silent, say something unknown.
import { Effect } from "effect"
import { once } from "node:events"
import { type WebSocket, WebSocketServer } from "ws"

export interface Conversation {
  /** Counts connections from 0. */
  readonly index: number
  readonly socket: WebSocket
  readonly say: (message: object | string) => void
  /** What the client said so far, decoded. */
  readonly heard: Array<Record<string, unknown>>
}

/** Calls back with each message of a client; its address is like the service's. */
export const scriptedService = (answer: (talk: Conversation) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const talks: Array<Conversation> = []
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/stream" })
      server.on("connection", (socket) => {
        const say = (message: object | string) =>
          socket.send(typeof message === "string" ? message : JSON.stringify(message))
        const talk: Conversation = { index: talks.length, socket, say, heard: [] }
        talks.push(talk)
        socket.on("error", () => {})
        socket.on("message", (data: Buffer) => {
          talk.heard.push(JSON.parse(data.toString("utf8")) as Record<string, unknown>)
          answer(talk)
        })
      })
      await once(server, "listening")
      const address = server.address()
      if (address === null || typeof address === "string") throw new Error("no port on loopback")
      return { url: `http://127.0.0.1:${address.port}`, talks, server }
    }),
    ({ server }) =>
      Effect.sync(() => {
        for (const client of server.clients) client.terminate()
        server.close()
      })
  )

/** The answer that a subscription was understood. */
export const understood = {
  type: "subscribed",
  id: 1,
  channels: ["trade"],
  markets: [{ id: 7, tag: "COINBASE.SPOT:BTC-USD", state: "live" }],
  patterns: [],
  delivery: "lossless"
} as const

/** A trade of market 7. */
export const trade = (seq: number, epoch = 1) => ({
  type: "trade",
  market_id: 7,
  tag: "COINBASE.SPOT:BTC-USD",
  epoch,
  seq,
  ts_exchange: null,
  ts_received: 1_795_000_000_000_000,
  id: String(seq),
  price: "100.5",
  size: "0.25",
  side: "buy"
})
