// Owns the frames and sessions that Bitstamp's tests share, in the shape of the sheet (sections 4 and 5, 2026-09):
// diffs and REST books by their stamps, and a session with a live book.
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"
import type { Session } from "../../../src/schemes/TranslationScheme.ts"
import { told } from "../../support/SchemeBench.ts"

type Side = ReadonlyArray<readonly [string, string]>

export const level = (price: string, size: string) => [price, size] as const
export const book = (microtimestamp: number, bids: Side, asks: Side = []) => ({
  timestamp: "1",
  microtimestamp: String(microtimestamp),
  bids,
  asks
})
export const diff = (stamp: number, bids: Side, symbol = "btcusd") => ({
  event: "data",
  channel: `diff_order_book_${symbol}`,
  data: book(stamp, bids)
})
export const rest = (stamp: number, ...bids: Side) => JSON.stringify(book(stamp, bids, [level("20", "1")]))
export const acknowledged = { event: "bts:subscription_succeeded", channel: "diff_order_book_btcusd", data: {} }
export const types = (instructions: ReadonlyArray<{ readonly type: string }>) => instructions.map(({ type }) => type)

export const T = 1_641_343_691_000_000
export const join = () => {
  const session = bitstamp.session("all")
  session.join(["btcusd"])
  return session
}
/** A live book of stamp T + 10 with a bid at 9, its coverage proven. */
export const open = (): Session => {
  const session = join()
  told(session, acknowledged, T)
  told(session, diff(T + 5, [level("9", "1")]), T + 5)
  session.answer("btcusd", 200, rest(T + 10, level("9", "1")), T + 20)
  return session
}
