// Owns books folded from raw recordings in the plainest way there is: JSON.parse, two Maps, a sort. Nothing of src is
// used, so that what the service serves is compared with something that was written twice.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { RECORDINGS } from "./realRecordings.ts"

interface Row {
  readonly kind: string
  readonly url: string
  readonly text: string
}

export interface NaiveTrade {
  readonly id: string
  readonly side: "buy" | "sell"
}

export interface Naive {
  readonly bids: ReadonlyArray<readonly [string, string]>
  readonly asks: ReadonlyArray<readonly [string, string]>
  readonly trades: ReadonlyArray<NaiveTrade>
}

const rowsOf = (file: string): ReadonlyArray<Row> => {
  const lines = gunzipSync(readFileSync(join(RECORDINGS, `${file}.ndjson.gz`)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
  return lines.map((line) => JSON.parse(line) as Row)
}

type Pairs = ReadonlyArray<readonly [string, string]>

const plain = (decimal: string): string => (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal)

const side = (levels: Map<string, string>, sign: number): Naive["bids"] =>
  [...levels].sort(([a], [b]) => (Number(a) - Number(b)) * sign)

class Book {
  readonly bids = new Map<string, string>()
  readonly asks = new Map<string, string>()
  set(levels: Map<string, string>, pairs: Pairs): void {
    for (const [price, size] of pairs) {
      if (Number(size) === 0) levels.delete(plain(price))
      else levels.set(plain(price), plain(size))
    }
  }
  with(trades: ReadonlyArray<NaiveTrade>): Naive {
    return { bids: side(this.bids, -1), asks: side(this.asks, 1), trades }
  }
}

interface BinanceEvent {
  readonly e: string
  readonly s: string
  readonly u: number
  readonly b: Pairs
  readonly a: Pairs & number
  readonly m: boolean
}

/** The REST book, then every change that ends after it. */
export const naiveBinance = (file: string, symbol: string): Naive => {
  const rows = rowsOf(file)
  const book = new Book()
  const trades: Array<NaiveTrade> = []
  const snapshot = JSON.parse(rows.find((row) => row.kind === "http")!.text) as {
    lastUpdateId: number
    bids: Pairs
    asks: Pairs
  }
  book.set(book.bids, snapshot.bids)
  book.set(book.asks, snapshot.asks)
  for (const row of rows) {
    if (row.kind !== "recv") continue
    const { data } = JSON.parse(row.text) as { data: BinanceEvent }
    if (data.s !== symbol) continue
    if (data.e === "depthUpdate" && data.u > snapshot.lastUpdateId) {
      book.set(book.bids, data.b)
      book.set(book.asks, data.a)
    }
    // the buyer was the maker: the taker sold
    if (data.e === "aggTrade") trades.push({ id: String(data.a), side: data.m ? "sell" : "buy" })
  }
  return book.with(trades)
}

interface CoinbaseFrame {
  readonly type: string
  readonly product_id: string
  readonly bids: Pairs
  readonly asks: Pairs
  readonly changes: ReadonlyArray<readonly [string, string, string]>
  readonly trade_id: number
  readonly side: string
}

export const naiveCoinbase = (file: string, symbol: string): Naive => {
  const book = new Book()
  const trades: Array<NaiveTrade> = []
  for (const row of rowsOf(file)) {
    if (row.kind !== "recv") continue
    const frame = JSON.parse(row.text) as CoinbaseFrame
    if (frame.product_id !== symbol) continue
    if (frame.type === "snapshot") {
      book.set(book.bids, frame.bids)
      book.set(book.asks, frame.asks)
    }
    if (frame.type === "l2update") {
      for (const [which, price, size] of frame.changes) {
        book.set(which === "buy" ? book.bids : book.asks, [[price, size]])
      }
    }
    // `side` is the maker's
    if (frame.type === "match")
      trades.push({ id: String(frame.trade_id), side: frame.side === "sell" ? "buy" : "sell" })
  }
  return book.with(trades)
}

interface BitmexFrame {
  readonly table?: string
  readonly action: string
  readonly data: ReadonlyArray<{
    readonly symbol: string
    readonly id: number
    readonly side: string
    readonly price: number
    readonly size: number
    readonly trdMatchID: string
  }>
}

/** Rows by id, as BitMEX keys them; a row's price is only told when it is inserted. */
export const naiveBitmex = (file: string, symbol: string): Naive => {
  const rows = new Map<number, { side: string; price: number; size: number }>()
  const trades: Array<NaiveTrade> = []
  for (const row of rowsOf(file)) {
    if (row.kind !== "recv") continue
    const frame = JSON.parse(row.text) as BitmexFrame
    for (const item of frame.data ?? []) {
      if (item.symbol !== symbol) continue
      if (frame.table === "trade" && frame.action === "insert") {
        trades.push({ id: item.trdMatchID, side: item.side === "Buy" ? "buy" : "sell" })
      }
      if (frame.table !== "orderBookL2") continue
      if (frame.action === "delete") rows.delete(item.id)
      else rows.set(item.id, { ...rows.get(item.id), ...item })
    }
  }
  const book = new Book()
  for (const { side: which, price, size } of rows.values()) {
    book.set(which === "Buy" ? book.bids : book.asks, [[String(price), String(size)]])
  }
  return book.with(trades)
}
