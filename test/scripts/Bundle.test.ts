// Owns the proof that bin/level4 runs a bundle only of the very sources beside it, however they were changed, and the
// sources themselves otherwise.
import { assert, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"

const PROJECT = join(import.meta.dirname, "../..")
const root = mkdtempSync(join(tmpdir(), "level4-bundle-"))
const write = (path: string, text: string): void => writeFileSync(join(root, path), text)
const printed = (): string => execFileSync(join(root, "bin/level4"), { encoding: "utf8" }).trim()

beforeAll(() => {
  for (const folder of ["bin", "scripts", "src", "migrations", "dist", "node_modules/effect"])
    mkdirSync(join(root, folder), { recursive: true })
  for (const file of ["bin/level4", "scripts/fingerprint"]) cpSync(join(PROJECT, file), join(root, file))
  const runtime = `node_modules/node-${process.platform}-${process.arch}`
  symlinkSync(join(PROJECT, runtime), join(root, runtime))
  write("package.json", '{"type":"module"}')
  write("package-lock.json", "{}")
  write("src/main.ts", 'console.log("source" as string)')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it("runs the bundle of just these sources, and the sources as soon as one has changed", () => {
  assert.strictEqual(printed(), "source")
  const name = execFileSync("sh", ["scripts/fingerprint"], { cwd: root, encoding: "utf8" }).trim()
  mkdirSync(join(root, "dist", name))
  write(`dist/${name}/main.js`, 'console.log("bundle")')
  assert.strictEqual(printed(), "bundle")
  write("src/main.ts", 'console.log("another" as string)')
  // as if the change were older than the bundle
  utimesSync(join(root, "src/main.ts"), 0, 0)
  assert.strictEqual(printed(), "another")
  write("src/main.ts", 'console.log("source" as string)')
  assert.strictEqual(printed(), "bundle")
  write("package-lock.json", '{"other":1}')
  assert.strictEqual(printed(), "source")
})
