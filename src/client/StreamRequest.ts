// Owns what is asked of a stream, and how it is put to the service. Invariants: the book's channel comes last of those
// that can be resumed, so that a place never stands for something of an opening that is still on its way; a message
// stays below what the service reads, and places that have no room in it are given up and named.
import type { Delivery } from "../api/stream/Protocol.ts"
import { type ChannelText, isConsolidated, isPeriodic, readChannel } from "../domain/ChannelName.ts"
import { EVENT_KINDS } from "../domain/EventKinds.ts"
import type { Place } from "./Places.ts"

export interface StreamRequest {
  readonly channels: ReadonlyArray<ChannelText>
  /** Numbers, tags, or tags with `*` for any text; `"*"` for all. Not needed for `consolidated_…` alone. */
  readonly markets?: "*" | ReadonlyArray<number | string>
  /** `lossless` if left out: every event, and a reconnect that is reported where the reader was too slow. */
  readonly delivery?: Delivery
  /** The last place a reader has dealt with, by market number: the first connection continues after it. */
  readonly since?: Readonly<Record<string, Place>>
}

/** The service reads 64 KiB unless it is set otherwise. */
const MESSAGE_LIMIT = 60_000

/** Channels at intervals come last, since no place is of them; before them the one that begins with a whole book. */
const rank = (channel: string): number => {
  const name = readChannel(channel)
  if (typeof name === "string" || isConsolidated(name)) return 0
  return isPeriodic(name) ? 2 : EVENT_KINDS[name.kind].newcomer === "book" ? 1 : 0
}

/** The message that subscribes, and the markets whose places did not fit into it. */
export const subscription = (
  { channels, markets, delivery = "lossless" }: StreamRequest,
  places: Iterable<readonly [market: number, place: Place]>,
  run?: string
): { readonly text: string; readonly leftOut: ReadonlyArray<number> } => {
  const since: Record<string, object> = {}
  const leftOut: Array<number> = []
  const message = {
    op: "subscribe",
    id: 1,
    channels: channels.toSorted((a, b) => rank(a) - rank(b)),
    ...(markets === undefined ? {} : { markets }),
    delivery,
    ...(run === undefined ? {} : { run })
  }
  let length = JSON.stringify(message).length + 16
  for (const [market, { epoch, seq, run: own }] of places) {
    // most are of one run, which is said once
    const place = own === undefined || own === run ? { epoch, seq } : { epoch, seq, run: own }
    length += JSON.stringify({ [market]: place }).length
    if (length > MESSAGE_LIMIT) leftOut.push(market)
    else since[market] = place
  }
  const resuming = Object.keys(since).length > 0
  return { text: JSON.stringify(resuming ? { ...message, since } : message), leftOut }
}
