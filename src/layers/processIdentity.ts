// Owns what tells this process from others that share a database with it, and whether such a process has ended, as far
// as that can be known from here. Invariant: a process is called gone only where its number means the same thing here
// as there: on the same boot of the same machine, in the same namespace of process numbers.
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"

export interface ProcessIdentity {
  readonly host: string
  /** Where process numbers mean the same; empty where that is not known. */
  readonly machine: string
  readonly pid: number
}

export const processIdentity = (): ProcessIdentity => ({ host: hostname(), machine: machine(), pid: process.pid })

const machine = (): string => {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`
  } catch {
    return ""
  }
}

/** True where the process has surely ended; `self`: who asks, whose own number another living one can't have. */
export const isGone = (other: ProcessIdentity, self: ProcessIdentity): boolean => {
  if (other.machine === "" || other.machine !== self.machine) return false
  if (other.pid === self.pid) return true
  try {
    process.kill(other.pid, 0)
    return false
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "ESRCH"
  }
}
