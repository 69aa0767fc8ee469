// Owns which channels a client that subscribed has still to get the first events of, market by market, in the order
// asked for. What those events are is initialEvents.ts. Invariant: a topic waits at most once; what was asked for last
// counts.
import type { ConsolidatedName, MarketChannelName } from "../../domain/ChannelName.ts"
import type { MarketChannel } from "../../hub/MarketChannel.ts"
import type { Place } from "../../hub/Place.ts"
import type { Delivery } from "./Protocol.ts"

/** Some channels of a market, or one over several markets, that wait to be opened. */
export interface PendingChannels {
  readonly market: MarketChannel | null
  readonly names: ReadonlyArray<MarketChannelName<string> | ConsolidatedName>
  readonly delivery: Delivery
  readonly since: Place | null
}

export class InitialQueue {
  private readonly waiting = new Map<MarketChannel | string, ReadonlyArray<PendingChannels>>()

  get empty(): boolean {
    return this.waiting.size === 0
  }

  put(pending: PendingChannels): void {
    const key = pending.market ?? pending.names[0]!.name
    const others = (this.waiting.get(key) ?? []).flatMap((one) =>
      without(one, (name) => pending.names.some((other) => other.name === name))
    )
    this.waiting.set(key, [...others, pending])
  }

  /** The next one, which waits no more. */
  take(): PendingChannels | undefined {
    const [key] = this.waiting.keys()
    return key === undefined ? undefined : this.takeOf(key)
  }

  /** The next one of this market, or of a channel over several, by its name. */
  takeOf(key: MarketChannel | string): PendingChannels | undefined {
    const [first, ...rest] = this.waiting.get(key) ?? []
    if (rest.length > 0) this.waiting.set(key, rest)
    else this.waiting.delete(key)
    return first
  }

  /** A channel is not wanted any more. */
  drop(market: MarketChannel | null, name: string): void {
    const key = market ?? name
    const left = (this.waiting.get(key) ?? []).flatMap((one) => without(one, (other) => other === name))
    if (left.length > 0) this.waiting.set(key, left)
    else this.waiting.delete(key)
  }

  clear(): void {
    this.waiting.clear()
  }
}

const without = (pending: PendingChannels, isGone: (name: string) => boolean): ReadonlyArray<PendingChannels> => {
  const names = pending.names.filter(({ name }) => !isGone(name))
  return names.length === 0 ? [] : [{ ...pending, names }]
}
