// What a venue says, before it reaches a log, a terminal or a client.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { foreignText } from "../../src/domain/ForeignText.ts"

describe("foreignText", () => {
  it("leaves ordinary text of any script as it is", () => {
    for (const text of ["", "418 I'm a teapot", "Währung nicht verfügbar", "板情報は休止中", "💥 over", "a\\nb"]) {
      assert.strictEqual(foreignText(text), text)
    }
  })

  it("spells out what would move a terminal, end a line, or turn or hide text", () => {
    assert.strictEqual(foreignText("bye\r\nlevel=error forged"), "bye\\r\\nlevel=error forged")
    assert.strictEqual(foreignText("\u001b[2J\u001b]0;title\u0007"), "\\u{001b}[2J\\u{001b}]0;title\\u{0007}")
    assert.strictEqual(
      foreignText("a\u202eb\u2066c\u200bd\ufeffe\u00adf"),
      "a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}e\\u{00ad}f"
    )
    assert.strictEqual(foreignText("x\u2028y\u2029z\u0085\u009b"), "x\\u{2028}y\\u{2029}z\\u{0085}\\u{009b}")
    assert.strictEqual(foreignText("half \ud83d of a pair"), "half \\u{d83d} of a pair")
  })

  it("cuts between characters, and says that it did", () => {
    assert.strictEqual(foreignText("abcdef", 4), "abc…")
    assert.strictEqual(foreignText("ab💥def", 4), "ab…")
    assert.strictEqual(foreignText("abc💥ef", 4), "abc…")
    assert.strictEqual(foreignText("abcd", 4), "abcd")
    assert.strictEqual(foreignText("\n".repeat(1_000_000), 10), "\\n\\n\\n\\n\\…".slice(0, 9) + "…")
  })

  it.prop(
    "never prints more than it may, nor anything that does not print as itself",
    [Schema.String, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))],
    ([text, limit]) => {
      const safe = foreignText(text, limit)
      assert.isAtMost(safe.length, limit)
      assert.isFalse(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(safe), JSON.stringify(safe))
    }
  )
})
