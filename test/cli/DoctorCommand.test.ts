// `level4 doctor`: how findings look, for people and for scripts, and which exit code they mean. The checks themselves
// are tested in test/layers/doctor.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Finding } from "../../src/domain/Finding.ts"
import { level4 } from "../support/CommandLine.ts"
import { seams } from "../support/cliSeams.ts"

const FINDINGS: ReadonlyArray<Finding> = [
  { level: "ok", check: "settings", detail: "they can be read", fix: null },
  { level: "warn", check: "clock", detail: "2.0 s behind", fix: "Set it by NTP." },
  { level: "fail", check: "Kraken", detail: "refused\u001b[2J", fix: "Look at the firewall." }
]
const finding = (findings: ReadonlyArray<Finding>) => ({ seams: { ...seams, doctor: () => Effect.succeed(findings) } })

describe("level4 doctor", () => {
  it.effect("prints a line for each finding, what mends it below, and ends with 2 if any failed", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* level4(["doctor"], finding(FINDINGS)), {
        code: 2,
        stdout: [
          "ok    settings  they can be read",
          "warn  clock     2.0 s behind",
          "                → Set it by NTP.",
          "FAIL  Kraken    refused\u{fffd}[2J",
          "                → Look at the firewall."
        ].join("\n"),
        stderr: "level4: 1 of 3 checks failed, and 1 to look at"
      })
      const json = yield* level4(["doctor", "--json"], finding(FINDINGS))
      assert.strictEqual(json.code, 2)
      assert.deepStrictEqual(JSON.parse(json.stdout), FINDINGS)
    })
  )

  it.effect("ends with 0 where nothing failed", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* level4(["doctor"], finding(FINDINGS.slice(0, 2)))).code, 0)
    })
  )

  it.effect("looks at the exchanges that are named, and knows those that it has", () =>
    Effect.gen(function* () {
      const ran = yield* level4(["doctor", "--exchange", "kraken", "--exchange", "FTX"])
      assert.match(ran.stdout, /^\{"doctor":\{"exchanges":\["kraken","FTX"\]\}\}\n/)
      const wrong = yield* level4(["doctor", "--exchange", "Krakem"])
      assert.deepStrictEqual(wrong, {
        code: 2,
        stdout: "",
        stderr: "level4: level4 follows no Krakem; did you mean Kraken?\n  it follows Kraken, FTX"
      })
    })
  )
})
