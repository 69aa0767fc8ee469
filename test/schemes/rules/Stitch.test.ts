// Owns the proof of the stitching of changes to a snapshot: any split of a chain before and after the snapshot's
// arrival applies what a naive replay applies, each change once and in order, and any lost change is seen where it is
// missing.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { OldIds } from "../../../src/schemes/rules/OldIds.ts"
import { Stitch, type StitchRule } from "../../../src/schemes/rules/Stitch.ts"

interface Change {
  readonly U: number
  readonly u: number
  readonly time?: number
  readonly mark?: number
}
const rule: StitchRule<Change> = {
  tooOld: (event, snapshot) => snapshot + 1 < event.U,
  old: (event, last) => event.u <= last,
  starts: (event, snapshot) => event.U <= snapshot + 1,
  follows: (event, last) => event.U <= last + 1,
  end: (event) => event.u,
  time: (event) => event.time ?? 0,
  mark: (event) => event.mark ?? 0
}
const FIRST = 100
const chainOf = (widths: ReadonlyArray<number>): ReadonlyArray<Change> => {
  let next = FIRST
  return widths.map((width) => {
    const U = next
    next += width
    return { U, u: next - 1 }
  })
}
const Within = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Widths = Schema.Array(Within(1, 5)).check(Schema.isMinLength(1), Schema.isMaxLength(40))
/** Thousandths of the way, the end excluded. */
const Place = Within(0, 999)
const along = (place: number, count: number) => Math.floor((place * count) / 1_000)

/** Offers the first `split` changes, anchors, offers again what waited and then the rest; the changes until a gap. */
const replay = (chain: ReadonlyArray<Change>, split: number, snapshot: number) => {
  const stitch = new Stitch(rule, 1_000, new OldIds())
  const waited = chain.slice(0, split).map((event) => stitch.offer(event))
  const events = stitch.anchor(snapshot, null)
  const applied: Array<Change> = []
  if (events === null) return { stitch, waited, events, applied, gap: null }
  for (const event of [...events, ...chain.slice(split)]) {
    const verdict = stitch.offer(event)
    if (verdict === "gap") return { stitch, waited, events, applied, gap: event }
    if (verdict === "apply") applied.push(event)
  }
  return { stitch, waited, events, applied, gap: null }
}

describe("a chain stitched to a snapshot", () => {
  it.prop(
    "applies what a naive replay does, however it is split and wherever the snapshot stands",
    [Widths, Place, Place],
    ([widths, cut, at]) => {
      const chain = chainOf(widths)
      const end = chain.at(-1)!.u
      const snapshot = FIRST - 1 + along(at, end - FIRST + 2)
      const { applied, gap, waited, stitch } = replay(chain, along(cut, chain.length + 1), snapshot)
      assert.isNull(gap)
      assert.deepStrictEqual(
        applied,
        chain.filter(({ u }) => u > snapshot)
      )
      assert.strictEqual(stitch.position, end)
      waited.forEach((verdict, index) => assert.strictEqual(verdict, index === 0 ? "ask" : "buffered"))
    }
  )
  it.prop(
    "shows a lost change at the very next one, unless the snapshot holds it already",
    [Widths, Place, Place, Place],
    ([widths, cut, at, lost]) => {
      const chain = chainOf(widths)
      const missing = along(lost, chain.length)
      const rest = chain.toSpliced(missing, 1)
      const split = along(cut, chain.length)
      const snapshot = FIRST - 1 + along(at, chain.at(-1)!.u - FIRST + 2)
      const { applied, gap, events } = replay(rest, split, snapshot)
      const oldest = rest[0]
      if (split > 0 && oldest !== undefined && snapshot + 1 < oldest.U) return assert.isNull(events)
      const needed = snapshot < chain[missing]!.u && missing < rest.length
      assert.deepStrictEqual(gap, needed ? rest[missing]! : null)
      assert.deepStrictEqual(
        applied,
        rest.filter(({ u }, index) => u > snapshot && (!needed || index < missing))
      )
    }
  )
  it.prop("takes every change once where each is repeated", [Widths, Place], ([widths, cut]) => {
    const chain = chainOf(widths)
    const twice = chain.flatMap((event) => [event, event])
    const { applied, gap } = replay(twice, along(cut, twice.length), FIRST - 1)
    assert.deepStrictEqual([applied, gap], [chain, null])
  })
})

