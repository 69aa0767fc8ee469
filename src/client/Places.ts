// Owns how far a reader has come in each market, and of which run of level4 that place is. Invariant: a place is moved
// by whole messages that were handed on, never by what is still on its way; it goes backwards only where the service
// says that what was is no more.
import { MarketId } from "../domain/Market.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"

/** A place in a market's events: what was heard last. */
export interface Place {
  readonly epoch: number
  readonly seq: number
  /** The run of level4 that gave it, as `connected` names it: without it another process's place may look like ours. */
  readonly run?: string | undefined
}

interface Known extends Place {
  readonly tag: string
}

export class Places {
  private readonly known = new Map<number, Known>()

  /** The run of level4 that is heard now; undefined before the first connection, and with a service older than this. */
  run: string | undefined

  constructor(since: Readonly<Record<string, Place>> = {}) {
    for (const [market, { epoch, seq, run }] of Object.entries(since))
      this.known.set(Number(market), { epoch, seq, run, tag: "" })
  }

  [Symbol.iterator](): Iterator<readonly [number, Place]> {
    return this.known[Symbol.iterator]()
  }

  note(event: StreamEvent): void {
    if (!("seq" in event)) return
    const { market_id, tag, epoch, seq } = event
    const before = this.known.get(market_id)
    const startsOver = event.type === "resume" && !event.resumed
    if (startsOver || before === undefined || seq >= before.seq)
      this.known.set(market_id, { epoch, seq, run: this.run, tag })
  }

  /** Gives up a market's place; the event that tells the reader so, which starts over there. */
  giveUp(market: number, reason: string): StreamEvent {
    const { tag = "", epoch = 0, seq = 0 } = this.known.get(market) ?? {}
    this.known.delete(market)
    return { type: "resume", market_id: MarketId.make(market), tag, epoch, seq, resumed: false, reason, events: 0 }
  }

  clear(): void {
    this.known.clear()
  }
}
