// Owns the last line of a test run: `N passed, N failed`, and how many were skipped if any were. Everything above it is
// the default reporter's. Invariant: what could not be loaded or broke outside a test counts as failed.
import type { Reporter, TestModule } from "vitest/node"

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      count.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state === "pending" ? "failed" : state]++
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ""
    // at exit, so that it comes after whatever the other reporters print
    process.once("exit", () => process.stdout.write(`\n${count.passed} passed, ${count.failed} failed${skipped}\n`))
  }
}
