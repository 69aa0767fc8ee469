// Owns what one window brings to all clients that listen to the very same topics in the same format: the events are
// gathered once, encoded once, and the same bytes are handed to every member. When a window ends is the fan-out's; what
// a slow member costs is its send queue's. Invariant: no more than MAX_GATHERED characters and one event wait for the
// window's end.
import type { EncodedEvent } from "./EncodedEvent.ts"
import type { Topic } from "./Topic.ts"

/** Makes the bytes that carry some events to a client. */
export interface Format {
  readonly name: string
  readonly encode: (events: ReadonlyArray<EncodedEvent>) => Buffer
}

/** One client's way out for the topics of a group. */
export interface Member {
  deliver(chunk: Buffer, events: ReadonlyArray<EncodedEvent>): void
}

const MAX_GATHERED = 1 << 18

export class Group {
  /** By which equal members find it; null for a group of one member whose topics change. */
  key: string | null = null
  readonly members = new Set<Member>()
  private readonly heard = new Set<Topic>()
  private readonly format: Format
  private readonly dirty: (group: Group) => void
  private events: Array<EncodedEvent> = []
  private gathered = 0

  constructor(topics: Iterable<Topic>, format: Format, dirty: (group: Group) => void) {
    this.format = format
    this.dirty = dirty
    for (const topic of topics) this.extend(topic)
  }

  get topics(): ReadonlySet<Topic> {
    return this.heard
  }

  extend(topic: Topic): void {
    this.heard.add(topic)
    topic.groups.add(this)
  }

  reduce(topic: Topic): void {
    this.heard.delete(topic)
    topic.groups.delete(this)
  }

  add(event: EncodedEvent): void {
    if (this.events.length === 0) this.dirty(this)
    this.events.push(event)
    this.gathered += event.text.length
    if (this.gathered > MAX_GATHERED) this.flush()
  }

  flush(): void {
    if (this.events.length === 0) return
    const events = this.events
    this.events = []
    this.gathered = 0
    if (this.members.size === 0) return
    const chunk = this.format.encode(events)
    for (const member of this.members) member.deliver(chunk, events)
  }
}
