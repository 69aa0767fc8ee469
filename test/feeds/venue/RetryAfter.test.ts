// Retry-After as venues write it: seconds, the three forms of a date, and what is neither.
import { assert, describe, it } from "@effect/vitest"
import { quietMs, retryAfterMs } from "../../../src/feeds/venue/RetryAfter.ts"

const NOW = Date.UTC(2026, 10, 28, 19, 0, 0)
const at = (ms: number) => new Date(NOW + ms).toUTCString()

describe("Retry-After", () => {
  it("is whole seconds, at most an hour, never shorter than asked", () => {
    assert.strictEqual(retryAfterMs("20", undefined, NOW), 20_000)
    assert.strictEqual(retryAfterMs(" 0 ", undefined, NOW), 0)
    assert.strictEqual(retryAfterMs("0.5", undefined, NOW), 500)
    assert.strictEqual(retryAfterMs("1800", undefined, NOW), 1_800_000)
    assert.strictEqual(retryAfterMs("259200", undefined, NOW), 3_600_000)
    assert.strictEqual(retryAfterMs("999999999999999", undefined, NOW), 3_600_000)
    assert.strictEqual(retryAfterMs("9".repeat(400), undefined, NOW), 3_600_000)
  })

  it("is a date, counted from the answer's own, else from our clock", () => {
    assert.strictEqual(retryAfterMs(at(15_000), undefined, NOW), 15_000)
    // the venue's clock is a day ahead of ours
    assert.strictEqual(retryAfterMs(at(86_415_000), at(86_400_000), NOW), 15_000)
    assert.strictEqual(retryAfterMs(at(86_415_000), undefined, NOW), 3_600_000)
    assert.strictEqual(retryAfterMs(at(-5_000), at(0), NOW), 0)
    assert.strictEqual(retryAfterMs("Saturday, 28-Nov-26 19:00:30 GMT", undefined, NOW), 30_000)
    assert.strictEqual(retryAfterMs("Sat Nov 28 19:00:30 2026", undefined, NOW), 30_000)
    assert.strictEqual(retryAfterMs(at(15_000), "no date", NOW), 15_000)
  })

  it("is counted from our clock where the answer's own Date makes no sense", () => {
    // a cache wrote the answer an hour ahead, or decades ago
    assert.strictEqual(retryAfterMs(at(15_000), at(3_600_000), NOW), 15_000)
    assert.strictEqual(retryAfterMs(at(15_000), "Thu, 01 Jan 1970 00:00:00 GMT", NOW), 15_000)
    // neither clock makes sense of it: the venue's counts
    assert.strictEqual(retryAfterMs(at(-7_200_000), at(-9_200_000), NOW), 2_000_000)
    assert.strictEqual(retryAfterMs(at(-86_400_000), at(0), NOW), 0)
    assert.strictEqual(retryAfterMs(at(86_400_000), at(0), NOW), 3_600_000)
  })

  it("keeps the pause of its status where no moment ahead is named", () => {
    const quiet = (status: number, header: string | undefined) =>
      quietMs(status, { "retry-after": header, date: at(0) }, NOW)
    for (const header of [undefined, "-1", "1e9", "soon", "0", at(-60_000)]) {
      assert.strictEqual(quiet(429, header), 1_000, String(header))
      assert.strictEqual(quiet(418, header), 120_000, String(header))
    }
    assert.strictEqual(quiet(418, "20"), 20_000)
    assert.isNull(quiet(503, "-1"))
    assert.strictEqual(quiet(503, at(9_000)), 9_000)
  })

  it("says nothing otherwise", () => {
    for (const header of [undefined, "", "soon", "-5", "1e3", "1, 2", "NaN", "2026-11-28T19:00:30Z", "Infinity"]) {
      assert.isNull(retryAfterMs(header, undefined, NOW), String(header))
    }
  })
})
