// Holds a market's book by stream and prints its best bid and ask whenever they change, for ten changes:
//   node docs/examples/follow.ts KRAKEN.SPOT:BTC-USD
import { Config, Console, Effect, Option, Stream } from "effect"
import { Client } from "level4/client"
import { LocalBook } from "level4/client/LocalBook"

const [tag = "KRAKEN.SPOT:BTC-USD"] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const url = yield* Config.String("LEVEL4_URL").pipe(Config.withDefault("http://127.0.0.1:4004"))
  const token = Option.getOrUndefined(yield* Config.option(Config.Redacted("LEVEL4_READER_TOKEN")))
  const client = yield* Client.make({ url, token })

  const market = (yield* client.api.markets.list({ query: {} })).find((market) => market.tag === tag)
  if (market === undefined) return yield* Console.error(`no market ${tag}`)

  const book = new LocalBook(market.id)
  let last = ""
  yield* client.stream({ channels: ["book_change"], markets: [market.id] }).pipe(
    Stream.tap((value) => {
      book.apply(value)
      // what may be missing is a value, never silence
      if (value.type === "disconnected") return Console.log(`lost: ${value.reason}; again in ${value.retry_in_ms} ms`)
      if (value.type === "resume" && !value.resumed) return Console.log(`begun anew: ${value.reason}`)
      if (value.type === "status")
        return Console.log(`${value.state}${value.reason === null ? "" : `: ${value.reason}`}`)
      return Effect.void
    }),
    Stream.filter(() => book.live),
    Stream.map(() => `bid ${book.bids(1)[0]?.join(" x ")}  ask ${book.asks(1)[0]?.join(" x ")}`),
    Stream.filter((line) => line !== last && ((last = line), true)),
    Stream.take(10),
    Stream.runForEach(Console.log)
  )
})

await Effect.runPromise(program)
