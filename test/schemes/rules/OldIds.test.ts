// Owns the proof of the rule for ids that are not above the last one: repeated, contained in the snapshot, or counted
// from a lower number again.
import { assert, describe, it } from "@effect/vitest"
import { markOf, OldIds } from "../../../src/schemes/rules/OldIds.ts"

const SECOND = 1_000_000

describe("an id that is not above the last one", () => {
  it("is old while the snapshot may contain it, for 5 seconds", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    assert.strictEqual(ids.judge(950, 0, null, 1_000, 0), "old")
    assert.strictEqual(ids.judge(960, 0, null, 1_000, 4 * SECOND), "old")
    assert.strictEqual(ids.judge(970, 0, null, 1_000, 6 * SECOND), "restarted")
  })

  it("is not old for an hour because our clock was set back by one", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    assert.strictEqual(ids.judge(950, 0, null, 1_000, 3_600 * SECOND), "old")
    assert.strictEqual(ids.judge(960, 0, null, 1_000, 0), "restarted")
  })

  it("is no old frame when it is far below, however soon", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    assert.strictEqual(ids.judge(5, 0, null, 26_941_144, 0), "restarted")
  })

  it("is a loss when too many follow a snapshot at once", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    const verdicts = Array.from({ length: 1_001 }, (_, id) => ids.judge(id, 0, null, 5_000, 0))
    assert.strictEqual(verdicts.lastIndexOf("old"), 999)
    assert.strictEqual(verdicts[1_000], "restarted")
  })

  it("is old after an applied frame only as the repetition of one", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    for (const id of [600, 601, 602]) ids.follows(id, 0)
    assert.strictEqual(ids.judge(601, 0, null, 602, 0), "old")
    assert.strictEqual(ids.judge(602, 0, null, 602, 0), "old")
    // small numbers: the engine restarted at 5, not far below 602
    assert.strictEqual(ids.judge(5, 0, null, 602, 0), "restarted")
  })

  it("is a loss when repetitions do not end", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    ids.follows(7, 0)
    const verdicts = Array.from({ length: 17 }, () => ids.judge(7, 0, null, 7, 0))
    assert.strictEqual(verdicts[15], "old")
    assert.strictEqual(verdicts[16], "restarted")
  })

  it("is no repetition where the contents are others", () => {
    const ids = new OldIds()
    ids.joined(null, null)
    for (const id of [1, 2, 3, 4, 5, 6]) ids.follows(id, 10 + id)
    assert.strictEqual(ids.judge(3, 13, null, 6, 0), "old")
    assert.strictEqual(ids.judge(3, 14, null, 6, 0), "restarted")
  })

  it("is none of the snapshot's where the stream was further already, or where it happened later", () => {
    const ids = new OldIds()
    ids.joined(40, 7 * SECOND)
    assert.strictEqual(ids.judge(41, 1, 6 * SECOND, 50, 0), "old")
    assert.strictEqual(ids.judge(41, 1, 6 * SECOND, 50, 0), "old")
    assert.strictEqual(ids.judge(42, 2, 8 * SECOND, 50, 0), "restarted")
    assert.strictEqual(ids.judge(39, 3, 6 * SECOND, 50, 0), "restarted")
  })

  it("may be that of several frames where it is a time", () => {
    const ids = new OldIds(1_000, true)
    ids.joined(40, null)
    assert.strictEqual(ids.judge(40, 1, null, 50, 0), "old")
    assert.strictEqual(ids.judge(40, 2, null, 50, 0), "old")
    assert.strictEqual(ids.judge(39, 3, null, 50, 0), "restarted")
  })

  it("is judged by its own pace where a venue's ids move faster", () => {
    const ids = new OldIds(100_000_000)
    ids.joined(null, null)
    assert.strictEqual(ids.judge(1, 0, null, 50_000_000, 0), "old")
  })
})

describe("the mark of a frame", () => {
  it("is the same for the same contents, and another for another time, length or best level", () => {
    const mark = markOf(5, [["100", "1"]], [])
    assert.strictEqual(markOf(5, [["100", "1"]], []), mark)
    const others = [
      markOf(6, [["100", "1"]], []),
      markOf(5, [["100", "2"]], []),
      markOf(5, [["100", 1.5]], []),
      markOf(5, [], [["100", "1"]]),
      markOf(
        5,
        [
          ["100", "1"],
          ["99", "1"]
        ],
        []
      )
    ]
    assert.isFalse(others.includes(mark))
    assert.strictEqual(new Set(others).size, others.length)
    assert.notStrictEqual(markOf(null, [[1e-9, 2e-9]], []), markOf(null, [[1e-9, 3e-9]], []))
  })
})
