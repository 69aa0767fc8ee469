// One shared socket without a network: what it says and when, what it makes of frames that are nobody's, and what of
// the venue's words reaches whom.
import { assert, describe, it } from "@effect/vitest"
import { SharedSocket } from "../../../src/feeds/venue/SharedSocket.ts"
import type { SocketSubscriber } from "../../../src/feeds/venue/SocketSubscriber.ts"
import { binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { gemini } from "../../../src/schemes/gemini/Gemini.ts"
import type { Instructions } from "../../../src/schemes/Instruction.ts"
import type { TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { textOf } from "../../../src/wire/Wire.ts"

describe("a shared socket", () => {
  it("keeps nothing that is said while there is no connection, and gives nothing up for it", () => {
    const given: Array<string> = []
    const socket = new SharedSocket(binanceSpot, binanceSpot.lines[0], ({ detail }) => void given.push(detail))
    for (let n = 0; n < 3_000; n++) socket.send("late")
    assert.deepStrictEqual(given, [])
    socket.opened(() => {})
    for (let n = 0; n < 3_000; n++) socket.send("too much")
    assert.isAbove(given.length, 0)
    assert.strictEqual(given[0], "2000 messages wait to be sent")
  })

  it("gives up a connection that floods it with frames that no schema knows, once", () => {
    const given: Array<string> = []
    const socket = new SharedSocket(gemini, gemini.lines[0], ({ detail }) => void given.push(detail))
    socket.opened(() => {})
    // no book can be in it, so that it would be ignored for ever
    const frame = Buffer.from(JSON.stringify({ id: 1, what: "news" }))
    for (let n = 0; n < 10_000; n++) socket.receive(frame, 1)
    assert.deepStrictEqual(given, [])
    for (let n = 0; n < 100_000 && given.length === 0; n++) socket.receive(frame, 1)
    assert.deepStrictEqual(given, ["the venue floods this connection with frames that are none of its protocol"])
    socket.opened(() => {})
    socket.receive(frame, 2)
    assert.strictEqual(given.length, 1)
  })

  it("reads more of such frames as time passes by their own stamps", () => {
    const given: Array<string> = []
    const socket = new SharedSocket(gemini, gemini.lines[0], ({ detail }) => void given.push(detail))
    socket.opened(() => {})
    const frame = Buffer.from(JSON.stringify({ id: 1, what: "news" }))
    const at = 1_700_000_000_000_000
    for (let n = 0; n < 10_000; n++) socket.receive(frame, at)
    // a second brings a thousand, and no more
    for (let n = 0; n < 1_000; n++) socket.receive(frame, at + 1_000_000)
    assert.deepStrictEqual(given, [])
    socket.receive(frame, at + 1_000_000)
    assert.strictEqual(given.length, 1)
  })

  it("asks its markets to move when the venue says that it will close, and takes no other", () => {
    const { socket, heard } = stage()
    socket.join(subscriber("BTCUSDT", heard))
    socket.receive(Buffer.from(JSON.stringify({ say: [{ type: "closing", detail: "restart" }] })), 1)
    assert.deepStrictEqual([heard, socket.isFull], [["BTCUSDT outlived"], true])
  })

  it("says a halt of the whole venue to those who come later, until data come or the connection ends", () => {
    const { socket, heard } = stage()
    const halt = { type: "halted", symbol: null, detail: "maintenance" } as const
    socket.receive(Buffer.from(JSON.stringify({ say: [halt] })), 1)
    socket.join(subscriber("BTCUSDT", heard))
    assert.deepStrictEqual(heard, ["BTCUSDT halted"])
    const change = { type: "changes", symbol: "BTCUSDT", bids: [], asks: [], time: null } as const
    socket.receive(Buffer.from(JSON.stringify({ say: [change] })), 2)
    socket.join(subscriber("ETHUSDT", heard))
    assert.deepStrictEqual(heard, ["BTCUSDT halted", "BTCUSDT changes"])
    socket.receive(Buffer.from(JSON.stringify({ say: [halt] })), 3)
    socket.closed()
    socket.opened(() => {})
    socket.join(subscriber("SOLUSDT", heard))
    assert.notInclude(heard, "SOLUSDT halted")
  })
})

/** An open socket whose frames say outright what they ask for. */
const stage = () => {
  const heard: Array<string> = []
  const plain: TranslationScheme = {
    ...binanceSpot,
    session: (line) => ({
      ...binanceSpot.session(line),
      receive: (frame) => (JSON.parse(textOf(frame)) as { readonly say: Instructions }).say
    })
  }
  const socket = new SharedSocket(plain, plain.lines[0], () => {})
  socket.opened(() => {})
  return { socket, heard }
}

const subscriber = (symbol: string, heard: Array<string>): SocketSubscriber => ({
  symbol,
  tap: null,
  waiting: () => {},
  dialling: () => {},
  refused: () => {},
  joined: () => {},
  frame: () => {},
  unreadable: () => {},
  lost: () => {},
  crashed: () => {},
  outlived: () => void heard.push(`${symbol} outlived`),
  take: ({ type }) => void heard.push(`${symbol} ${type}`)
})
