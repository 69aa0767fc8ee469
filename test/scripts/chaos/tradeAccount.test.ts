// Holds the account of trades to plain cases: which never came, which were reported as missed, and which came twice.
import { assert, describe, it } from "@effect/vitest"
import { tradeAccount } from "../../../scripts/chaos/tradeAccount.ts"

const SECOND = 1_000_000
const truth = Array.from({ length: 20 }, (_, n) => ({
  id: 100 + n,
  serial: 100 + n,
  price: `${10 + n}.50`,
  size: "1",
  at: n * SECOND
}))
const heard = (ids: ReadonlyArray<number>, name = (id: number) => String(id)) =>
  ids.map((id) => ({ id: name(id), price: `${id - 90}.5`, size: "1.0", at: (id - 100) * SECOND }))
const all = truth.map(({ id }) => id)

describe("tradeAccount", () => {
  it("finds nothing missing where all came", () => {
    assert.deepStrictEqual(tradeAccount(truth, heard(all), [], 0), {
      heard: 20,
      repeated: 0,
      reported: 0,
      silent: 0,
      by: "id"
    })
  })

  it("tells those that were reported as missed from those that nobody reported, and those that came twice", () => {
    const came = all.filter((id) => ![105, 106, 110].includes(id))
    const account = tradeAccount(truth, heard([...came, 119]), [[105, 106]], 2)
    assert.deepStrictEqual(account, { heard: 18, repeated: 1, reported: 2, silent: 1, by: "id" })
  })

  it("does not judge what lies before the first and after the last that came", () => {
    assert.strictEqual(tradeAccount(truth, heard([103, 104, 105]), [], 0).silent, 0)
  })

  it("goes by the order of trading where ids begin again", () => {
    const anew = truth.map((trade, n) => (n < 10 ? trade : { ...trade, id: n - 9 }))
    const came = anew.map(({ id, price, size, at }) => ({ id: String(id), price, size, at }))
    assert.strictEqual(tradeAccount(anew, came.slice(0, 15), [], 0).silent, 0)
    const lost = came.filter((_, n) => n !== 12)
    assert.deepStrictEqual(tradeAccount(anew, lost, [], 0), {
      heard: 19,
      repeated: 0,
      reported: 0,
      silent: 1,
      by: "id"
    })
  })

  it("compares by price and size where the venue has ids of its own", () => {
    const came = all.filter((id) => ![105, 106].includes(id))
    const account = tradeAccount(
      truth,
      heard(came, (id) => `uuid-${id}`),
      [],
      0
    )
    assert.deepStrictEqual(account, { heard: 18, repeated: 0, reported: 0, silent: 2, by: "amounts" })
  })
})
