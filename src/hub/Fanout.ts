// Owns the windows in which events leave for clients, and which clients share a group. The first event after a pause
// leaves with the end of the running turn of the event loop; in a stream of them one window follows the other.
// Invariants: clients with the same topics and format are in one group, but for those whose topics are just changing,
// who have one of their own; a group without members is gone; closing leaves no timer.
// The turn of the event loop is waited for by setImmediate, which is on the way of every event after a pause: a fiber
// would cost more there than the sending.
import { Group, type Format, type Member } from "./Group.ts"
import type { Cancel, Timers } from "./Timers.ts"
import type { Topic } from "./Topic.ts"

/** Milliseconds between two windows of a busy stream; longer, up to LONGEST, where sending one takes long itself. */
const WINDOW = 10
const LONGEST = 50
/** A window is so many times as long as sending the last one took, so that feeds have the rest of the time. */
const SHARE = 8

export class Fanout {
  /** Clients closed so far because they read too slowly. */
  tooSlow = 0
  private readonly groups = new Map<string, Group>()
  private dirty: Array<Group> = []
  private soon: NodeJS.Immediate | null = null
  private later: Cancel | null = null
  private next = 0
  private readonly timers: Timers

  constructor(timers: Timers) {
    this.timers = timers
  }

  /** Sends what was gathered. */
  flush(): void {
    if (this.soon !== null) clearImmediate(this.soon)
    this.later?.()
    this.soon = null
    this.later = null
    if (this.dirty.length === 0) return
    const opened = this.timers.now()
    // what sending costs is real time, whatever clock the windows are on
    const begun = performance.now()
    const dirty = this.dirty
    this.dirty = []
    for (const group of dirty) group.flush()
    const took = performance.now() - begun
    this.next = opened + Math.min(LONGEST, Math.max(WINDOW, SHARE * took))
  }

  /**
   * A group for one member whose topics are about to change; `shared` is the one it is in. What either gathered is sent
   * first, so that nothing is sent twice.
   */
  separate(member: Member, format: Format, topics: ReadonlySet<Topic>, shared: Group | null): Group {
    shared?.flush()
    if (shared !== null && shared.members.size === 1) {
      if (shared.key !== null) this.groups.delete(shared.key)
      shared.key = null
      return shared
    }
    if (shared !== null) this.leave(member, shared)
    const group = new Group(topics, format, this.gathered)
    group.members.add(member)
    return group
  }

  /** The group of all with these topics, for a member whose own topics change no more; null for none. */
  share(member: Member, format: Format, own: Group): Group | null {
    own.flush()
    const sorted = [...own.topics].map(({ id }) => id).toSorted((a, b) => a - b)
    const key = `${format.name} ${sorted.join(" ")}`
    const known = this.groups.get(key)
    if (known === undefined && sorted.length > 0) {
      own.key = key
      this.groups.set(key, own)
      return own
    }
    this.leave(member, own)
    if (known === undefined) return null
    known.flush()
    known.members.add(member)
    return known
  }

  leave(member: Member, group: Group): void {
    group.members.delete(member)
    if (group.members.size > 0) return
    if (group.key !== null) this.groups.delete(group.key)
    for (const topic of group.topics) topic.groups.delete(group)
  }

  close(): void {
    this.dirty = []
    this.flush()
  }

  private readonly gathered = (group: Group): void => {
    this.dirty.push(group)
    if (this.soon !== null || this.later !== null) return
    const wait = this.next - this.timers.now()
    if (wait <= 0) this.soon = setImmediate(this.ended)
    else this.later = this.timers.after(wait, this.ended)
  }

  private readonly ended = (): void => {
    // it has rung: there is nothing to cancel
    this.later = null
    this.flush()
  }
}
