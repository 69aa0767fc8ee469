// Owns what is asked of Bybit and what its replies mean: requests of topics, acknowledgements, and refusals, which name
// one topic and refuse the whole request. Books and trades are Bybit.ts. Invariant: only a topic that the venue names,
// or the only symbol of a request, is blamed.
import { type Reply, symbolOf } from "./BybitWire.ts"
import { NOTHING, type Instruction, type Instructions } from "../Instruction.ts"
import type { SessionState } from "../TranslationScheme.ts"

interface Request {
  readonly op: "subscribe" | "unsubscribe"
  readonly topics: ReadonlyArray<string>
}
export interface Socket {
  nextId: number
  /** Requests in flight by their id, oldest first. */
  readonly asked: Map<string, Request>
}
type State = SessionState<Socket, unknown>

export const DEPTH = 1000
/** Spot takes ten topics a request. */
const BATCH = 5

export const bookTopic = (symbol: string): string => `orderbook.${DEPTH}.${symbol}`

const topicsOf = (symbol: string): ReadonlyArray<string> => [bookTopic(symbol), `publicTrade.${symbol}`]

export const ask = (state: State, op: Request["op"], topics: ReadonlyArray<string>): string => {
  const id = String(state.socket.nextId++)
  state.socket.asked.set(id, { op, topics })
  return JSON.stringify({ op, args: topics, req_id: id })
}

export const request = (state: State, op: Request["op"], symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += BATCH) {
    texts.push(ask(state, op, symbols.slice(i, i + BATCH).flatMap(topicsOf)))
  }
  return texts
}

/** The request that a reply speaks of: by its id, else the oldest of its kind. */
const take = (state: State, reply: Reply): Request | null => {
  const { asked } = state.socket
  const named = reply.req_id !== undefined && reply.req_id !== ""
  const id = named ? reply.req_id : [...asked].find(([, request]) => request.op === reply.op)?.[0]
  const found = id === undefined ? undefined : asked.get(id)
  if (id !== undefined) asked.delete(id)
  return found ?? null
}

/** Refusals as probed on 2026-09-23 (section 1): `error:handler not found,topic:orderbook.1000.NOPEUSDT`. */
const UNKNOWN_TOPIC = "error:handler not found"
const SUBSCRIBED = "error:already subscribed"
const NAMES = ",topic:"

export const onReply = (state: State, reply: Reply): Instructions => {
  // pongs first: they are as successful as acknowledgements
  if (reply.op === "ping") return NOTHING
  const asked = take(state, reply)
  if (reply.success) return NOTHING
  const detail = reply.ret_msg
  const [what, topic] = detail.split(NAMES)
  if (topic !== undefined) return onNamed(state, asked, what === SUBSCRIBED, what === UNKNOWN_TOPIC, topic, detail)
  if (what === SUBSCRIBED) return NOTHING
  if (asked === null || what !== UNKNOWN_TOPIC) return [{ type: "reconnect", reason: "refused", detail }]
  // what does not exist is left all the same
  if (asked.op === "unsubscribe") return NOTHING
  const symbols = [...new Set(asked.topics.map(symbolOf))]
  // one bad topic refuses its whole request: ask one by one to find it
  if (symbols.length > 1) {
    return symbols.flatMap((symbol) => request(state, "subscribe", [symbol]).map(send))
  }
  return symbols
    .filter((symbol) => state.members.has(symbol))
    .map((symbol) => ({ type: "rejected" as const, symbol, detail }))
}

/** A refusal that names its topic: the others of its request are asked for again. */
const onNamed = (
  state: State,
  asked: Request | null,
  subscribed: boolean,
  unknown: boolean,
  topic: string,
  detail: string
): Instructions => {
  const symbol = symbolOf(topic)
  const others = asked?.op === "subscribe" && asked.topics.includes(topic) ? asked.topics : []
  const left = others.filter((other) => (subscribed ? other !== topic : symbolOf(other) !== symbol))
  const again = left.length === 0 ? NOTHING : [send(ask(state, "subscribe", left))]
  if (subscribed || asked?.op === "unsubscribe" || !state.members.has(symbol)) return again
  return [...again, { type: unknown ? "rejected" : "refused", symbol, detail }]
}

const send = (text: string): Instruction => ({ type: "send", text })
