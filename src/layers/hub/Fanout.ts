// Owns the windows in which events leave for clients, and which clients share a group. The first event after a pause leaves
// with the end of the running turn of the event loop; in a stream of them one window follows the other. Invariants: clients
// with the same topics and format are in one group; a group without members is gone; closing leaves no timer.
import { Group, type Format, type Member } from "./Group.ts"
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
  private later: NodeJS.Timeout | null = null
  private next = 0

  /** Sends what was gathered. Whoever changes what a client listens to does this first, so that nothing is told twice. */
  flush(): void {
    if (this.soon !== null) clearImmediate(this.soon)
    if (this.later !== null) clearTimeout(this.later)
    this.soon = null
    this.later = null
    if (this.dirty.length === 0) return
    const begun = performance.now()
    const dirty = this.dirty
    this.dirty = []
    for (const group of dirty) group.flush()
    const took = performance.now() - begun
    this.next = begun + Math.min(LONGEST, Math.max(WINDOW, SHARE * took))
  }

  /** Puts a member into the group of these topics; null for none. */
  join(member: Member, format: Format, topics: ReadonlySet<Topic>): Group | null {
    if (topics.size === 0) return null
    const sorted = [...topics].toSorted((a, b) => a.id - b.id)
    const key = `${format.name} ${sorted.map(({ id }) => id).join(" ")}`
    const group = this.groups.get(key) ?? this.open(key, sorted, format)
    group.members.add(member)
    return group
  }

  leave(member: Member, group: Group): void {
    group.members.delete(member)
    if (group.members.size > 0) return
    this.groups.delete(group.key)
    for (const topic of group.topics) topic.groups.delete(group)
  }

  close(): void {
    this.dirty = []
    this.flush()
  }

  private open(key: string, topics: ReadonlyArray<Topic>, format: Format): Group {
    const group = new Group(key, topics, format, this.gathered)
    this.groups.set(key, group)
    for (const topic of topics) topic.groups.add(group)
    return group
  }

  private readonly gathered = (group: Group): void => {
    this.dirty.push(group)
    if (this.soon !== null || this.later !== null) return
    const wait = this.next - performance.now()
    if (wait <= 0) this.soon = setImmediate(this.ended)
    else this.later = setTimeout(this.ended, wait)
  }

  private readonly ended = (): void => this.flush()
}
