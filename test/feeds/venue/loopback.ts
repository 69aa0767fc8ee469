// Owns servers on loopback for tests of sockets and requests. Invariant: when the scope closes every connection of the
// server is gone, whatever became of it: one that was upgraded, or whose other side reads nothing, too.
import { Effect, type Scope } from "effect"
import type { Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"

/** The address, without its protocol, at which it listens. */
export const listening = (server: Server): Effect.Effect<string, never, Scope.Scope> => {
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  return Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        resume(Effect.succeed(`127.0.0.1:${(server.address() as AddressInfo).port}`))
      })
    }),
    () =>
      Effect.callback<void>((resume) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resume(Effect.void))
      })
  )
}
