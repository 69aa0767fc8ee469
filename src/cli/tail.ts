// Owns following a stream on the command line: values to stdout as fast as it is read, and no faster, so that a slow
// pipe is a slow reader to the service too; connections to stderr for people. Invariant: who never was connected gets a
// failure, who once was is connected again.
import { Console, Effect, Option, Stream } from "effect"
import { marketStream } from "../client/marketStream.ts"
import type { StreamFailure } from "../client/StreamFailures.ts"
import type { StreamChannel, StreamRequest } from "../client/StreamRequest.ts"
import type { StreamValue } from "../client/StreamValue.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"
import { makeClient, token } from "./Client.ts"
import { NotLevel4, Refused, SubscriptionRefused, Unreachable } from "./Failures.ts"
import { type MarketReference, resolveMarkets } from "./MarketReference.ts"
import { tell } from "./Output.ts"
import { style, type Style } from "./Style.ts"
import { tailLine } from "./tailLine.ts"

/** Channels as they were typed; the service knows which exist. */
interface Request extends Omit<StreamRequest, "channels" | "markets"> {
  readonly channels: ReadonlyArray<string>
  readonly markets: ReadonlyArray<MarketReference>
}

/** A tag or a pattern of tags: the service knows these. */
const TAG = /[*]|^[^/]+[.]\w+:[^/]+$/

/** What may be ccxt's symbol is looked up. */
const known = Effect.fnUntraced(function* (url: string, markets: ReadonlyArray<MarketReference>) {
  const names = markets.filter((market) => typeof market === "string" && !TAG.test(market))
  if (names.length === 0) return markets
  const found = yield* resolveMarkets(yield* makeClient(url), names)
  return markets.map((market) => found[names.indexOf(market)]?.id ?? market)
})

/** `lineOf`: how an event looks to people. */
export const tail = Effect.fnUntraced(function* (
  url: string,
  request: Request,
  json: boolean,
  lineOf: (style: Style, event: StreamEvent) => string = tailLine
) {
  const credential = Option.getOrUndefined(yield* token)
  const look = yield* style
  let connected = false
  const show = Effect.fnUntraced(function* (values: ReadonlyArray<StreamValue>) {
    const lines: Array<string> = []
    for (const value of values) {
      if (value.type === "disconnected" && !connected) return yield* new Unreachable({ url, reason: value.reason })
      connected ||= value.type === "connected"
      if (json) lines.push(JSON.stringify(value))
      else if (value.type === "connected" || value.type === "left_out" || value.type === "disconnected")
        yield* tell(connectionLine(value))
      else lines.push(lineOf(look, value))
    }
    if (lines.length > 0) yield* Console.log(lines.join("\n"))
    yield* stdoutDrained
  })
  const channels = request.channels as ReadonlyArray<StreamChannel>
  const markets = yield* known(url, request.markets)
  yield* marketStream({ url, token: credential }, { ...request, markets, channels }).pipe(
    Stream.mapError((failure) => explained(url, failure)),
    Stream.runForEachArray(show)
  )
})

/** What stdout took and could not pass on yet has left. */
const stdoutDrained: Effect.Effect<void> = Effect.callback((resume) => {
  const { stdout } = process
  const done = () => resume(Effect.void)
  if (!stdout.writableNeedDrain) return done()
  stdout.once("drain", done)
  return Effect.sync(() => stdout.off("drain", done))
})

const connectionLine = (value: Extract<StreamValue, { type: "connected" | "left_out" | "disconnected" }>): string => {
  if (value.type === "left_out") return `left out: ${value.reason}`
  if (value.type === "disconnected") {
    const code = value.code === null ? "" : ` (${value.code})`
    return `disconnected: ${value.reason}${code}; next try in ${(value.retry_in_ms / 1000).toFixed(1)} s`
  }
  const { markets, patterns } = value
  const waiting = patterns.length > 0 ? `, and those to come of ${patterns.join(" ")}` : ""
  return `connected: ${markets.length} ${markets.length === 1 ? "market" : "markets"}${waiting}`
}

const explained = (url: string, failure: StreamFailure) => {
  switch (failure._tag) {
    case "StreamLost":
      return new Unreachable({ url, reason: failure.message })
    case "StreamUnreadable":
      return new NotLevel4({ url, reason: failure.message })
    case "StreamRefused": {
      const { status, title, detail } = failure
      if (status === null) return new SubscriptionRefused({ message: failure.message })
      if (title === null) return new NotLevel4({ url, reason: `it answered ${status} without an explanation` })
      return new Refused({ status, problem: { title, ...(detail === null ? {} : { detail }) } })
    }
  }
}
