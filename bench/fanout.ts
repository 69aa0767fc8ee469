// Owns the measurement of the fan-out: production code from a market's sink to the clients' sockets, over loopback,
// with clients in a process of their own. Reported is the CPU time of the serving process, kernel work included, per
// event that a client got, at 5,000 events a second to 100 clients: once with all clients alike, once with no two
// alike.
//
//   node bench/fanout.ts [--json]
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Scope } from "effect"
import { WebSocketServer } from "ws"
import { StreamSocket } from "../src/api/stream/StreamSocket.ts"
import { TimeBudget } from "../src/api/stream/TimeBudget.ts"
import { WorkQueue } from "../src/api/stream/WorkQueue.ts"
import { Market, MarketId } from "../src/domain/Market.ts"
import { Catalog } from "../src/layers/Catalog.ts"
import { Hub } from "../src/hub/Hub.ts"
import type { MarketChannel } from "../src/hub/MarketChannel.ts"
import { makeTimers } from "../src/hub/Timers.ts"
import type { EventSink } from "../src/feeds/core/FeedEvent.ts"
import { nowMicros } from "../src/feeds/core/Now.ts"

const CLIENTS = 100
const MARKETS = 20
const EVENTS_A_SECOND = 5_000
const SECONDS = 4
const CHANNELS = ["spread", "trade", "book_change"]

/** What one client listens to; `distinct`: no two clients to the same. */
const marketsOf = (client: number, distinct: boolean): ReadonlyArray<number> | "*" => {
  if (!distinct) return "*"
  // the bits of the client's number leave some of the first seven markets out
  return Array.from({ length: MARKETS }, (_, index) => index + 1).filter(
    (id) => id > 7 || (client >> (id - 1)) % 2 === 0
  )
}

/** A text as one websocket frame of a client, whose mask is all zeros. */
const masked = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  return Buffer.concat([Buffer.from([0x81, 0xfe, length >> 8, length & 0xff, 0, 0, 0, 0]), Buffer.from(text)])
}

