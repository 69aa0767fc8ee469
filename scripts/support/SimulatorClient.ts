// Owns the questions that scripts ask a running simulator: which markets it has, what traded, whether a book was ever
// true, and its faults. Shapes are those of src/simulator/SimRoutes.ts, decoded here. Invariant: a simulator that is
// away is an answer (null), not a failure, since scripts kill it on purpose.
import { Schema } from "effect"
import type { Book } from "../../src/domain/Event.ts"
import { MarketType } from "../../src/domain/MarketType.ts"
import { FaultName, type FaultRequest } from "../../src/simulator/Faults.ts"

/** A market in the simulator's words. */
export interface SimulatedMarket {
  readonly exchange: string
  readonly market_type: MarketType
  readonly symbol: string
}

const Overview = Schema.Struct({
  left_out: Schema.Finite,
  venues: Schema.Array(
    Schema.Struct({
      exchange: Schema.String,
      market_type: MarketType,
      open: Schema.Int,
      connects: Schema.Int,
      connects_refused: Schema.Int,
      rest: Schema.Int,
      rest_refused: Schema.Int,
      message_breaches: Schema.Int,
      bans: Schema.Int,
      frames: Schema.Int,
      defects: Schema.Int,
      last_defect: Schema.NullOr(Schema.String),
      lacks: Schema.Array(FaultName)
    })
  ),
  markets: Schema.Array(
    Schema.Struct({
      exchange: Schema.String,
      market_type: MarketType,
      symbol: Schema.String,
      base: Schema.String,
      quote: Schema.String
    })
  )
})
export type Overview = typeof Overview.Type

const TrueTrade = Schema.Struct({
  id: Schema.Int,
  /** Dense, and goes on where ids begin again. */
  serial: Schema.Int,
  price: Schema.String,
  size: Schema.String,
  at: Schema.Finite
})
export type TrueTrade = typeof TrueTrade.Type

const FaultView = Schema.Struct({
  id: Schema.Int,
  fault: FaultName,
  state: Schema.Literals(["active", "over"]),
  hits: Schema.Int,
  begun: Schema.Finite,
  until: Schema.Finite
})
export type FaultView = typeof FaultView.Type

const Match = Schema.Struct({ matches: Schema.Boolean, age_ms: Schema.optionalKey(Schema.Finite) })
const Trades = Schema.Struct({ trades: Schema.Array(TrueTrade) })
const Faults = Schema.Struct({ faults: Schema.Array(FaultView) })
const Rows = Schema.Array(Schema.Tuple([Schema.String, Schema.String]))
const TrueBook = Schema.Struct({ bids: Rows, asks: Rows })

export class SimulatorClient {
  private readonly url: string

  constructor(url: string) {
    this.url = url
  }

  overview(): Promise<Overview | null> {
    return this.ask(Overview, "/truth")
  }

  /** How long ago these best levels were true, in ms; `never` in memory; null: nobody there to ask. */
  async match(market: SimulatedMarket, bids: Book["bids"], asks: Book["asks"]): Promise<number | "never" | null> {
    const answer = await this.ask(Match, `${pathOf(market)}/match`, { bids, asks })
    return answer === null ? null : answer.matches ? (answer.age_ms ?? 0) : "never"
  }

  book(market: SimulatedMarket): Promise<typeof TrueBook.Type | null> {
    return this.ask(TrueBook, `${pathOf(market)}?depth=10`)
  }

  async trades(market: SimulatedMarket, after: number): Promise<ReadonlyArray<TrueTrade>> {
    return (await this.ask(Trades, `${pathOf(market)}/trades?after=${after}`))?.trades ?? []
  }

  inject(fault: FaultRequest): Promise<FaultView | null> {
    return this.ask(FaultView, "/faults", fault)
  }

  async faults(): Promise<ReadonlyArray<FaultView> | null> {
    return (await this.ask(Faults, "/faults"))?.faults ?? null
  }

  private async ask<A>(schema: Schema.Decoder<A>, path: string, body?: object): Promise<A | null> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const answer = await fetch(`${this.url}${path}`, { ...init, signal: AbortSignal.timeout(5_000) }).catch(() => null)
    if (answer === null) return null
    const text = await answer.text().catch(() => null)
    if (text === null) return null
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${path}: ${text}`)
    return Schema.decodeSync(Schema.fromJsonString(schema))(text)
  }
}

const pathOf = ({ exchange, market_type, symbol }: SimulatedMarket): string =>
  `/truth/${exchange.toLowerCase()}/${market_type.toLowerCase()}/${encodeURIComponent(symbol)}`
