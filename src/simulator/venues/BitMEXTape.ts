// Owns what BitMEX has sent of its markets: the ids of their levels, and the frames of the last step, made once for all
// clients. Who hears them is BitMEXConversation's. From venues/bitmex.md: a level's key is symbol, id and side; ids
// are arbitrary, the same for a price on either side; every row has its price, only removals have no size; prices are
// JSON numbers with a point, sizes whole contracts. A step is sent as delete, update, insert, so that no frame crosses
// the book. Pools: Secondary is empty here, so Aggregated is Primary under another name. Invariant: an update or delete
// names a key that was inserted, an insert one that was not.
import { isoTime } from "../isoTime.ts"
import { randomOf } from "../Random.ts"
import { seededUuid } from "../seededUuid.ts"
import { tickDirection } from "../tickDirection.ts"
import { unpadded } from "../unpadded.ts"
import type { SimLevel, SimMarket, SimStep } from "../Venue.ts"

export type Pool = "Primary" | "Secondary" | "Aggregated"
type Side = "Buy" | "Sell"
type Action = "delete" | "update" | "insert"

const ACTIONS: ReadonlyArray<Action> = ["delete", "update", "insert"]
/** Prices are scattered over this many ids a symbol. */
const IDS = 2_147_483_647
/** Publishing comes after the engine. */
const PUBLISHED = 2_000
/** Contracts to one unit of the base, where a contract is not worth one unit of the quote. */
export const MULTIPLIER = 10_000

interface Published {
  readonly place: number
  readonly salt: number
  readonly prices: Readonly<Record<Side, Set<string>>>
  /** Rows of the last step by action, each in two halves around its pool. */
  rows: Readonly<Record<Action, ReadonlyArray<readonly [string, string]>>>
  readonly frames: Map<Pool, ReadonlyArray<string>>
  trades: string
}

export class BitMEXTape {
  private readonly inverse: boolean
  private readonly rand: () => number
  private readonly published = new Map<string, Published>()

  constructor(inverse: boolean, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.inverse = inverse
    this.rand = rand
    for (const market of markets.values()) this.added(market)
  }

  added({ symbol, bids, asks }: SimMarket): void {
    this.published.set(symbol, {
      place: this.published.size + 1,
      salt: Math.floor(this.rand() * IDS),
      prices: { Buy: new Set(bids.map(({ price }) => price)), Sell: new Set(asks.map(({ price }) => price)) },
      rows: { delete: [], update: [], insert: [] },
      frames: new Map(),
      trades: ""
    })
  }

  step(market: SimMarket, step: SimStep): void {
    const published = this.published.get(market.symbol)!
    const stamps = stampsOf(step.at)
    const rows = { delete: [] as Array<Row>, update: [] as Array<Row>, insert: [] as Array<Row> }
    for (const [side, levels] of [["Sell", step.asks] as const, ["Buy", step.bids] as const]) {
      for (const level of levels) {
        const known = published.prices[side].has(level.price)
        const action = level.orders === 0 ? "delete" : known ? "update" : "insert"
        if (action === "delete") published.prices[side].delete(level.price)
        else if (action === "insert") published.prices[side].add(level.price)
        if (known || action === "insert") rows[action].push(this.row(market, side, level, stamps))
      }
    }
    published.rows = rows
    published.frames.clear()
    published.trades =
      step.trades.length === 0 ? "" : `{"table":"trade","action":"insert","data":[${this.newest(market, step)}]}`
  }

  /** The last step's book frames as subscribers of one pool get them. */
  changes({ symbol }: SimMarket, pool: Pool): ReadonlyArray<string> {
    if (pool === "Secondary") return []
    const { rows, frames } = this.published.get(symbol)!
    let texts = frames.get(pool)
    if (texts === undefined) {
      texts = ACTIONS.filter((action) => rows[action].length > 0).map(
        (action) => `{"table":"orderBookL2","action":"${action}","data":[${pooled(rows[action], pool)}]}`
      )
      frames.set(pool, texts)
    }
    return texts
  }

  /** The last step's trades in one frame, or the empty text. */
  trades({ symbol }: SimMarket): string {
    return this.published.get(symbol)!.trades
  }

  /** Rows of the best levels, dearest first, as snapshots and REST have them. */
  book(market: SimMarket, pool: Pool, depth: number, at: number): string {
    if (pool === "Secondary") return "[]"
    const stamps = stampsOf(at)
    const asks = market.asks.slice(0, depth).toReversed()
    const rows = [
      ...asks.map((level) => this.row(market, "Sell", level, stamps)),
      ...market.bids.slice(0, depth).map((level) => this.row(market, "Buy", level, stamps))
    ]
    return `[${pooled(rows, pool)}]`
  }

  /** The row of the trade at this place of the market's newest. */
  trade(market: SimMarket, index: number): string {
    const { id, price, size, side, at } = market.trades[index]!
    const contracts = Number(size)
    const home = this.inverse ? contracts / Number(price) : contracts / MULTIPLIER
    const foreign = this.inverse ? contracts : home * Number(price)
    const gross = Math.round(this.inverse ? home * 1e8 : foreign * 1e6)
    const uuid = seededUuid(randomOf(`BitMEX ${market.symbol} ${id}`))
    return (
      `{"timestamp":"${isoTime(at, 3)}","symbol":"${market.symbol}","side":"${side === "buy" ? "Buy" : "Sell"}",` +
      `"size":${size},"price":${float(price)},"tickDirection":"${tickDirection(market.trades, index)}",` +
      `"trdMatchID":"${uuid}","grossValue":${gross},"homeNotional":${home},"foreignNotional":${foreign},` +
      `"trdType":"Regular","pool":"Primary"}`
    )
  }

  private newest(market: SimMarket, { trades }: SimStep): string {
    const first = market.trades.length - trades.length
    return trades.map((_, index) => this.trade(market, first + index)).join(",")
  }

  private row({ symbol }: SimMarket, side: Side, { price, size, orders }: SimLevel, stamps: string): Row {
    const { place, salt } = this.published.get(symbol)!
    const ticks = Number(price.replace(".", ""))
    const id = place * 1e10 + ((ticks * 48_271 + salt) % IDS)
    const sized = orders === 0 ? "" : `"size":${size},`
    return [`{"symbol":"${symbol}","id":${id},"side":"${side}",${sized}"price":${float(price)},"pool":"`, stamps]
  }
}

type Row = readonly [string, string]

/** The end of a row, after its pool. */
const stampsOf = (at: number): string =>
  `","timestamp":"${isoTime(at + PUBLISHED, 3)}","transactTime":"${isoTime(at, 3)}"}`

const pooled = (rows: ReadonlyArray<Row>, pool: Pool): string =>
  rows.map(([before, after]) => before + pool + after).join(",")

const float = (decimal: string): string => {
  const bare = unpadded(decimal)
  return bare.includes(".") ? bare : `${bare}.0`
}
