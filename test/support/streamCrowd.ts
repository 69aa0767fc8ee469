// Owns a crowd of stream clients in a process of its own, so that they take nothing from what is measured: bare sockets
// that upgrade, subscribe, and either read all and keep a running hash of it, or read nothing until they are told to.
// Speaks with its parent: `ready`, then for the word `report` what each has got so far; with `begin` that is counted
// anew, and with `wake` the deaf ones begin to read.
import { createHash, type Hash } from "node:crypto"
import { once } from "node:events"
import { connect, type Socket } from "node:net"

export interface CrowdReport {
  /** Bytes that each reader got since the beginning, and their hash. */
  readonly readers: ReadonlyArray<{ readonly bytes: number; readonly hash: string }>
  /** The last bytes that each deaf client got when it was woken, as text; null while its connection is open. */
  readonly deaf: ReadonlyArray<string | null>
}

const [port = "", readers = "", deaf = "", order = ""] = process.argv.slice(2)

const masked = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  return Buffer.concat([Buffer.from([0x81, 0xfe, length >> 8, length & 0xff, 0, 0, 0, 0]), Buffer.from(text)])
}

const HEAD = ["Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]

const dial = async (): Promise<Socket> => {
  const socket = connect(Number(port), "127.0.0.1")
  socket.on("error", () => {})
  socket.write(`GET /stream HTTP/1.1\r\n${HEAD.join("\r\n")}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`)
  await once(socket, "data")
  socket.write(masked(order))
  // the answer, and how the market stands
  await once(socket, "data")
  return socket
}

const PING = 0x89
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/** Reads a server's frames as they come in pieces: hands on the bytes of texts, answers pings. */
const reading = (socket: Socket, got: { bytes: number; hash: Hash }) => {
  let head = Buffer.alloc(0)
  let left = 0
  let heard = false
  return (data: Buffer): void => {
    let at = 0
    while (at < data.length) {
      if (left === 0) {
        head = Buffer.concat([head, data.subarray(at, at + 1)])
        at++
        const short = head[1]
        const size = short === undefined ? 2 : short < 126 ? 2 : short === 126 ? 4 : 10
        if (head.length < size) continue
        left = size === 2 ? short! : size === 4 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2))
        heard = head[0] !== PING
        if (heard) take(got, head)
        else socket.write(PONG)
        head = Buffer.alloc(0)
        continue
      }
      const piece = data.subarray(at, at + left)
      if (heard) take(got, piece)
      at += piece.length
      left -= piece.length
    }
  }
}

const take = (got: { bytes: number; hash: Hash }, piece: Buffer): void => {
  got.bytes += piece.length
  got.hash.update(piece)
}

const hashed: Array<{ bytes: number; hash: Hash }> = []
for (let i = 0; i < Number(readers); i++) {
  const socket = await dial()
  const got = { bytes: 0, hash: createHash("sha1") }
  hashed.push(got)
  socket.on("data", reading(socket, got))
}
const endings: Array<string | null> = []
const sleepers: Array<Socket> = []
for (let i = 0; i < Number(deaf); i++) {
  const socket = await dial()
  socket.pause()
  endings.push(null)
  sleepers.push(socket)
  let tail = Buffer.alloc(0)
  socket.on("data", (data: Buffer) => (tail = Buffer.concat([tail, data]).subarray(-200)))
  socket.on("close", () => (endings[i] = tail.toString("latin1")))
  socket.pause()
}

process.on("message", (word) => {
  if (word === "begin") for (const one of hashed) Object.assign(one, { bytes: 0, hash: createHash("sha1") })
  if (word === "wake") for (const socket of sleepers) socket.resume()
  const report: CrowdReport = {
    readers: hashed.map(({ bytes, hash }) => ({ bytes, hash: hash.copy().digest("hex") })),
    deaf: endings
  }
  process.send!(report)
})
process.send!("ready")
