// Owns what one window brings to all clients that listen to the very same topics in the same format: the events are
// gathered once, encoded once, and the same bytes are handed to every member. When a window ends is the fan-out's; what
// a slow member costs is its lane's. Invariant: no more than MAX_GATHERED characters and one event wait for the
// window's end.
import type { Topic, Told } from "./Topic.ts"

/** Makes the bytes that carry some events to a client. */
export interface Format {
  readonly name: string
  readonly encode: (told: ReadonlyArray<Told>) => Buffer
}

/** One client's way out for the topics of a group. */
export interface Member {
  deliver(chunk: Buffer, told: ReadonlyArray<Told>): void
}

const MAX_GATHERED = 1 << 18

export class Group {
  /** By which equal members find it; null for a group of one member whose topics change. */
  key: string | null = null
  readonly members = new Set<Member>()
  private readonly heard = new Set<Topic>()
  private readonly format: Format
  private readonly dirty: (group: Group) => void
  private told: Array<Told> = []
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

  add(told: Told): void {
    if (this.told.length === 0) this.dirty(this)
    this.told.push(told)
    this.gathered += told.text.length
    if (this.gathered > MAX_GATHERED) this.flush()
  }

  flush(): void {
    if (this.told.length === 0) return
    const told = this.told
    this.told = []
    this.gathered = 0
    if (this.members.size === 0) return
    const chunk = this.format.encode(told)
    for (const member of this.members) member.deliver(chunk, told)
  }
}
