// Owns the wall clock of the service that chaos tries: loaded before it (`node --import`), it adds to `Date` the
// milliseconds that a file names, read again and again. The monotonic clock is left alone, as by a person or NTP who
// sets the clock of a machine. Needs no library, unlike libfaketime.
import { readFileSync } from "node:fs"

const EVERY = 20
const file = process.env["CHAOS_CLOCK_FILE"]
const RealDate = globalThis.Date
let offset = 0

const read = () => {
  try {
    const wanted = Number(readFileSync(file, "utf8"))
    if (Number.isFinite(wanted)) offset = wanted
  } catch {
    // written at this moment: the next look sees it
  }
}

if (file !== undefined) {
  globalThis.Date = class Date extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + offset)
      else super(...args)
    }
    static now() {
      return RealDate.now() + offset
    }
  }
  setInterval(read, EVERY).unref()
}
