// Owns the seams of the command line: what its commands need from the rest of level4 besides the HTTP API, as plain
// functions of decoded options. src/start.ts hands them in, so that the command line imports no composition. A seam
// fails with any Error: its message is printed on stderr, and Runtime.errorExitCode on it, if there is one, is the exit
// code.
import type { Effect, Option } from "effect"
import type { Duration } from "effect/Duration"
import type { SymbolCode } from "../domain/Asset.ts"
import type { ExchangeName, ListedExchange } from "../domain/Exchange.ts"
import type { Finding } from "../domain/Finding.ts"
import type { NativeSymbol } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"

export interface Pair {
  readonly base: SymbolCode
  readonly quote: SymbolCode
}

interface ReplayOptions {
  /** Absolute path of a recording that was there when the command line was read. */
  readonly file: string
  readonly exchange: ExchangeName
  readonly marketType: MarketType
  /** At least one of `pair` and `nativeSymbol` is given; with both, `nativeSymbol` is how the venue spells the pair. */
  readonly pair: Option.Option<Pair>
  readonly nativeSymbol: Option.Option<NativeSymbol>
  /** Which protocol of the exchange the recording speaks; none: the one of today. */
  readonly protocol: Option.Option<string>
  /** Nothing but NDJSON on stdout. */
  readonly json: boolean
}

interface PlaybackOptions {
  readonly file: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** 1: as recorded; 2: twice as fast; 0: as fast as the client reads. */
  readonly speed: number
}

interface RecordOptions {
  readonly exchange: ExchangeName
  readonly marketType: MarketType
  readonly pair: Pair
  readonly nativeSymbol: Option.Option<NativeSymbol>
  /** Absolute path of the recording to write. */
  readonly out: string
  readonly duration: Duration
}

interface SimulateOptions {
  /** None: all. */
  readonly exchanges: ReadonlyArray<ExchangeName>
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly seed: string
  /** Moves a second of every market. */
  readonly rate: number
  /** Made-up markets of every venue besides its listing. */
  readonly markets: number
  /** A file, or `chaos`: drawn from the seed. */
  readonly faults: Option.Option<string>
  /** One JSON object on stdout. */
  readonly json: boolean
}

interface DoctorOptions {
  /** None: the addresses of all. */
  readonly exchanges: ReadonlyArray<ExchangeName>
}

/** What level4 can follow, whether the catalog names it or not. */
export type SupportedExchange = Pick<ListedExchange, "name" | "status" | "offers">

export interface Seams<R = never> {
  /** Runs the service until it is interrupted. */
  readonly serve: Effect.Effect<void, Error, R>
  readonly replay: (options: ReplayOptions) => Effect.Effect<void, Error, R>
  readonly playback: (options: PlaybackOptions) => Effect.Effect<void, Error, R>
  readonly record: (options: RecordOptions) => Effect.Effect<void, Error, R>
  /** Simulates exchanges until it is interrupted. */
  readonly simulate: (options: SimulateOptions) => Effect.Effect<void, Error, R>
  readonly supported: Effect.Effect<ReadonlyArray<SupportedExchange>, Error, R>
  /** Examines this installation; ends within 15 s. */
  readonly doctor: (options: DoctorOptions) => Effect.Effect<ReadonlyArray<Finding>, Error, R>
}
