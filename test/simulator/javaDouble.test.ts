// Holds numbers as Java prints them to what the capture of a Java venue shows, and to Java's own rule beyond it.
import { assert, it } from "@effect/vitest"
import { javaDouble } from "../../src/simulator/javaDouble.ts"

it("prints doubles as Java does", () => {
  const texts = [320, 119.3, 0, 0.001, 0.000_999, 1e-10, 0.000_012_345, 9_999_999, 1e7, 12_345_678.5, -0.5].map(
    javaDouble
  )
  assert.deepStrictEqual(texts, [
    "320.0",
    "119.3",
    "0.0",
    "0.001",
    "9.99E-4",
    "1.0E-10",
    "1.2345E-5",
    "9999999.0",
    "1.0E7",
    "1.23456785E7",
    "-0.5"
  ])
})
