// Owns the proof that names of settings are spelled by one rule, whatever an exchange is called.
import { assert, it } from "@effect/vitest"
import { endpointVariable, protocolVariable } from "../../src/domain/endpointVariable.ts"

it("spells a venue's variable in capitals and underscores", () => {
  assert.strictEqual(endpointVariable("Binance", "PERP", "REST"), "LEVEL4_BINANCE_PERP_REST_URL")
  assert.strictEqual(endpointVariable("Gate.io 2", "SPOT", "WS"), "LEVEL4_GATE_IO_2_SPOT_WS_URL")
  assert.strictEqual(protocolVariable("Gate.io 2", "SPOT"), "LEVEL4_GATE_IO_2_SPOT_PROTOCOL")
  assert.strictEqual(protocolVariable("Ws url", "FUTURE"), "LEVEL4_WS_URL_FUTURE_PROTOCOL")
})
