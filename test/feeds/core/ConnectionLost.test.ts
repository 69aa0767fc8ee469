// What a loss says of the wait before the next connection, whatever a venue said.
import { assert, describe, it } from "@effect/vitest"
import { ConnectionLost } from "../../../src/feeds/core/ConnectionLost.ts"
import { Closed, SentAway } from "../../../src/feeds/core/LossCause.ts"

const sentAway = (retryAfter: number): ConnectionLost =>
  new ConnectionLost({ cause: new SentAway({ reason: "rate_limited", says: "slower", markets: 1, retryAfter }) })

describe("the wait before the next connection", () => {
  it("is what the cause asks for, an hour at most", () => {
    assert.deepStrictEqual(
      [2_000, 0, 1e12, Infinity].map((asked) => sentAway(asked).retryAfter),
      [2_000, 0, 3_600_000, 3_600_000]
    )
  })

  it("is none where the venue asks for what is no time", () => {
    assert.deepStrictEqual(
      [NaN, -5_000].map((asked) => sentAway(asked).retryAfter),
      [0, 0]
    )
  })

  it("is our own where we set one", () => {
    const cause = new Closed({ code: 1006, reason: "" })
    assert.strictEqual(new ConnectionLost({ cause, retryAfter: 10_000 }).retryAfter, 10_000)
    assert.strictEqual(new ConnectionLost({ cause }).retryAfter, 0)
  })
})