/** Clients that subscribe and count bytes, since clients that parse would take the machine from what is measured. */
const clients = async (port: number, distinct: boolean): Promise<void> => {
  let bytes = 0
  const sockets = Array.from({ length: CLIENTS }, (_, client) => {
    const socket = connect(port, "127.0.0.1")
    const order = JSON.stringify({ op: "subscribe", channels: CHANNELS, markets: marketsOf(client, distinct) })
    const headers = ["Host: bench", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    socket.write(
      `GET /stream HTTP/1.1\r\n${headers.join("\r\n")}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`
    )
    socket.once("data", () => socket.write(masked(order)))
    socket.on("data", (data: Buffer) => void (bytes += data.length))
    return socket
  })
  await Promise.all(sockets.map((socket) => once(socket, "data")))
  process.on("message", () => process.send!({ bytes }))
  process.send!("ready")
}

const market = (id: number): Market =>
  Market.make({
    id: MarketId.make(id),
    exchange: { id: 1, name: "Bench" } as never,
    base_symbol: { id: 1, symbol: `B${id}` } as never,
    quote_symbol: { id: 2, symbol: "USD" } as never,
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

/** One event, in the mix of a busy market: two book changes to a spread and a trade. */
const emit = (channel: MarketChannel, seq: number): void => {
  const sink: EventSink = channel
  if (!sink.wanted) return
  const at = nowMicros()
  const head = { market_id: channel.id, tag: channel.tag, epoch: 1, seq, ts_exchange: at - 1_500, ts_received: at }
  const price = 40_000 + (seq % 977) / 100
  if (seq % 4 === 0) sink.emit({ type: "spread", ...head, bid: [price, 0.5], ask: [price + 0.01, 1.25] })
  else if (seq % 4 === 1)
    sink.emit({ type: "trade", ...head, id: String(seq), price, size: 0.0125, side: seq % 2 === 0 ? "buy" : "sell" })
  else
    sink.emit({
      type: "book_change",
      ...head,
      bids: [
        [price, "0.50012300"],
        [price - 0.4, 0]
      ],
      asks: [[price + 0.2, 3.5]]
    })
}

interface Row {
  readonly clients: "alike" | "distinct"
  readonly events_a_second: number
  readonly delivered: number
  readonly cpu_us_per_delivery: number
}

const measure = async (distinct: boolean): Promise<Row> => {
  const timers = await Effect.runPromise(Effect.provideService(makeTimers, Scope.Scope, Scope.makeUnsafe()))
  const hub = new Hub(Date.now(), timers)
  const channels = Array.from({ length: MARKETS }, (_, index) => hub.channel(market(index + 1)))
  const catalog = Catalog.of({} as never)
  const server = createServer()
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const streams = new Set<Socket>()
  const work = new WorkQueue(timers)
  const unlimited = new TimeBudget(1, Infinity, 0)
  const run = (effect: Effect.Effect<void>) => void Effect.runFork(effect)
  server.on("upgrade", (request, socket, head) =>
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      streams.add(request.socket)
      ws.once("close", () => streams.delete(request.socket))
      return new StreamSocket(ws, socket, { hub, catalog }, 5_000, { work, timers, budgets: [unlimited], run })
    })
  )
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const child = fork(import.meta.filename, ["--clients", String(port), distinct ? "distinct" : "alike"])
  await once(child, "message")
  while (!channels.every(({ wanted }) => wanted)) await sleep(10)
  let seq = 0
  let due = performance.now()
  const feeding = setInterval(() => {
    for (; due < performance.now(); due += 1_000 / EVENTS_A_SECOND) emit(channels[++seq % MARKETS]!, seq)
  }, 1)
  await sleep(2_000)
  const cpu = process.cpuUsage()
  const [first, begun] = [seq, performance.now()]
  await sleep(SECONDS * 1_000)
  const { user, system } = process.cpuUsage(cpu)
  const [last, ended] = [seq, performance.now()]
  clearInterval(feeding)
  const delivered = deliveries(first, last, distinct)
  const written = [...streams].reduce((sum, socket) => sum + socket.bytesWritten, 0)
  for (let looks = 0; (await asked(child)) < written; looks++) {
    if (looks > 300) throw new Error("the clients did not get what was sent")
    await sleep(100)
  }
  if (streams.size < CLIENTS) throw new Error("a client was too slow for this machine")
  child.kill()
  hub.close()
  server.closeAllConnections()
  server.close()
  return {
    clients: distinct ? "distinct" : "alike",
    events_a_second: Math.round(((last - first) * 1_000) / (ended - begun)),
    delivered,
    cpu_us_per_delivery: (user + system) / delivered
  }
}

/** How many events the clients get of those sent after `first` up to `last`. */
const deliveries = (first: number, last: number, distinct: boolean): number => {
  const listeners = Array.from({ length: MARKETS }, () => 0)
  for (let client = 0; client < CLIENTS; client++) {
    const markets = marketsOf(client, distinct)
    for (let id = 1; id <= MARKETS; id++) if (markets === "*" || markets.includes(id)) listeners[id - 1]!++
  }
  let count = 0
  for (let seq = first + 1; seq <= last; seq++) count += listeners[seq % MARKETS]!
  return count
}

const asked = async (child: ChildProcess): Promise<number> => {
  child.send("count")
  const [answer] = (await once(child, "message")) as [{ readonly bytes: number }]
  return answer.bytes
}

const [flag, port, kind] = process.argv.slice(2)
if (flag === "--clients") await clients(Number(port), kind === "distinct")
else {
  const rows = [await measure(false), await measure(true)]
  if (flag === "--json") console.log(JSON.stringify({ fanout: rows }))
  else {
    for (const row of rows) {
      const rate = `${row.events_a_second} events/s to ${CLIENTS} clients, ${row.clients}`
      console.log(
        `${row.cpu_us_per_delivery.toFixed(3)} µs CPU a delivered event (${rate}; ${row.delivered} delivered)`
      )
    }
  }
  process.exit(0)
}
