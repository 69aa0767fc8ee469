// Owns the simulator as a process of its own: `bin/level4 simulate` and what it says of itself. Scripts start it, stop
// it and, where they mean harm, kill it. Invariant: `start` gives a simulator that listens, or fails with what it
// printed.
import { Schema } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { MarketType } from "../../src/domain/MarketType.ts"

export interface SimulatorOptions {
  /** Names; none: all that can be simulated. */
  readonly exchanges: ReadonlyArray<string>
  /** 0: any free one. */
  readonly port: number
  readonly seed: string
  /** Moves a second of every market. */
  readonly rate: number
  /** Made-up markets of every venue. */
  readonly markets: number
}

const Announcement = Schema.Struct({
  url: Schema.String,
  truth: Schema.String,
  environment: Schema.Record(Schema.String, Schema.String),
  venues: Schema.Array(
    Schema.Struct({
      exchange: Schema.String,
      market_type: MarketType,
      history: Schema.Boolean,
      symbols: Schema.Array(Schema.String)
    })
  )
})
const readAnnouncement = Schema.decodeUnknownSync(Schema.fromJsonString(Announcement))

const LEVEL4 = join(import.meta.dirname, "../../bin/level4")

export class SimulatorProcess {
  /** Where it is, and the settings that point a service at it. */
  readonly announced: typeof Announcement.Type
  private readonly child: ChildProcess

  private constructor(child: ChildProcess, announced: typeof Announcement.Type) {
    this.child = child
    this.announced = announced
  }

  static async start(options: SimulatorOptions): Promise<SimulatorProcess> {
    const child = spawn(LEVEL4, ["simulate", "--json", ...flags(options)], { stdio: ["ignore", "pipe", "pipe"] })
    let printed = ""
    let complaints = ""
    child.stderr.on("data", (chunk: Buffer) => (complaints = `${complaints}${String(chunk)}`.slice(-4_000)))
    const announced = await new Promise<typeof Announcement.Type>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the simulator ended with ${code}:\n${complaints}`)))
      child.once("error", reject)
      child.stdout.on("data", (chunk: Buffer) => {
        printed += String(chunk)
        if (printed.endsWith("\n")) resolve(readAnnouncement(printed))
      })
    })
    return new SimulatorProcess(child, announced)
  }

  get port(): number {
    return Number(new URL(this.announced.url).port)
  }

  /** The end a person would give it. */
  stop(): Promise<void> {
    return this.end("SIGTERM")
  }

  /** The end that no process survives or prepares for. */
  kill(): Promise<void> {
    return this.end("SIGKILL")
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, "exit")
    this.child.kill(signal)
    await ended
  }
}

const flags = ({ exchanges, port, seed, rate, markets }: SimulatorOptions): ReadonlyArray<string> => [
  ...exchanges.flatMap((exchange) => ["--exchange", exchange]),
  "--port",
  String(port),
  "--seed",
  seed,
  "--rate",
  String(rate),
  "--markets",
  String(markets)
]
