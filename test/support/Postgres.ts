// Owns a real Postgres server for tests: made in a temporary folder, on a free loopback port, under a random password.
// Where its binaries come from is PostgresBinaries's. Invariant: the server never outlives the test run: a shell
// between the two ends it as soon as its input closes, which happens however the run ends.
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { findPostgresBinaries, postgresUser, type SystemUser } from "./PostgresBinaries.ts"

// $0 is the server's folder, $@ its command line. Told to stop, it leaves the data for the next start; an input that
// ends without a word means that the test run is gone, and nobody else will tidy up.
const SUPERVISE = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(
  read -r word <&3
  [ "$word" = stop ] || : >"$0/orphaned"
  kill -QUIT $server 2>/dev/null
) &
wait $server
[ ! -e "$0/orphaned" ] || rm -rf "$0"`

export class PostgresServer {
  readonly port: number
  private readonly folder: string
  private readonly binaries: string
  private readonly user: SystemUser | undefined
  private readonly password: string
  private process: ChildProcess | undefined

  private constructor(port: number, packaged: boolean) {
    this.port = port
    this.password = randomBytes(12).toString("hex")
    this.user = postgresUser()
    this.folder = mkdtempSync(join(tmpdir(), "level4-postgres-"))
    chmodSync(this.folder, 0o755)
    this.binaries = findPostgresBinaries(this.folder, packaged)
    if (this.user !== undefined) spawnSync("chown", ["-R", `${this.user.uid}:${this.user.gid}`, this.folder])
    this.initialise()
  }

  /** A running server; `packaged` takes the npm package's binaries although the machine has its own. */
  static async start({ packaged = false } = {}): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort(), packaged)
    await server.start()
    return server
  }

  /** The address of one of its databases, password included. */
  url(database = "postgres"): string {
    return `postgres://level4:${this.password}@127.0.0.1:${this.port}/${database}`
  }

  /** Starts it again after `stop`, with the same address and data. */
  async start(): Promise<void> {
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB"]
    const args = ["-D", this.data, "-p", `${this.port}`, ...settings.flatMap((setting) => ["-c", setting])]
    const child = spawn("/bin/sh", ["-c", SUPERVISE, this.folder, join(this.binaries, "postgres"), ...args], {
      ...this.options,
      stdio: ["pipe", "ignore", "pipe"]
    })
    this.process = child
    const said: Array<string> = []
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.includes("ready to accept connections")) {
        child.stderr.resume()
        return
      }
      said.push(line)
    }
    throw new Error(`Postgres did not start:\n${said.join("\n")}`)
  }

  /** Ends it at once, as a crash would: every connection is cut, nothing is tidied up. */
  async stop(): Promise<void> {
    const child = this.process
    if (child === undefined) return
    this.process = undefined
    // one that failed to start has ended already, and would never say so again
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, "exit")
    child.stdin?.end("stop\n")
    await exited
  }

  /** Ends it and removes its data. */
  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private get data(): string {
    return join(this.folder, "data")
  }

  private get options() {
    return { cwd: this.folder, env: { PATH: process.env["PATH"], LC_ALL: "C" }, ...this.user }
  }

  private initialise(): void {
    const secret = join(this.folder, "password")
    writeFileSync(secret, this.password, { mode: 0o644 })
    const { status, stderr, error } = spawnSync(
      join(this.binaries, "initdb"),
      ["-D", this.data, "-U", "level4", `--pwfile=${secret}`, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N"],
      { ...this.options, encoding: "utf8" }
    )
    rmSync(secret)
    if (status === 0) return
    rmSync(this.folder, { recursive: true, force: true })
    throw new Error(`initdb failed: ${error?.message ?? stderr}`)
  }
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const address = probe.address()
  probe.close()
  await once(probe, "close")
  if (address === null || typeof address === "string") throw new Error("no port on loopback")
  return address.port
}
