// Owns the folding of a recording: its frames go, in order and with their own times, through the very session, mediator
// and book that a live feed uses; only sockets, timers and fetches are missing. A REST answer of the recording reaches
// the session when its row comes. Invariant: the same rows give the same events, always.
import { MarketId } from "../domain/Market.ts"
import type { TranslationScheme } from "../schemes/TranslationScheme.ts"
import { Unreadable } from "../schemes/Wire.ts"
import type { FeedEvent } from "./FeedEvent.ts"
import { FeedExchange } from "./FeedExchange.ts"
import { Mediator } from "./Mediator.ts"
import { OrderBook } from "./OrderBook.ts"
import type { RecordingRow } from "./Recording.ts"

export interface Fold {
  readonly exchange: FeedExchange
  readonly book: OrderBook
  /** Frames received, of every kind the schema knows or not. */
  readonly frames: number
}

const NO_SEND = (): void => {}

/** Folds rows for one market; each event is handed over as it happens. Repairs are asked for and, on file, not answered. */
export const foldRecording = (
  scheme: TranslationScheme,
  symbol: string,
  tag: string,
  rows: Iterable<RecordingRow>,
  emit: (event: FeedEvent) => void
): Fold => {
  const folder = new Folder(scheme, symbol, tag, emit)
  for (const row of rows) folder.row(row)
  return folder
}

/** The fold one row at a time, for those who must yield in between. */
export class Folder implements Fold {
  readonly exchange: FeedExchange
  readonly book: OrderBook
  private readonly mediator: Mediator
  private readonly scheme: TranslationScheme
  private readonly symbol: string
  private session
  frames = 0
  private opened = false

  constructor(scheme: TranslationScheme, symbol: string, tag: string, emit: (event: FeedEvent) => void) {
    this.scheme = scheme
    this.symbol = symbol
    this.exchange = new FeedExchange(MarketId.make(1), tag, { wanted: true, emit }, 0)
    this.book = new OrderBook(scheme.keepsText)
    const ports = { fetch: NO_SEND, reconnect: NO_SEND, reject: NO_SEND }
    this.mediator = new Mediator(scheme, symbol, this.book, this.exchange, ports, 0)
    this.session = scheme.session("all")
    this.session.join([symbol])
  }

  row(row: RecordingRow): void {
    if (row.kind === "open" || !this.opened) this.open(row)
    if (row.kind === "recv") this.frame(row)
    if (row.kind === "http" && row.url.includes(encodeURIComponent(this.symbol))) {
      this.mediator.execute(this.session.answer(this.symbol, 200, row.text, row.at), row.at, this.session, NO_SEND)
    }
  }

  private open(row: RecordingRow): void {
    if (this.opened && row.kind === "open") {
      this.exchange.signal("disconnected", "the recording opens another connection", row.at)
      this.session = this.scheme.session("all")
      this.session.join([this.symbol])
    }
    this.opened = true
    this.exchange.signal("dial", null, row.at)
    this.mediator.connected(row.at)
  }

  private frame(row: RecordingRow): void {
    const { counts } = this.exchange
    this.frames++
    counts.frames++
    counts.bytes += row.text.length
    const result = this.session.receive(row.text, row.at)
    if (result instanceof Unreadable) this.mediator.unreadable(result, row.at, this.session, NO_SEND)
    else if (result.length === 0) counts.ignored++
    else this.mediator.execute(result, row.at, this.session, NO_SEND)
  }
}
