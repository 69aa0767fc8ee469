// What a client may say: any text is read or answered, never thrown at; an answer finds the client's id again.
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { Answer, readMessage } from "../../../src/api/stream/Protocol.ts"

const decodeAnswer = Schema.decodeUnknownSync(Answer)
const refused = (text: string) => {
  const read = readMessage(text)
  assert(Result.isFailure(read), text)
  return decodeAnswer(read.failure)
}

const Piece = Schema.Union([
  Schema.String,
  Schema.Int,
  Schema.Null,
  Schema.Array(Schema.Union([Schema.String, Schema.Int]))
])
const Any = Schema.Record(Schema.Literals(["op", "id", "channels", "markets", "delivery", "since", "x"]), Piece)

describe("readMessage", () => {
  it.prop("answers any text", [Schema.String], ([text]) => {
    assert.strictEqual(refused(text).type, "error")
  })

  it.prop("reads or answers any object, field by field", [Any], ([object]) => {
    const read = readMessage(JSON.stringify({ ...object, op: "subscribe" }))
    if (Result.isSuccess(read)) assert.strictEqual(read.success.op, "subscribe")
    else assert.isNotEmpty(JSON.stringify(decodeAnswer(read.failure)))
  })

  it("finds the id of a message that is refused", () => {
    for (const id of [7, "mine"]) assert.strictEqual(refused(JSON.stringify({ op: "subscribe", id })).id, id)
    assert.isNull(refused(JSON.stringify({ op: "subscribe", id: { a: 1 } })).id)
    assert.isNull(refused("[]").id)
  })

  it("says in a reader's words what a field may be", () => {
    const says = (fields: object) => {
      const answer = refused(JSON.stringify({ op: "subscribe", channels: ["trade"], ...fields }))
      assert(answer.type === "error")
      return answer.errors.map(({ field, message }) => `${field}: ${message}`)
    }
    const name = 'Expected the number of a market, its tag such as "KRAKEN.SPOT:BTC-USD", or a tag with * for any text'
    assert.deepStrictEqual(says({ markets: [null, 1.5] }), [`/markets/0: ${name}`, "/markets/1: Expected an integer"])
    assert.deepStrictEqual(says({ markets: 1 }), [
      '/markets: Expected "*", or an array such as [1,"KRAKEN.SPOT:BTC-USD","*.SPOT:BTC-*"]'
    ])
    assert.deepStrictEqual(says({ delivery: "all" }), ["/delivery: Expected lossless or latest"])
    assert.deepStrictEqual(says({ id: null }), ["/id: Expected a whole number, or a text of at most 64 characters"])
  })

  it("keeps a prototype out of the way", () => {
    const text = '{"op":"subscribe","channels":["trade"],"markets":[1],"since":{"__proto__":{"epoch":1,"seq":2}}}'
    const read = readMessage(text)
    assert(Result.isSuccess(read) || Result.isFailure(read))
    assert.isUndefined(({} as Record<string, unknown>)["epoch"])
  })
})
