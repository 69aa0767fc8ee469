// The rule for venues that have closed: which setting is named to a person, and where REST is asked.
import { assert, describe, it } from "@effect/vitest"
import { retirement, standIn } from "../../../src/feeds/market/Retired.ts"
import { endpointVariable } from "../../../src/domain/endpointVariable.ts"
import { schemes } from "../../../src/schemes/Schemes.ts"

const NONE = { ws: undefined, rest: undefined }

describe("a venue that has closed", () => {
  const retired = schemes.filter(({ status }) => status === "retired")

  it("is followed nowhere but at another address, by the setting that the service reads", () => {
    assert.deepStrictEqual(
      retired.map(({ exchange }) => exchange),
      ["BitMEX", "FTX"]
    )
    for (const scheme of retired) {
      for (const type of scheme.marketTypes) {
        assert.include(
          retirement(scheme, type, NONE),
          ` ${endpointVariable(scheme.exchange, type, "WS")} names another`
        )
        assert.isNotNull(retirement(scheme, type, { ...NONE, rest: "http://127.0.0.1:1" }))
        assert.isNull(retirement(scheme, type, { ...NONE, ws: "ws://127.0.0.1:1" }))
      }
    }
  })
  it("is asked nothing by REST at its own address", () => {
    const [scheme] = retired
    assert.deepStrictEqual(standIn(scheme!, { ws: "wss://127.0.0.1:1/a/", rest: undefined }), {
      ws: "wss://127.0.0.1:1/a/",
      rest: "https://127.0.0.1:1/a/"
    })
    const both = { ws: "ws://127.0.0.1:1", rest: "http://127.0.0.1:2" }
    assert.deepStrictEqual(standIn(scheme!, both), both)
  })
})

describe("a venue that lives", () => {
  it("is followed at its own address, and where a setting says", () => {
    const scheme = schemes.find(({ exchange }) => exchange === "Kraken")!
    assert.isNull(retirement(scheme, "SPOT", NONE))
    const moved = { ws: "ws://127.0.0.1:1", rest: undefined }
    assert.deepStrictEqual(standIn(scheme, moved), moved)
  })
})
