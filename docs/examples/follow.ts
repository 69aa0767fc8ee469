// Holds a market's book by stream and prints its best bid and ask whenever they change, for ten changes:
//   node docs/examples/follow.ts KRAKEN.SPOT:BTC-USD
// It ends with 0 after those, 2 where the service refuses what is asked, 69 where no service answers, 130 by Ctrl-C.
import { Config, Console, Data, Effect, Option, Stream } from "effect"
import { Client } from "level4/client"
import { LocalBook } from "level4/client/LocalBook"

const [tag = "KRAKEN.SPOT:BTC-USD"] = process.argv.slice(2)

/** What a person has to read, and the exit code that goes with it. */
class Ended extends Data.TaggedError("Ended")<{ readonly message: string; readonly code: number }> {}

const program = Effect.gen(function* () {
  const url = yield* Config.String("LEVEL4_URL").pipe(Config.withDefault("http://127.0.0.1:4004"))
  const token = Option.getOrUndefined(yield* Config.option(Config.Redacted("LEVEL4_READER_TOKEN")))
  const client = yield* Client.make({ url, token })

  const markets = yield* client.api.markets.list({ query: {} }).pipe(
    Effect.mapError((failure) =>
      // a refusal of level4 is a problem with a detail; all else means that none was heard
      "detail" in failure
        ? new Ended({ message: failure.detail, code: 2 })
        : new Ended({ message: `no level4 answers at ${url}; LEVEL4_URL names another address`, code: 69 })
    )
  )
  const market = markets.find((market) => market.tag === tag)
  if (market === undefined) return yield* new Ended({ message: `there is no market ${tag}`, code: 2 })

  const book = new LocalBook(market.id)
  let last = ""
  yield* client.stream({ channels: ["book_change"], markets: [market.id] }).pipe(
    // a connection that ends is a value, and is made again: what fails here can't be helped by another try
    Stream.mapError(({ message }) => new Ended({ message, code: 2 })),
    Stream.tap((value) => {
      book.apply(value)
      // what may be missing is a value, never silence
      if (value.type === "disconnected") return Console.log(`lost: ${value.reason}; again in ${value.retry_in_ms} ms`)
      if (value.type === "resume" && !value.resumed) return Console.log(`starts over: ${value.reason}`)
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

const stopped = new AbortController()
process.once("SIGINT", () => stopped.abort())
const exit = await Effect.runPromiseExit(
  program.pipe(
    Effect.catchTag("ConfigError", ({ message }) => new Ended({ message, code: 2 })),
    Effect.catchTag("Ended", ({ code, message }) => Effect.as(Console.error(message), code))
  ),
  { signal: stopped.signal }
)
process.exitCode = exit._tag === "Success" ? (exit.value ?? 0) : stopped.signal.aborted ? 130 : 1