describe("asking and waiting", () => {
  it("keeps what waits when the snapshot is too old", () => {
    const stitch = new Stitch(rule, 10, new OldIds())
    stitch.offer({ U: 5, u: 6 })
    assert.isNull(stitch.anchor(3, null))
    assert.deepStrictEqual(stitch.anchor(4, null), [{ U: 5, u: 6 }])
  })
  it("asks once, by itself or at the first change", () => {
    const stitch = new Stitch(rule, 10, new OldIds())
    assert.deepStrictEqual([stitch.ask(), stitch.ask(), stitch.offer({ U: 1, u: 1 })], [true, false, "buffered"])
  })
  it("is bounded, and starts over empty", () => {
    const stitch = new Stitch(rule, 2, new OldIds())
    const verdicts = [1, 2, 3].map((id) => stitch.offer({ U: id, u: id }))
    assert.deepStrictEqual(verdicts, ["ask", "buffered", "overflow"])
    stitch.restart()
    assert.isFalse(stitch.ask())
    assert.deepStrictEqual(stitch.anchor(7, null), [])
  })
  it("continues the empty book of a new listing with any change, whether it waited or not", () => {
    const chain = chainOf([2, 3])
    assert.deepStrictEqual(replay(chain, 1, -1).applied, chain)
    assert.deepStrictEqual(replay(chain, 0, -1).applied, chain)
    assert.strictEqual(replay([chain[0]!, { U: 900, u: 901 }], 1, -1).gap?.U, 900)
  })

  it.prop(
    "lays a later snapshot under itself: what it gives are the applied changes after it, and the chain goes on",
    [Widths, Place, Place],
    ([widths, cut, at]) => {
      const chain = chainOf(widths)
      const done = 1 + along(cut, chain.length)
      const { stitch } = replay(chain.slice(0, done), 0, FIRST - 1)
      const end = chain[done - 1]!.u
      const snapshot = FIRST - 1 + along(at, end - FIRST + 4)
      const after = stitch.underlay(snapshot, null)
      assert.deepStrictEqual(
        after,
        chain.slice(0, done).filter(({ u }) => u > snapshot)
      )
      // a snapshot ahead of the stream: what it holds already is dropped when it comes
      for (const event of chain.slice(done)) {
        assert.strictEqual(stitch.offer(event), event.u <= snapshot ? "drop" : "apply")
      }
    },
    { arbitrary: { runs: 1_000 } }
  )

  it("lays no snapshot under itself that is older than what it remembers", () => {
    const chain = chainOf(Array(200).fill(1))
    const { stitch } = replay(chain, 0, FIRST - 1)
    assert.isNull(stitch.underlay(FIRST + 60, null))
    assert.strictEqual(stitch.underlay(FIRST + 72, null)?.length, 127)
    stitch.restart()
    assert.isNull(stitch.underlay(FIRST + 72, null))
  })
})

describe("ids that begin again", () => {
  const SECOND = 1_000_000
  const counted = (far?: number) => new Stitch(rule, 100, new OldIds(far))
  const one = (id: number): Change => ({ U: id, u: id })

  it("are a gap at once behind an applied change, while one that is repeated is dropped", () => {
    const stitch = counted()
    stitch.anchor(599, null)
    assert.strictEqual(stitch.offer(one(600), 0), "apply")
    assert.strictEqual(stitch.offer(one(600), 1), "drop")
    assert.strictEqual(stitch.offer(one(5), 2), "gap")
  })
  it("are a gap behind a snapshot when they are far below it, or do not reach it within 5 seconds", () => {
    const stitch = counted()
    stitch.anchor(2_000_000, null)
    assert.strictEqual(stitch.offer(one(5), 0), "gap")
    const near = counted()
    near.anchor(600, null)
    assert.deepStrictEqual([near.offer(one(5), 0), near.offer(one(6), 4 * SECOND)], ["drop", "drop"])
    assert.strictEqual(near.offer(one(7), 6 * SECOND), "gap")
  })
  it("are not held against the same kind of snapshot twice: the stream has to reach the next one", () => {
    const stitch = counted()
    stitch.offer({ ...one(5), mark: 1 })
    assert.deepStrictEqual(stitch.anchor(600, null), [])
    assert.strictEqual(stitch.offer({ ...one(3), mark: 2 }), "gap")
    stitch.restart()
    stitch.offer({ ...one(4), mark: 3 })
    assert.isNull(stitch.anchor(600, null))
    assert.deepStrictEqual(stitch.anchor(4, null), [])
    assert.strictEqual(stitch.offer(one(5)), "apply")
  })
  it("leave what waited before them without a use, so that the next snapshot joins what came since", () => {
    const stitch = counted()
    for (const id of [9_000, 9_001, 9_001, 5, 6]) stitch.offer(one(id))
    assert.deepStrictEqual(stitch.anchor(5, null), [one(6)])
  })
  it("do not take a snapshot from before them for theirs", () => {
    const stitch = counted()
    stitch.offer(one(5))
    assert.isFalse(stitch.reaches(9_000_000))
    // near or far: a stream that began again never comes to where the other one stands
    assert.isFalse(stitch.reaches(600))
    assert.isNull(stitch.anchor(9_000_000, null))
    assert.deepStrictEqual(stitch.anchor(4, null), [one(5)])
    stitch.offer(one(5))
    assert.isNull(stitch.underlay(9_000_000, null))
    assert.strictEqual(stitch.position, 5)
  })
})

describe("a snapshot that contains what waited", () => {
  it("counts none of it as late: only what comes after it is judged", () => {
    const stitch = new Stitch(rule, 10_000, new OldIds())
    for (let id = 1; id <= 3_000; id++) stitch.offer({ U: id, u: id })
    assert.deepStrictEqual(stitch.anchor(3_000, null), [])
    assert.strictEqual(stitch.offer({ U: 3_000, u: 3_000 }), "drop")
    assert.strictEqual(stitch.offer({ U: 3_001, u: 3_001 }), "apply")
  })
})
