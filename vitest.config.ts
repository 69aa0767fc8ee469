// Owns how the tests are run: which files, what the run shares, and what it prints last.
import { configDefaults, defineConfig } from "vitest/config"
import { withoutRecordings } from "./test/support/withoutRecordings.ts"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...withoutRecordings()],
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
