// The text format: what is written reads back as it was, whatever stands in labels and numbers; and the strict reader
// that other tests rely on refuses what is wrong.
import { assert, describe, it } from "@effect/vitest"
import { exposition, type Family } from "../../../src/layers/metrics/Exposition.ts"
import { readExposition } from "../../support/prometheusText.ts"

const gauge = (value: number, labels: Record<string, string> = {}): Family => ({
  name: "level4_test",
  help: "Something",
  type: "gauge",
  samples: [{ labels, value }]
})

describe("exposition", () => {
  it("reads back as it was written", () => {
    const awkward = 'a "quoted" \\ back\\slash\nand a new line, {braces} = "'
    for (const value of [0, -1, 0.1, 1e21, 1e-9, 2 ** 53, Infinity, -Infinity]) {
      const read = readExposition(exposition([gauge(value, { market: awkward, other: "" })]))
      assert.deepStrictEqual(read.get("level4_test")?.samples, [
        { name: "level4_test", labels: { market: awkward, other: "" }, value }
      ])
    }
    assert.isNaN(readExposition(exposition([gauge(NaN)])).get("level4_test")?.samples[0]?.value)
    const help = exposition([{ ...gauge(1), help: "one\\two\nthree" }])
    assert.match(help, /^# HELP level4_test one\\\\two\\nthree\n# TYPE/)
  })

  it("leaves out a family without samples", () => {
    assert.strictEqual(exposition([{ ...gauge(1), samples: [] }]), "")
  })
})

describe("the strict reader", () => {
  const HEAD = "# HELP a_total x\n# TYPE a_total counter\n"
  const HISTOGRAM = "# HELP h x\n# TYPE h histogram\n"
  it.each([
    ["no end", "# HELP a x\n# TYPE a gauge\na 1"],
    ["a sample alone", "a 1\n"],
    ["a TYPE alone", "# TYPE a gauge\na 1\n"],
    ["a HELP alone", "# HELP a x\na 1\n"],
    ["another family's sample", `${HEAD}b_total 1\n`],
    ["a series twice", `${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
    ["a family twice", `${HEAD}a_total 1\n${HEAD}a_total{x="1"} 1\n`],
    ["no samples", HEAD],
    ["a counter without _total", "# HELP a x\n# TYPE a counter\na 1\n"],
    ["a gauge with _total", "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n"],
    ["milliseconds", "# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n"],
    ["a negative counter", `${HEAD}a_total -1\n`],
    ["no value", `${HEAD}a_total\n`],
    ["words as a value", `${HEAD}a_total one\n`],
    ["an open label", `${HEAD}a_total{x="1} 1\n`],
    ["a bare label", `${HEAD}a_total{x=1} 1\n`],
    ["a bad escape", `${HEAD}a_total{x="\\t"} 1\n`],
    ["labels that differ", `${HEAD}a_total{x="1"} 1\na_total{y="1"} 1\n`],
    ["an empty line", `${HEAD}\na_total 1\n`],
    ["no last bucket", `${HISTOGRAM}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`],
    ["buckets that fall", `${HISTOGRAM}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`],
    ["a count that is not the last bucket", `${HISTOGRAM}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
    ["no sum", `${HISTOGRAM}h_bucket{le="+Inf"} 1\nh_count 1\n`]
  ])("refuses %s", (_what, text) => {
    assert.throws(() => readExposition(text))
  })
})
