// Owns how many connections each client holds, upgraded ones included. One that is too many is marked, so that its
// first request can be answered with a problem (Admission.ts) instead of a mere hang-up; twice too many are cut at
// once.
// Invariant: what is counted is open, and the count of a client that has left is gone.
import type { Server } from "node:http"
import type { Duplex } from "node:stream"
import { clientOf } from "./ClientRates.ts"

/** All clients together; each connection is a file descriptor. */
const MAX_CONNECTIONS = 10_000

export class ClientConnections {
  private readonly perClient: number
  private readonly counts = new Map<string, number>()
  private readonly excess = new WeakSet<Duplex>()
  /** Connections that are open now. */
  open = 0
  /** Connections cut without an answer since the start. */
  cut = 0

  constructor(perClient: number) {
    this.perClient = perClient
  }

  /** Counts every connection of this server from now on. */
  follow(server: Server): void {
    server.maxConnections = MAX_CONNECTIONS
    server.on("drop", () => this.cut++)
    server.on("connection", (socket) => {
      const client = clientOf(socket.remoteAddress ?? "")
      const count = (this.counts.get(client) ?? 0) + 1
      if (count > 2 * this.perClient) {
        this.cut++
        return socket.destroy()
      }
      if (count > this.perClient) this.excess.add(socket)
      this.counts.set(client, count)
      this.open++
      return socket.once("close", () => this.left(client))
    })
  }

  /** True for a connection beyond its client's limit. */
  isExcess(socket: Duplex): boolean {
    return this.excess.has(socket)
  }

  private left(client: string): void {
    this.open--
    const count = (this.counts.get(client) ?? 1) - 1
    if (count === 0) this.counts.delete(client)
    else this.counts.set(client, count)
  }
}
