// Owns the choice of a port: the usual one if nobody has it, else any free one.
import { once } from "node:events"
import { createServer } from "node:net"

export const freePort = async (usual: number): Promise<number> => {
  const probe = createServer()
  probe.listen(usual, "127.0.0.1")
  const isFree = await Promise.race([
    once(probe, "listening").then(() => true),
    once(probe, "error").then(() => false)
  ]).catch(() => false)
  if (!isFree) return 0
  probe.close()
  await once(probe, "close")
  return usual
}
