// Owns the far side of the benchmarks that need a socket: a venue in a process of its own that speaks Coinbase's
// protocol, gives every product a book of so many levels a side, and sends bursts of prepared frames as bytes when it
// is ordered to, so that sending costs next to nothing. Run by `fork`; tells its port when it listens.
import { createServer } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { WebSocketServer, type WebSocket } from "ws"
import { burstFrames, PRODUCT, updateText } from "./venueFrames.ts"

const LEVELS = Number(process.argv[2] ?? 1_000)

const side = (sign: 1 | -1): ReadonlyArray<readonly [string, string]> =>
  Array.from({ length: LEVELS }, (_, rank) => [
    (20_000 + sign * (rank + 1) * 0.01).toFixed(2),
    ((rank % 97) + 0.12345678).toFixed(8)
  ])
const bids = side(-1)
const asks = side(1)

/** A text as the websocket frame that a server sends. */
const framed = (text: string): Buffer => {
  const head = Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff])
  return Buffer.concat([head, Buffer.from(text, "latin1")])
}
const burst = Buffer.concat(burstFrames().map(framed))

const subscribed = new Map<string, WebSocket>()
const server = createServer((_request, response) => response.writeHead(404).end())
const accept = new WebSocketServer({ server })
accept.on("connection", (socket) => {
  socket.on("message", (data: Buffer) => {
    const request = JSON.parse(data.toString("utf8")) as { type: string; product_ids: ReadonlyArray<string> }
    if (request.type !== "subscribe") return
    for (const product_id of request.product_ids) {
      subscribed.set(product_id, socket)
      socket.send(JSON.stringify({ type: "snapshot", product_id, bids, asks }))
      socket.send(JSON.stringify({ type: "subscriptions", channels: [] }))
    }
  })
  socket.on("error", () => socket.terminate())
})
// the venue's own heartbeats, since a market that is silent for ten seconds is doubted
setInterval(() => {
  for (const [product_id, socket] of subscribed) {
    socket.send(JSON.stringify({ type: "heartbeat", product_id, last_trade_id: 0, sequence: 0, time: "" }))
  }
}, 1_000)

/** Writes the burst so many times, each when the one before has left. */
const send = (bursts: number): void => {
  const { _socket: raw } = subscribed.get(PRODUCT) as unknown as { readonly _socket: Socket }
  if (bursts > 0) raw.write(burst, () => send(bursts - 1))
}
/** One ordinary update for every market. */
const updateAll = (): void => {
  for (const [product_id, socket] of subscribed) socket.send(updateText(product_id, 0))
}
process.on("message", (order: { readonly bursts?: number; readonly updates?: true }) => {
  if (order.bursts !== undefined) send(order.bursts)
  if (order.updates) updateAll()
})
process.on("disconnect", () => process.exit(0))
server.listen(0, "127.0.0.1", () => process.send!({ port: (server.address() as AddressInfo).port }))
