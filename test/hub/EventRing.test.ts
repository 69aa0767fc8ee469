// What a ring keeps against a plain array: everything after what it forgot, within its bounds.
import { assert, describe, it } from "@effect/vitest"
import { EventRing, RingAllowance } from "../../src/hub/EventRing.ts"
import type { EncodedEvent } from "../../src/hub/EncodedEvent.ts"

const told = (seq: number, epoch: number, size = 10): EncodedEvent => ({
  topic: undefined as never,
  type: "trade",
  epoch,
  seq,
  text: "x".repeat(size)
})

describe("EventRing", () => {
  it("keeps the newest in order, and says what it forgot", () => {
    const ring = new EventRing(new RingAllowance(1 << 30))
    const all: Array<number> = []
    for (let seq = 1; seq <= 30_000; seq += 1 + (seq % 3)) {
      ring.push(told(seq, 1))
      all.push(seq)
      if (seq % 1_000 > 2) continue
      const kept = ring.after(0).map((one) => one.seq)
      assert.deepStrictEqual(kept, all.slice(-kept.length))
      assert.strictEqual(ring.forgotten, all[all.length - kept.length - 1] ?? 0)
      const middle = kept[kept.length >> 1]!
      assert.deepStrictEqual(
        ring.after(middle).map((one) => one.seq),
        kept.slice((kept.length >> 1) + 1)
      )
    }
    assert.strictEqual(ring.length, 8_192)
  })

  it("is bounded in characters, alone and with all others", () => {
    const allowance = new RingAllowance(6 << 20)
    const rings = [new EventRing(allowance), new EventRing(allowance)]
    for (let seq = 1; seq <= 200; seq++) for (const ring of rings) ring.push(told(seq, 1, 50_000))
    assert.isAtMost(allowance.used, 6 << 20)
    assert.isAtMost(rings[0]!.length, 83)
    assert.strictEqual(rings[0]!.after(0).at(-1)!.seq, 200)
    for (const ring of rings) ring.clear()
    assert.strictEqual(allowance.used, 0)
    assert.strictEqual(rings[0]!.forgotten, 200)
  })

  it("takes from the largest ring, not from the one that was put into last", () => {
    const allowance = new RingAllowance(1_000)
    const [large, small, late] = [new EventRing(allowance), new EventRing(allowance), new EventRing(allowance)]
    for (let seq = 1; seq <= 10; seq++) large.push(told(seq, 1, 90))
    for (let seq = 1; seq <= 5; seq++) small.push(told(seq, 1, 15))
    for (let seq = 1; seq <= 20; seq++) late.push(told(seq, 1, 5))
    const seqs = (ring: EventRing) => ring.after(0).map((one) => one.seq)
    assert.deepStrictEqual(seqs(small), [1, 2, 3, 4, 5])
    assert.deepStrictEqual(
      seqs(late),
      Array.from({ length: 20 }, (_, i) => i + 1)
    )
    assert.deepStrictEqual(seqs(large), [2, 3, 4, 5, 6, 7, 8, 9, 10].slice(large.forgotten - 1))
    assert.isAtMost(allowance.used, 1_000)
    assert.strictEqual(allowance.used, large.size + small.size + late.size)
    late.push(told(21, 1, 2_000))
    assert.strictEqual(allowance.used, large.size + small.size + late.size)
    assert.isAtMost(allowance.used, 1_000)
    assert.strictEqual(late.forgotten, 21)
    assert.deepStrictEqual(seqs(small), [1, 2, 3, 4, 5])
  })

  it("knows the epoch of a place by its neighbours", () => {
    const ring = new EventRing(new RingAllowance(1 << 20))
    ring.push(told(10, 1))
    ring.push(told(20, 1))
    ring.push(told(30, 2))
    const agrees = (epoch: number, seq: number) => ring.agrees(epoch, seq)
    assert.deepStrictEqual(
      [
        agrees(1, 10),
        agrees(2, 10),
        agrees(1, 15),
        agrees(2, 15),
        agrees(1, 25),
        agrees(2, 25),
        agrees(2, 35),
        agrees(1, 35)
      ],
      [true, false, true, false, true, true, true, false]
    )
  })
})
