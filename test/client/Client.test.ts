// The package's own client over the HTTP contract, imported by the name under which the package exports it.
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { Client } from "level4/client"
import { LocalBook } from "level4/client/LocalBook"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"

const environment = { LEVEL4_OPERATOR_TOKEN: "operator-of-this-test", LEVEL4_READER_TOKEN: "reader-of-this-test" }

layer(layerApi(inMemory, environment), { timeout: 60_000, excludeTestServices: true })("Client", (it) => {
  it.effect("calls with its token, and gets answers and problems as values of their types", () =>
    Effect.gen(function* () {
      const { url } = yield* ApiClient
      const operator = yield* Client.make({ url, token: Redacted.make("operator-of-this-test") })
      const kraken = yield* operator.api.exchanges.create({ payload: { name: ExchangeName.make("Kraken") } })
      assert.deepStrictEqual([kraken.id, kraken.name, kraken.supported], [1, "Kraken", true])
      const reader = yield* Client.make({ url, token: Redacted.make("reader-of-this-test") })
      assert.lengthOf(yield* reader.api.exchanges.list({}), 1)
      const again = { payload: { name: ExchangeName.make("Kraken") } }
      assert.strictEqual((yield* Effect.flip(operator.api.exchanges.create(again)))._tag, "AlreadyExistsProblem")
      assert.strictEqual((yield* Effect.flip(reader.api.exchanges.create(again)))._tag, "ForbiddenProblem")
      const nobody = yield* Client.make({ url })
      const refused = yield* Effect.flip(nobody.api.exchanges.list({}))
      assert.strictEqual(refused._tag, "UnauthorizedProblem")
    })
  )

  it.effect("is a layer, and streams what LocalBook takes", () =>
    Effect.gen(function* () {
      const { url } = yield* ApiClient
      const feed = new StagedFeed(yield* EventHub, stagedMarket(42))
      feed.snapshot([["100", "1"]], [["101", "2"]])
      const book = new LocalBook(42)
      const client = Client.layer({ url, token: Redacted.make("reader-of-this-test") })
      yield* Client.use(({ stream }) =>
        stream({ channels: ["book_change"], markets: [42] }).pipe(
          Stream.takeUntil((value) => book.apply(value)),
          Stream.runDrain
        )
      ).pipe(Effect.provide(client))
      assert.deepStrictEqual([book.live, book.bids(), book.asks()], [true, [["100", "1"]], [["101", "2"]]])
    })
  )
})
