// Owns the entry of the benchmarks: what is measured, and its output. Without `--all` the recordings alone, in less
// than a minute. Words for people go to stdout as they come, or to stderr where `--json` asks for one JSON object as
// the last line of stdout.
//
//   npm run bench [-- DIR] [--json] [--all]
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { measureFeeds } from "./feeds.ts"
import { measureMediator } from "./mediator.ts"
import { measureOrderBook } from "./orderbook.ts"
import { measureRecordings } from "./recordings.ts"
import { measureStart } from "./start.ts"
import { measureWebsocket } from "./websocket.ts"

const args = process.argv.slice(2)
const json = args.includes("--json")
const SHARED = join(import.meta.dirname, "../../shared/recordings")
/** The one recording that the repository itself holds, written by the simulator. */
const OWN = join(import.meta.dirname, "../test/fixtures/simulated")
const given = args.find((argument) => !argument.startsWith("--"))
const folder = given ?? (existsSync(SHARED) ? SHARED : OWN)
const say = json ? console.error : console.log

/** The fan-out ends its own process. */
const measureFanout = (): Record<string, unknown> => {
  const { stdout, status } = spawnSync(process.execPath, [join(import.meta.dirname, "fanout.ts"), "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"]
  })
  const last = stdout.trimEnd().split("\n").pop() ?? ""
  if (status !== 0) {
    say("fan-out: failed")
    return {}
  }
  say(`fan-out, microseconds of CPU a delivered event: ${last}`)
  return JSON.parse(last) as Record<string, unknown>
}

if (!existsSync(folder)) {
  console.error(`there is no folder ${resolve(folder)}`)
  process.exit(1)
}
if (folder === OWN) say(`there are no recordings in ${resolve(SHARED)}: only the repository's own is measured`)
const recordings = await measureRecordings(resolve(folder), say)
const more = args.includes("--all")
  ? {
      ...measureOrderBook(say),
      ...measureMediator(say),
      ...(await measureWebsocket(say)),
      ...measureFanout(),
      ...(await measureFeeds(say)),
      ...(await measureStart(say))
    }
  : {}
if (json) console.log(JSON.stringify({ ...recordings, ...more }))
