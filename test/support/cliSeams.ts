// Seams of the command line that only say what they were asked for, as one line of JSON on stdout.
import { Console, Effect } from "effect"
import type { Seams } from "../../src/cli/Seams.ts"

const say = (name: string) => (options: unknown) => Console.log(JSON.stringify({ [name]: options }))

export const seams: Seams = {
  serve: say("serve")({}),
  replay: say("replay"),
  playback: say("playback"),
  record: say("record"),
  simulate: say("simulate"),
  supported: Effect.succeed([
    {
      name: "Kraken",
      status: "live",
      offers: [
        {
          market_type: "SPOT",
          protocol: "spot websocket v2",
          alternative: null,
          size_unit: "base",
          guarantee: "CRC32 of ten levels"
        },
        {
          market_type: "PERP",
          protocol: "futures websocket v1",
          alternative: null,
          size_unit: "contracts",
          guarantee: "seq, +1 each"
        },
        {
          market_type: "SPOT",
          protocol: "spot websocket v1",
          alternative: "v1",
          size_unit: "base",
          guarantee: "CRC32 of ten levels, trades without ids"
        }
      ]
    },
    { name: "FTX", status: "retired", offers: [] }
  ])
}
