// Owns the proof of `level4 doctor`'s checks as a whole: on loopback, with overrides for every address.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { readdirSync } from "node:fs"
import { createServer } from "node:http"
import { doctor } from "../../../src/layers/doctor/doctor.ts"
import { temporaryFolder } from "../../support/Databases.ts"
import { listening } from "../../feeds/venue/loopback.ts"

const examine = (env: Record<string, string>, exchanges: ReadonlyArray<string>) =>
  doctor({ exchanges }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
const of = <A extends { readonly check: string }>(findings: ReadonlyArray<A>, ...checks: ReadonlyArray<string>) =>
  findings.filter(({ check }) => checks.includes(check))

/** A venue whose clock shows so many milliseconds less than ours. */
const venue = (behind: number) => {
  const asked: Array<string> = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.setHeader("date", new Date(Date.now() - behind).toUTCString())
    response.end()
  })
  return Effect.map(listening(server), (at) => ({ at, asked }))
}

describe("doctor", () => {
  it.live("finds everything right where it is, and changes nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { at, asked } = yield* venue(500)
      const env = {
        LEVEL4_DATA_DIR: folder,
        LEVEL4_COINBASE_SPOT_WS_URL: `ws://${at}/feed?key=secret`,
        LEVEL4_COINBASE_SPOT_REST_URL: `http://${at}`,
        LEVEL4_OPERATOR_TOKEN: "correct-horse-battery"
      }
      const findings = yield* examine(env, ["coinbase"])
      assert.deepStrictEqual(
        of(findings, "settings", "database", "disk", "runtime", "dns", "clock", "Coinbase").map(
          ({ check, level }) => `${level} ${check}`
        ),
        ["ok settings", "ok database", "ok disk", "ok runtime", "ok runtime", "ok clock", "ok Coinbase", "ok Coinbase"]
      )
      const [settings, database] = findings
      assert.match(settings!.detail, /127\.0\.0\.1, port 4004; set: LEVEL4_COINBASE_SPOT_REST_URL, LEVEL4_COINBASE_/)
      assert.strictEqual(database!.detail, `embedded; the first start makes it in ${folder}`)
      assert.match(findings.at(-2)!.detail, new RegExp(`^ws://${at} \\(SPOT\\) is reached in \\d+ ms$`))
      assert.match(findings.at(-1)!.detail, new RegExp(`^http://${at} \\(SPOT\\) answers in \\d+ ms$`))
      assert.notMatch(JSON.stringify(findings), /secret|correct-horse/)
      assert.deepStrictEqual(asked, ["HEAD /"])
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("says that this clock is wrong, and which address nothing listens at", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { at } = yield* venue(30_000)
      const gone = yield* Effect.scoped(listening(createServer()))
      const env = {
        LEVEL4_DATA_DIR: folder,
        LEVEL4_COINBASE_SPOT_WS_URL: `ws://${gone}`,
        LEVEL4_COINBASE_SPOT_REST_URL: `http://${at}`
      }
      const findings = yield* examine(env, ["Coinbase"])
      const [clock] = of(findings, "clock")
      assert.strictEqual(clock!.level, "fail")
      assert.match(clock!.detail, /^this clock is (29|30)\.\d s ahead of that of Coinbase, give or take 0\.\d s$/)
      assert.deepStrictEqual(of(findings, "Coinbase")[0], {
        level: "fail",
        check: "Coinbase",
        detail: `ws://${gone} (SPOT) can't be reached: connect ECONNREFUSED ${gone}`,
        fix: "See whether anything listens there, or correct LEVEL4_COINBASE_SPOT_WS_URL."
      })
    })
  )

  it.live("goes on where settings can't be read, and says of a closed venue that it is closed", () =>
    Effect.gen(function* () {
      const findings = yield* examine({ LEVEL4_PROT: "5000" }, ["ftx"])
      assert.deepStrictEqual(
        of(findings, "settings", "database", "FTX").map(({ level, detail }) => [level, detail]),
        [
          ["fail", "LEVEL4_PROT: no setting has this name. Did you mean LEVEL4_PORT? Correct it, or unset it."],
          ["warn", "not looked at"],
          ["ok", "it has closed, and no setting points its address elsewhere"]
        ]
      )
    })
  )
})
