// Owns a loopback relay between a client and a server that can be frozen: connections stay open, new ones are accepted,
// and not a byte passes, as when a machine hangs or a firewall drops everything. Invariant: closing it closes every
// socket.
import { Effect } from "effect"
import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

/** A relay to this port of loopback, for as long as the scope lives. */
export const tcpProxy = (target: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      let frozen = false
      const server = createServer((near) => {
        const far = connect(target, "127.0.0.1")
        for (const [socket, other] of [
          [near, far],
          [far, near]
        ] as const) {
          sockets.add(socket)
          socket.on("error", () => other.destroy())
          socket.on("close", () => (sockets.delete(socket), other.destroy()))
          socket.pipe(other)
          if (frozen) socket.pause()
        }
      }).listen(0, "127.0.0.1")
      await once(server, "listening")
      const address = server.address()
      if (address === null || typeof address === "string") throw new Error("no port on loopback")
      return {
        port: address.port,
        freeze: () => {
          frozen = true
          for (const socket of sockets) socket.pause()
        },
        thaw: () => {
          frozen = false
          for (const socket of sockets) socket.resume()
        },
        /** Breaks every connection there is; new ones are accepted. */
        cut: () => {
          for (const socket of sockets) socket.destroy()
        },
        close: () => {
          server.close()
          for (const socket of sockets) socket.destroy()
        }
      }
    }),
    (proxy) => Effect.sync(() => proxy.close())
  )
