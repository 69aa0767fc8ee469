// Holds the hook that reads commit messages to good and bad ones, as git runs it: with the file of the message.
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const HOOK = join(import.meta.dirname, "../../scripts/hooks/commit-msg")

const judged = (message: string) => {
  const folder = mkdtempSync(join(tmpdir(), "level4-commit-"))
  try {
    const file = join(folder, "COMMIT_EDITMSG")
    writeFileSync(file, message)
    const { status, stderr } = spawnSync(HOOK, [file], { encoding: "utf8" })
    return { status, stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const SUBJECT_OF = (length: number) => `hub: ${"x".repeat(length - 5)}`

describe("commit-msg", () => {
  it.each([
    "hub: keep events for a minute\n",
    "docs, help: outputs of today\n\nWhy, and what was measured.\n",
    "kraken futures: names in refusals\n# Please enter the commit message\n#\ta comment\n",
    "\nfeeds/truth: an empty line before\n",
    `${SUBJECT_OF(72)}\n`,
    // characters are counted, not bytes
    `hub: ${"ü".repeat(67)}\n`,
    "hub: a diff below\n\n# ------------------------ >8 ------------------------\ndiff --git a/one b/one\n",
    "Merge branch 'hub'\nwith a line\n",
    'Revert "an old subject that says no area and is as long as it was once allowed to be, so"\n',
    "fixup! hub: keep events\n"
  ])("lets pass %j", (message) => {
    assert.deepStrictEqual(judged(message), { status: 0, stderr: "" })
  })

  it.each([
    ["Keep events for a minute\n", "has to be `area: what`"],
    ["hub:keep events\n", "has to be `area: what`"],
    ["hub: \n", "has to be `area: what`"],
    [": keep events\n", "has to be `area: what`"],
    [`${SUBJECT_OF(73)}\n`, "73 characters, 72 at most"],
    ["hub: keep events\nfor a minute\n", "below the subject has to be empty"],
    ["# only a comment\n\n", "no subject"]
  ])("refuses %j and says why", (message, why) => {
    const { status, stderr } = judged(message)
    assert.strictEqual(status, 1)
    assert.include(stderr, why)
  })
})
