// Owns the book of the project's own recording, folded in the plainest way there is: JSON.parse, two Maps, a sort.
// Nothing of src is used, so that what is replayed is compared with something that was written twice.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import type { Naive, NaiveTrade } from "./naiveBooks.ts"

/** What `level4 record` wrote from the simulated Binance; the README beside it says how. */
export const SIMULATED_FILE = join(import.meta.dirname, "../fixtures/simulated/binance-spot.ndjson.gz")

type Levels = ReadonlyArray<readonly [string, string]>

interface Snapshot {
  readonly lastUpdateId: number
  readonly bids: Levels
  readonly asks: Levels
}

/** The frames of the combined stream; the acknowledgement has no data. */
interface Frame {
  readonly data?:
    | { readonly e: "depthUpdate"; readonly u: number; readonly b: Levels; readonly a: Levels }
    | { readonly e: "trade"; readonly t: number; readonly m: boolean }
}

/** The REST book, every change that ends after it, and every trade. */
export const naiveSimulated = (): Naive => {
  const lines = gunzipSync(readFileSync(SIMULATED_FILE)).toString().trimEnd().split("\n")
  const rows = lines.map((line) => JSON.parse(line) as { readonly kind: string; readonly text: string })
  const snapshot = JSON.parse(rows.find(({ kind }) => kind === "http")!.text) as Snapshot
  const frames = rows.flatMap(({ kind, text }) => (kind === "recv" ? [(JSON.parse(text) as Frame).data] : []))
  const bids = new Map(snapshot.bids)
  const asks = new Map(snapshot.asks)
  const trades: Array<NaiveTrade> = []
  for (const data of frames) {
    // the buyer was the maker: the taker sold
    if (data?.e === "trade") trades.push({ id: String(data.t), side: data.m ? "sell" : "buy" })
    if (data?.e !== "depthUpdate" || data.u <= snapshot.lastUpdateId) continue
    for (const [price, size] of data.b) bids.set(price, size)
    for (const [price, size] of data.a) asks.set(price, size)
  }
  return { bids: sorted(bids, -1), asks: sorted(asks, 1), trades }
}

const sorted = (side: ReadonlyMap<string, string>, sign: number): Naive["bids"] =>
  [...side]
    .filter(([, size]) => Number(size) > 0)
    .sort(([a], [b]) => (Number(a) - Number(b)) * sign)
    .map(([price, size]) => [plain(price), plain(size)])

const plain = (decimal: string): string => (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal)
