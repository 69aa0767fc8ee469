// Owns how the tests are run: which files, what the run shares, and what it prints last.
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/globalSetup.ts",
    // what passing tests log is noise
    silent: "passed-only",
    reporters: ["default", "./test/support/reporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
})
