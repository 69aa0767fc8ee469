// Owns `level4 simulate` as far as the command line goes: its flags and help. The simulation comes through the seam.
import { Command, Flag } from "effect/cli"
import { json } from "./ClientFlags.ts"
import { exchange } from "./DomainParams.ts"
import type { Seams } from "./Seams.ts"

export const simulateCommand = <R>(seams: Seams<R>) =>
  Command.make(
    "simulate",
    {
      exchanges: exchange.pipe(
        Flag.withDescription("An exchange to simulate, e.g. Kraken; may be given more than once (default: all)"),
        Flag.atLeast(0)
      ),
      host: Flag.String("host").pipe(
        Flag.withMetavar("<address>"),
        Flag.withDescription("The address to listen on (default 127.0.0.1)"),
        Flag.withDefault("127.0.0.1")
      ),
      port: Flag.Int("port").pipe(
        Flag.withMetavar("<port>"),
        Flag.withDescription("The port to listen on (default 4100); 0 takes any free one and prints it"),
        Flag.withDefault(4100),
        Flag.filter(
          (port) => port >= 0 && port <= 65535,
          () => "Expected a port from 0 to 65535"
        )
      ),
      seed: Flag.String("seed").pipe(
        Flag.withMetavar("<text>"),
        Flag.withDescription("The same seed gives the same markets and faults (default 1)"),
        Flag.withDefault("1")
      ),
      rate: Flag.Finite("rate").pipe(
        Flag.withMetavar("<moves>"),
        Flag.withDescription("Moves a second of every market (default 5)"),
        Flag.withDefault(5),
        Flag.filter(
          (rate) => rate >= 0 && rate <= 1_000,
          () => "Expected 0 to 1000"
        )
      ),
      markets: Flag.Int("markets").pipe(
        Flag.withMetavar("<n>"),
        Flag.withDescription("Made-up markets (bases S000, S001, …) of every venue besides its listing (default 0)"),
        Flag.withDefault(0),
        Flag.filter(
          (markets) => markets >= 0 && markets <= 1_000,
          () => "Expected 0 to 1000"
        )
      ),
      faults: Flag.String("faults").pipe(
        Flag.withMetavar("<file>"),
        Flag.withDescription(
          'A JSON array of faults such as [{"after_ms":5000,"exchange":"Kraken","fault":"drop"}], or the word chaos: ' +
            "drawn from the seed"
        ),
        Flag.optional
      ),
      json: json.pipe(Flag.withDescription("Print where everything is as one JSON object"))
    },
    (options) => seams.simulate(options)
  ).pipe(
    Command.withDescription(
      "Simulate exchanges on loopback until Ctrl-C: their websockets and REST, with markets that trade, their limits " +
        "and, if wished, faults. Prints the settings that point a service at it, and where the true books are. " +
        "Nothing it says is a real price. Faults can also be asked for while it runs: POST /faults."
    ),
    Command.withShortDescription("Simulate exchanges, with their true books to compare with"),
    Command.withExamples([
      { command: "level4 simulate", description: "All exchanges on http://127.0.0.1:4100" },
      {
        command: "level4 simulate --exchange Kraken --exchange Binance --seed 7 --faults chaos",
        description: "Two of them, with faults that seed 7 draws"
      },
      {
        command: `curl http://127.0.0.1:4100/faults -d '{"exchange":"Kraken","fault":"drop"}'`,
        description: "While it runs: one book frame of Kraken is left out (what else there is: send a fault of no name)"
      }
    ])
  )
