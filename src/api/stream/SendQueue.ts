// Owns one client's way for the topics of one delivery, and what its slowness costs. `lossless`: what waits is
// bounded, and beyond that the client is closed, with why. `latest`: beyond a smaller bound the queue leaves its
// group, counts what it skips, and when the client has read, reports the count and the newest state of each topic.
// Invariants: no more than the bound and one chunk wait for a client; what is skipped is counted and reported.
import type { Fanout } from "../../hub/Fanout.ts"
import type { Format, Group, Member } from "../../hub/Group.ts"
import type { EncodedEvent, EventSource } from "../../hub/EncodedEvent.ts"
import type { Topic } from "../../hub/Topic.ts"
import type { ClientSink } from "./ClientSink.ts"
import type { Delivery } from "./Protocol.ts"

/** Bytes that may wait for a client that must not lose any, and for one that wants the newest. */
export const LOSSLESS_LIMIT = 8 << 20
const LATEST_LIMIT = 256 << 10
/** Bytes written at a time to a client that catches up. */
const PIECE = 64 << 10
/** The websocket close code for "try again later". */
const TRY_AGAIN_LATER = 1013

export class SendQueue implements Member {
  /** Events left out so far. */
  skipped = 0
  private readonly topics = new Set<Topic>()
  private readonly delivery: Delivery
  private readonly sink: ClientSink
  private readonly fanout: Fanout
  private readonly format: Format
  private group: Group | null = null
  /** How much each topic had sent when the client fell behind; null while it keeps up. */
  private behind: Map<EventSource, number> | null = null
  private last: EncodedEvent | null = null
  /** Its group is its own, since what it takes part in changes. */
  private moving = false

  constructor(delivery: Delivery, sink: ClientSink, fanout: Fanout, format: Format) {
    this.delivery = delivery
    this.sink = sink
    this.fanout = fanout
    this.format = format
  }

  /** What it takes part in is about to change: leaves the group that it shares, until `settle`. */
  private move(): void {
    if (this.moving) return
    this.moving = true
    if (this.behind === null) this.group = this.fanout.separate(this, this.format, this.topics, this.group)
  }

  /** Takes part in these topics from now on. */
  add(topics: ReadonlyArray<Topic>): void {
    for (const topic of topics) {
      if (!this.topics.has(topic)) this.move()
      this.topics.add(topic)
      if (this.moving) this.group?.extend(topic)
      this.behind?.set(topic, topic.count)
    }
  }

  drop(topic: Topic): void {
    if (!this.topics.has(topic)) return
    this.move()
    this.topics.delete(topic)
    this.group?.reduce(topic)
    this.behind?.delete(topic)
  }

  /** What it takes part in changes no more: shares a group with its equals again. */
  settle(): void {
    if (!this.moving) return
    this.moving = false
    if (this.group !== null) this.group = this.fanout.share(this, this.format, this.group)
  }

  /** Sends what was gathered for it. */
  flush(): void {
    this.group?.flush()
  }

  close(): void {
    if (this.group !== null) this.fanout.leave(this, this.group)
    this.group = null
    this.topics.clear()
    this.behind = null
    this.moving = true
  }

  deliver(chunk: Buffer, events: ReadonlyArray<EncodedEvent>): void {
    const { sink } = this
    if (sink.unsent > (this.delivery === "lossless" ? LOSSLESS_LIMIT : LATEST_LIMIT)) {
      if (this.delivery === "lossless") this.tooSlow()
      else this.fallBehind(events)
      return
    }
    sink.write(chunk)
    this.last = events[events.length - 1]!
  }

  /**
   * The client has read: sends what it missed, as long as it can take it; true if there is more that it can take now.
   */
  catchUp(): boolean {
    if (this.behind === null) return false
    let written = 0
    for (const [topic, count] of this.behind) {
      if (topic.count === count) continue
      if (this.sink.unsent > LATEST_LIMIT) return false
      if (written > PIECE) return true
      const chunk = this.format.encode(this.missed(topic, topic.count - count))
      this.sink.write(chunk)
      written += chunk.length
      this.behind.set(topic, topic.count)
    }
    this.behind = null
    const own = this.fanout.separate(this, this.format, this.topics, null)
    this.group = this.moving ? own : this.fanout.share(this, this.format, own)
    return false
  }

  private fallBehind(events: ReadonlyArray<EncodedEvent>): void {
    this.behind = new Map<EventSource, number>([...this.topics].map((topic) => [topic, topic.count]))
    for (const { topic } of events) this.behind.set(topic, (this.behind.get(topic) ?? topic.count) - 1)
    if (this.group !== null) this.fanout.leave(this, this.group)
    this.group = null
  }

  private missed(topic: EventSource, count: number): ReadonlyArray<EncodedEvent> {
    const newest = topic.newest()
    // the newest trade is itself one of those that came meanwhile
    const left = newest !== null && topic.newestIsSent ? count - 1 : count
    this.skipped += left
    topic.skipped += left
    const { epoch, seq } = topic.market?.now ?? { epoch: 0, seq: 0 }
    const { id: market_id = null, tag = null } = topic.market ?? {}
    const text = JSON.stringify({ type: "skipped", market_id, tag, channel: topic.name, count: left })
    const skipped = left === 0 ? [] : [{ topic, type: "skipped", epoch, seq, text }]
    return newest === null ? skipped : [...skipped, newest]
  }

  private tooSlow(): void {
    this.fanout.tooSlow++
    this.sink.close(TRY_AGAIN_LATER, `too slow: ${this.sink.unsent} bytes wait; ${placeOf(this.last)}`)
  }
}

const placeOf = (last: EncodedEvent | null): string => {
  if (last === null) return "no event was sent but the first state"
  const { topic, epoch, seq } = last
  return `last sent: market ${topic.market?.id ?? topic.name} epoch ${epoch} seq ${seq}`
}
