// Proves that what a client says is read, and that no text throws.
import { assert, it } from "@effect/vitest"
import { jsonOf } from "../../src/simulator/jsonOf.ts"

it("gives the value of a JSON text, and undefined for any other", () => {
  assert.deepStrictEqual(jsonOf('{"op":"ping"}'), { op: "ping" })
  assert.isNull(jsonOf("null"))
  for (const text of ["", "{op", "undefined", "ping"]) assert.isUndefined(jsonOf(text))
})
