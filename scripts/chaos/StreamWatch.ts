// Owns what a client of /stream hears during a run: every change of state with its time, and every trade. Times are of
// this process, since the clock of the service under trial is set on purpose. Invariant: a break of the stream is
// counted, since what it hid can't be judged.
import { Schema } from "effect"
import { once } from "node:events"
import { WebSocket } from "ws"
import { ServerMessage } from "../../src/api/stream/Protocol.ts"
import type { MarketEvent } from "../../src/domain/Event.ts"
import type { ReasonCode } from "../../src/domain/ReasonCode.ts"
import { nowMicros } from "../../src/feeds/core/Now.ts"
import type { HeardTrade } from "./tradeAccount.ts"

/** A change of state, in microseconds since 1970. */
export interface Turn {
  readonly at: number
  readonly state: string
  readonly reason: string | null
  readonly code: ReasonCode | null
}

const readMessage = Schema.decodeSync(Schema.fromJsonString(ServerMessage))
const RESTARTED = /^trade ids begin again: \d+ after (\d+)$/
const MISSED = /^trades missed: (\d+)(?: to (\d+))?$/

export class StreamWatch {
  readonly turns = new Map<number, Array<Turn>>()
  readonly trades = new Map<number, Array<HeardTrade>>()
  /** Ranges of trade ids that the service said it had missed, by market. */
  readonly reported = new Map<number, Array<readonly [from: number, to: number]>>()
  breaks = 0
  private socket: WebSocket | null = null

  /** Listens to all markets that exist or will. */
  async open(url: string): Promise<void> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/stream`)
    this.socket = socket
    await once(socket, "open")
    socket.on("error", () => {})
    socket.on("close", () => (this.socket === socket ? this.breaks++ : undefined))
    const answered = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        const message = readMessage(String(data))
        if ("type" in message) resolve()
        else for (const event of message) this.hear(event)
      })
    })
    socket.send(JSON.stringify({ op: "subscribe", channels: ["status", "trade"], markets: "*" }))
    await answered
  }

  close(): void {
    const { socket } = this
    this.socket = null
    socket?.close()
  }

  private hear(event: { readonly type: string }): void {
    const known = event as MarketEvent
    const at = nowMicros()
    if (known.type === "trade") {
      const { id, price, size } = known
      listOf(this.trades, known.market_id).push({ id, price, size, at })
    }
    if (known.type !== "status") return
    const { market_id, state, reason, reason_code } = known
    listOf(this.turns, market_id).push({ at, state, reason, code: reason_code })
    const missed = MISSED.exec(reason ?? "")
    if (missed !== null) listOf(this.reported, market_id).push([Number(missed[1]), Number(missed[2] ?? missed[1])])
    // how many traded under the old count after the last that came, nobody can know
    const restarted = RESTARTED.exec(reason ?? "")
    if (restarted !== null) listOf(this.reported, market_id).push([Number(restarted[1]) + 1, Infinity])
  }
}

const listOf = <A>(lists: Map<number, Array<A>>, id: number): Array<A> => {
  const list = lists.get(id) ?? []
  lists.set(id, list)
  return list
}
