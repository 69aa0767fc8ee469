// Owns the measurement of starting: `bin/level4 --version` and the whole service on an embedded database that exists
// already, each as a process of its own from its fork until it answers; then the CPU of the service without feeds, and
// what memory it holds.
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { median } from "./rounds.ts"

const LEVEL4 = join(import.meta.dirname, "../bin/level4")
const ROUNDS = 5
const IDLE_SECONDS = 10
const POLL = 5
const GIVE_UP = 60_000

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

interface Started {
  readonly service: ChildProcess
  readonly ready_ms: number
  /** CPU time that it took until then, on all threads. */
  readonly ready_cpu_ms: number
}

/** Starts the service and waits until it is ready for requests. */
const start = async (dataDir: string): Promise<Started> => {
  const port = await freePort()
  const begun = performance.now()
  const service = spawn(LEVEL4, ["serve"], {
    stdio: "ignore",
    env: { ...process.env, LEVEL4_PORT: String(port), LEVEL4_DATA_DIR: dataDir, LEVEL4_LOG_LEVEL: "error" }
  })
  while (performance.now() - begun < GIVE_UP) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false
    )
    if (ready) {
      const ready_ms = performance.now() - begun
      return { service, ready_ms, ready_cpu_ms: usage(service.pid!).cpu * 1000 }
    }
    await sleep(POLL)
  }
  service.kill("SIGKILL")
  throw new Error("the service did not become ready within a minute")
}

const stop = async (service: ChildProcess): Promise<void> => {
  const ended = once(service, "exit")
  service.kill("SIGTERM")
  await ended
}

/** Seconds of CPU that a process has used, and the megabytes that it holds, as Linux tells them. */
const usage = (pid: number): { readonly cpu: number; readonly rss: number } => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1000 }
}

const versionMs = (): number => {
  const begun = performance.now()
  spawnSync(LEVEL4, ["--version"])
  return performance.now() - begun
}

export const measureStart = async (say: (line: string) => void) => {
  const dataDir = mkdtempSync(join(tmpdir(), "level4-bench-"))
  try {
    await stop((await start(dataDir)).service)
    const versions = Array.from({ length: ROUNDS }, versionMs)
    const starts: Array<Started> = []
    for (let round = 0; round < ROUNDS; round++) {
      const started = await start(dataDir)
      starts.push(started)
      await stop(started.service)
    }
    const { service } = await start(dataDir)
    await sleep(2_000)
    const before = usage(service.pid!)
    await sleep(IDLE_SECONDS * 1_000)
    const after = usage(service.pid!)
    await stop(service)
    const result = {
      version_ms: Math.round(median(versions)),
      service_ready_ms: Math.round(median(starts.map(({ ready_ms }) => ready_ms))),
      service_ready_cpu_ms: Math.round(median(starts.map(({ ready_cpu_ms }) => ready_cpu_ms))),
      idle_cpu_percent_of_a_core: ((after.cpu - before.cpu) / IDLE_SECONDS) * 100,
      idle_rss_mb_with_embedded_database: Math.round(after.rss)
    }
    say(
      `bin/level4 --version: ${result.version_ms} ms; ` +
        `service ready on an existing embedded database: ${result.service_ready_ms} ms ` +
        `(${result.service_ready_cpu_ms} ms of CPU); ` +
        `idle: ${result.idle_cpu_percent_of_a_core.toFixed(2)} % of a core, ` +
        `${result.idle_rss_mb_with_embedded_database} MB`
    )
    return { start: result }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
