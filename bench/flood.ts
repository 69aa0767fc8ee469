// Owns the measurement of what one hostile client of the stream costs all others: the real HTTP server with many live
// answers, a well-behaved client that times each trade and each GET, and one client that floods, each in a process of
// its own. Printed are the others' delays with and without each flood, and how they compare at the 99th percentile.
//
//   node bench/flood.ts [--json] [--seconds=6] [kind ...]
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { Context, Effect, Layer, Logger, Scope } from "effect"
import { WebSocket } from "ws"
import { Server } from "../src/api/Server.ts"
import { nowMicros } from "../src/feeds/core/Now.ts"
import { FeedSwitch } from "../src/layers/FeedSwitch.ts"
import { MarketAdder } from "../src/layers/MarketAdder.ts"
import { Rules } from "../src/layers/Rules.ts"
import { EventHub } from "../src/hub/EventHub.ts"
import { layerSettings } from "../test/support/Databases.ts"
import { FakeFeeds } from "../test/support/FakeFeeds.ts"
import { FakeInstruments } from "../test/support/FakeInstruments.ts"
import { MemoryCatalog } from "../test/support/MemoryCatalog.ts"
import { StagedFeed, stagedMarket } from "../test/support/StagedFeed.ts"

const MARKETS = 300
const LEVELS = 500
const EVENTS_A_SECOND = 1_000
const FLOODS = [
  "subscribe-all",
  "unsubscribe-subscribe",
  "pings",
  "patterns",
  "unknown-markets",
  "periodic",
  "invalid",
  "server-sent-events"
] as const
type Flood = (typeof FLOODS)[number]

const serve = async (): Promise<void> => {
  const env = { LEVEL4_PORT: "0", LEVEL4_CLIENT_REQUESTS_PER_SECOND: "200" }
  const layer = Server.layer.pipe(
    Layer.provide(Rules.layer),
    Layer.provide(MarketAdder.layer),
    Layer.provide(FeedSwitch.layer),
    Layer.provideMerge(Layer.mergeAll(MemoryCatalog.layer, FakeFeeds.layer, FakeInstruments.layer, EventHub.layer)),
    Layer.provide(layerSettings(env)),
    Layer.provide(Logger.layer([]))
  )
  const context = await Effect.runPromise(Layer.buildWithScope(layer, Scope.makeUnsafe()))
  const hub = Context.get(context, EventHub)
  const levels = (first: number, step: number) =>
    Array.from({ length: LEVELS }, (_, i): [string, string] => [(first + i * step).toFixed(2), `${i + 1}.12345678`])
  const feeds = Array.from({ length: MARKETS }, (_, index) => {
    const feed = new StagedFeed(hub, stagedMarket(index + 1, `B${index}`))
    feed.remembers = false
    feed.snapshot(levels(40_000, -0.01), levels(40_000.01, 0.01))
    return feed
  })
  let count = 0
  let due = performance.now()
  setInterval(() => {
    // what fell due while the loop was busy is late by as much: a feed's frames wait in their sockets, too
    for (; due < performance.now(); due += 1_000 / EVENTS_A_SECOND) {
      const at = Math.round((performance.timeOrigin + due) * 1_000)
      const fill = { id: ++count, price: "40000.5", size: "0.25", side: "buy", time: at } as const
      feeds[count % MARKETS]!.feed.exchange.trade(fill, at)
    }
  }, 1)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  process.on("message", () => {
    process.send!({ longest: delay.max / 1e6 })
    delay.reset()
  })
  process.send!({ url: Context.get(context, Server).url })
}

/** Times each trade from its feed to here, and each answer to a GET, in milliseconds. */
const observe = async (url: string): Promise<void> => {
  let trades: Array<number> = []
  let answers: Array<number> = []
  const socket = new WebSocket(`${url.replace("http", "ws")}/stream`, { perMessageDeflate: false })
  await once(socket, "open")
  socket.on("message", (data: Buffer) => {
    const now = nowMicros()
    const said: unknown = JSON.parse(data.toString("utf8"))
    if (!Array.isArray(said)) return
    for (const event of said as ReadonlyArray<{ type: string; ts_received: number }>)
      if (event.type === "trade") trades.push((now - event.ts_received) / 1_000)
  })
  socket.on("close", () => trades.push(1e6))
  socket.send(JSON.stringify({ op: "subscribe", channels: ["trade"], markets: "*" }))
  const look = async () => {
    const begun = performance.now()
    // a request that comes to nothing took as long as it did
    await fetch(`${url}/consolidated/B0-USD`).then(
      (answer) => answer.text(),
      () => undefined
    )
    answers.push(performance.now() - begun)
  }
  setInterval(() => void look(), 50)
  process.on("message", () => {
    process.send!({ trades, answers })
    trades = []
    answers = []
  })
  process.send!("ready")
}

/** A text as one websocket frame of a client, whose mask is all zeros. */
const masked = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0xfe, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), Buffer.from(text)])
}

