// Owns the entry of the benchmarks: what is measured, and how it is told. Words for people go to stdout as they come, or to
// stderr where `--json` asks for one JSON object as the last line of stdout.
//
//   npm run bench [-- DIR] [--json] [--all]
import { resolve } from "node:path"
import { measureOrderBook } from "./orderbook.ts"
import { measureRecordings } from "./recordings.ts"

const args = process.argv.slice(2)
const json = args.includes("--json")
const folder = args.find((argument) => !argument.startsWith("--"))
const say = json ? console.error : console.log

const recordings = measureRecordings(resolve(folder ?? `${import.meta.dirname}/../../shared/recordings`), say)
const more = args.includes("--all") ? measureOrderBook(say) : {}
if (json) console.log(JSON.stringify({ ...recordings, ...more }))
