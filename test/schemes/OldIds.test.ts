// Owns the proof of the rule for ids that are not above the last one: repeated, contained in the snapshot, or counted from a
// lower number again.
import { assert, describe, it } from "@effect/vitest"
import { OldIds } from "../../src/schemes/OldIds.ts"

const SECOND = 1_000_000

describe("an id that is not above the last one", () => {
  it("is old while the snapshot may contain it, for 5 seconds", () => {
    const ids = new OldIds()
    ids.joined()
    assert.strictEqual(ids.judge(950, 1_000, 0), "old")
    assert.strictEqual(ids.judge(960, 1_000, 4 * SECOND), "old")
    assert.strictEqual(ids.judge(970, 1_000, 6 * SECOND), "restarted")
  })

  it("is not old for an hour because our clock was set back by one", () => {
    const ids = new OldIds()
    ids.joined()
    assert.strictEqual(ids.judge(950, 1_000, 3_600 * SECOND), "old")
    assert.strictEqual(ids.judge(960, 1_000, 0), "restarted")
  })

  it("is no old frame when it is far below, however soon", () => {
    const ids = new OldIds()
    ids.joined()
    assert.strictEqual(ids.judge(5, 26_941_144, 0), "restarted")
  })

  it("is a loss when too many follow a snapshot at once", () => {
    const ids = new OldIds()
    ids.joined()
    const verdicts = Array.from({ length: 1_001 }, (_, id) => ids.judge(id, 5_000, 0))
    assert.strictEqual(verdicts.lastIndexOf("old"), 999)
    assert.strictEqual(verdicts[1_000], "restarted")
  })

  it("is old after an applied frame only as the repetition of one", () => {
    const ids = new OldIds()
    ids.joined()
    for (const id of [600, 601, 602]) ids.follows(id)
    assert.strictEqual(ids.judge(601, 602, 0), "old")
    assert.strictEqual(ids.judge(602, 602, 0), "old")
    // small numbers: the engine restarted at 5, not far below 602
    assert.strictEqual(ids.judge(5, 602, 0), "restarted")
  })

  it("is a loss when repetitions do not end", () => {
    const ids = new OldIds()
    ids.joined()
    ids.follows(7)
    const verdicts = Array.from({ length: 17 }, () => ids.judge(7, 7, 0))
    assert.strictEqual(verdicts[15], "old")
    assert.strictEqual(verdicts[16], "restarted")
  })

  it("is judged by its own pace where a venue's ids move faster", () => {
    const ids = new OldIds(100_000_000)
    ids.joined()
    assert.strictEqual(ids.judge(1, 50_000_000, 0), "old")
  })
})