const everything = { channels: ["book_change", "spread", "trade"], markets: "*" }
const textsOf: Readonly<Record<Exclude<Flood, "server-sent-events">, ReadonlyArray<string>>> = {
  "subscribe-all": [JSON.stringify({ op: "subscribe", ...everything })],
  "unsubscribe-subscribe": [
    JSON.stringify({ op: "subscribe", ...everything }),
    JSON.stringify({ op: "unsubscribe", ...everything })
  ],
  pings: [JSON.stringify({ op: "ping", id: 1 })],
  patterns: [
    JSON.stringify({
      op: "subscribe",
      channels: ["trade"],
      markets: Array.from({ length: 60 }, (_, i) => `*C*S*B*${i}*U*`)
    })
  ],
  "unknown-markets": [
    JSON.stringify({ op: "subscribe", channels: ["trade"], markets: Array.from({ length: 900 }, (_, i) => `X:${i}`) })
  ],
  periodic: Array.from({ length: 10 }, (_, i) =>
    JSON.stringify({
      op: i % 2 === 0 ? "subscribe" : "unsubscribe",
      channels: Array.from({ length: 15 }, (_, n) => `book_snapshot_${900 + n}_60000ms`),
      markets: "*"
    })
  ),
  invalid: [
    JSON.stringify({ op: "subscribe", channels: Array.from({ length: 15_000 }, () => 1), markets: [null] }),
    `{"op":${"[".repeat(30_000)}`
  ]
}

const flood = async (url: string, kind: Flood): Promise<void> => {
  const { port } = new URL(url)
  let sent = 0
  let ends = 0
  const dial = (first: string | Buffer): Socket => {
    const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: "127.0.0.2" })
    socket.on("error", () => {})
    socket.write(first)
    return socket
  }
  process.on("message", () => process.send!({ sent, ends }))
  process.send!("ready")
  if (kind === "server-sent-events") {
    const again = (market: number): void => {
      sent++
      const path = `/markets/${(market % MARKETS) + 1}/events?channels=book_change,spread`
      const socket = dial(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
      socket.once("data", () => socket.destroy())
      socket.once("close", () => again(market + 40))
    }
    for (let i = 0; i < 40; i++) again(i)
    return
  }
  const frames = Buffer.concat(textsOf[kind].map(masked))
  const batch = Buffer.concat(Array.from({ length: Math.max(1, Math.floor(100_000 / frames.length)) }, () => frames))
  const head = ["Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
  for (;;) {
    const socket = dial(
      `GET /stream HTTP/1.1\r\n${head.join("\r\n")}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`
    )
    socket.once("close", () => ends++)
    // each wait below leaves one that is never called
    socket.setMaxListeners(0)
    await once(socket, "data")
    // reads all there is, as fast as it comes
    socket.resume()
    while (!socket.destroyed) {
      sent += batch.length
      if (socket.write(batch)) await sleep(0)
      else await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {})
    }
    await sleep(50)
  }
}

const asked = async <A>(child: ChildProcess): Promise<A> => {
  child.send("report")
  const [answer] = (await once(child, "message")) as [A]
  return answer
}

const started = async (...args: ReadonlyArray<string>): Promise<readonly [ChildProcess, { readonly url: string }]> => {
  const child = fork(import.meta.filename, args)
  const [first] = (await once(child, "message")) as [{ readonly url: string }]
  return [child, first]
}

const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN

interface Row {
  readonly flood: Flood | "none"
  readonly trade_p50_ms: number
  readonly trade_p99_ms: number
  readonly get_p99_ms: number
  readonly longest_stall_ms: number
  readonly closed: number
}

const measure = async (kind: Flood | "none", seconds: number): Promise<Row> => {
  const [server, { url }] = await started("--serve")
  const [observer] = await started("--observe", url)
  await sleep(2_000)
  const flooder = kind === "none" ? null : (await started("--flood", url, kind))[0]
  await sleep(500)
  await asked(observer)
  await asked(server)
  await sleep(seconds * 1_000)
  const { trades, answers } = await asked<{ trades: Array<number>; answers: Array<number> }>(observer)
  const { longest } = await asked<{ longest: number }>(server)
  const ends = flooder === null ? 0 : (await asked<{ ends: number }>(flooder)).ends
  for (const child of [flooder, observer, server]) child?.kill("SIGKILL")
  const sorted = trades.toSorted((a, b) => a - b)
  return {
    flood: kind,
    trade_p50_ms: percentile(sorted, 0.5),
    trade_p99_ms: percentile(sorted, 0.99),
    get_p99_ms: percentile(
      answers.toSorted((a, b) => a - b),
      0.99
    ),
    longest_stall_ms: longest,
    closed: ends
  }
}

const [flag, url = "", kind] = process.argv.slice(2)
if (flag === "--serve") await serve()
else if (flag === "--observe") await observe(url)
else if (flag === "--flood") await flood(url, kind as Flood)
else {
  const args = process.argv.slice(2)
  const seconds = Number(args.find((arg) => arg.startsWith("--seconds="))?.slice(10) ?? 6)
  const wanted = FLOODS.filter((one) => args.includes(one))
  const rows: Array<Row> = []
  for (const one of ["none" as const, ...(wanted.length === 0 ? FLOODS : wanted)]) {
    const row = await measure(one, seconds)
    rows.push(row)
    if (args.includes("--json")) continue
    const ratio = (value: number, quiet: number) => `${value.toFixed(1)} ms (x${(value / quiet).toFixed(1)})`
    const { get_p99_ms, closed, longest_stall_ms, trade_p50_ms, trade_p99_ms } = row
    console.log(
      `${one.padEnd(22)} trades p50 ${trade_p50_ms.toFixed(1)} ms, ` +
        `p99 ${ratio(trade_p99_ms, rows[0]!.trade_p99_ms)}; ` +
        `GET p99 ${ratio(get_p99_ms, rows[0]!.get_p99_ms)}; ` +
        `longest stall ${longest_stall_ms.toFixed(0)} ms; closed ${closed} times`
    )
  }
  if (args.includes("--json")) console.log(JSON.stringify({ flood: rows }))
}
