// Owns the talk with Bitfinex that is no market data: what a socket and a market know, subscriptions by channel number,
// and what the venue's events mean. The books and trades are Bitfinex.ts. Sources in its header. Invariant: a refusal
// costs the market that it names, and it is final only where the venue says that it knows no such symbol.
import type { Event, Failure, Info, Subscribed } from "./BitfinexFrame.ts"
import { NOTHING, type Instructions } from "../Instruction.ts"
import type { TopSums } from "../checksum/TopSums.ts"
import type { SessionState, Trouble } from "../TranslationScheme.ts"

type Channel = "book" | "trades"
export interface BitfinexSocket {
  /** As the venue confirmed them; null until it does. */
  flags: number | null
  configured: boolean
  /** Frames carry their number; null until the venue confirms it, or the first frame shows it. */
  sequenced: boolean | null
  sequence: number
  /** What a maintenance that goes on was announced with. */
  maintenance: string | null
  readonly channels: Map<number, { readonly symbol: string; readonly channel: Channel }>
  /** Book channels whose unsubscription is under way; their acknowledgement sends the new subscription. */
  readonly closing: Map<number, string>
  /** Channels left before their acknowledgement came, as `channel symbol`. */
  readonly left: Set<string>
}
export interface BitfinexMember {
  /** The channel's snapshot has come; before it, and after a loss, changes mean nothing. */
  synced: boolean
  /** It was said that nothing counts the frames. */
  warned: boolean
  readonly sums: TopSums
}
export type State = SessionState<BitfinexSocket, BitfinexMember>

export const TIMESTAMP = 32_768
const SEQ_ALL = 65_536
const OB_CHECKSUM = 131_072
const FLAGS = TIMESTAMP + SEQ_ALL + OB_CHECKSUM

const request = (channel: Channel, symbol: string): string =>
  JSON.stringify(
    channel === "book"
      ? { event: "subscribe", channel, symbol, prec: "P0", freq: "F0", len: "100" }
      : { event: "subscribe", channel, symbol }
  )
const cancel = (chanId: number): string => JSON.stringify({ event: "unsubscribe", chanId })

export const bitfinexSubscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { socket } = state
  const texts = socket.configured ? [] : [JSON.stringify({ event: "conf", flags: FLAGS })]
  socket.configured = true
  for (const symbol of symbols) {
    for (const channel of ["book", "trades"] as const) {
      socket.left.delete(`${channel} ${symbol}`)
      texts.push(request(channel, symbol))
    }
  }
  return texts
}

const chanIdOf = (socket: BitfinexSocket, symbol: string, channel: Channel): number | undefined => {
  for (const [id, known] of socket.channels) if (known.symbol === symbol && known.channel === channel) return id
  return undefined
}

export const bitfinexUnsubscribe = ({ socket }: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) =>
    (["book", "trades"] as const).flatMap((channel) => {
      const id = chanIdOf(socket, symbol, channel)
      if (id !== undefined) {
        socket.channels.delete(id)
        return [cancel(id)]
      }
      const closing = [...socket.closing].find(([, name]) => channel === "book" && name === symbol)
      if (closing === undefined) socket.left.add(`${channel} ${symbol}`)
      else socket.closing.delete(closing[0])
      return []
    })
  )

export const bitfinexRepair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const { socket } = state
  const member = state.members.get(symbol)
  if (member !== undefined) member.synced = false
  const id = chanIdOf(socket, symbol, "book")
  if (id === undefined) return [{ type: "resubscribe", symbol, ...trouble, send: [request("book", symbol)] }]
  socket.channels.delete(id)
  socket.closing.set(id, symbol)
  return [{ type: "resubscribe", symbol, ...trouble, send: [cancel(id)] }]
}

/** The joined spelling of an acknowledged symbol; one joined without its `t` is acknowledged with it. */
const joined = (state: State, symbol: string): string | null =>
  state.members.has(symbol) ? symbol : state.members.has(symbol.slice(1)) ? symbol.slice(1) : null

const onSubscribed = (state: State, { channel, chanId, symbol: name = "" }: Subscribed): Instructions => {
  if (channel !== "book" && channel !== "trades") return NOTHING
  if (state.socket.left.delete(`${channel} ${name}`)) return [{ type: "send", text: cancel(chanId) }]
  const symbol = joined(state, name)
  if (symbol === null) return NOTHING
  state.socket.channels.set(chanId, { symbol, channel })
  return NOTHING
}

const onClosed = ({ socket }: State, chanId: number): Instructions => {
  const symbol = socket.closing.get(chanId)
  if (symbol === undefined) return NOTHING
  socket.closing.delete(chanId)
  return [{ type: "send", text: request("book", symbol) }]
}

const onInfo = ({ socket }: State, { code, msg = "no text", platform }: Info): Instructions => {
  if (code === 20_051) return [{ type: "closing", detail: msg }]
  if (code === 20_061) return [{ type: "reconnect", reason: "maintenance", detail: msg }]
  if (code !== 20_060 && platform?.status !== 0) return NOTHING
  socket.maintenance = `maintenance: ${msg}`
  return [{ type: "halted", symbol: null, detail: socket.maintenance }]
}

const onFailure = (state: State, failure: Failure): Instructions => {
  const { code, msg, chanId, pair } = failure
  if (code === 10_301) return NOTHING // our own earlier subscription answers for itself
  if (code === 10_400) return chanId === undefined ? NOTHING : onClosed(state, chanId)
  const detail = `${code} ${msg}`
  const named = failure.symbol ?? (pair === undefined ? undefined : `t${pair}`)
  if (named === undefined) return [{ type: "reconnect", reason: "refused", detail }]
  const symbol = joined(state, named)
  if (symbol === null) return NOTHING
  if (code === 10_305) return [{ type: "full", symbol, detail }]
  // 10300 is any failed subscription; its text begins with what was wrong
  const isUnknown = code === 10_001 || (code === 10_300 && /^symbol\b/i.test(msg))
  return [{ type: isUnknown ? "rejected" : "refused", symbol, detail }]
}

export const onBitfinexEvent = (state: State, frame: Event): Instructions => {
  switch (frame.event) {
    case "conf":
      if (frame.status !== "OK")
        return [{ type: "reconnect", reason: "refused", detail: "the venue refuses our flags" }]
      state.socket.flags = frame.flags ?? FLAGS
      state.socket.sequenced = (state.socket.flags & SEQ_ALL) !== 0
      return NOTHING
    case "subscribed":
      return onSubscribed(state, frame)
    case "unsubscribed":
      return onClosed(state, frame.chanId)
    case "info":
      return onInfo(state, frame)
    case "error":
      return onFailure(state, frame)
    case "pong":
      return NOTHING
  }
}
