// Owns the look-up of the exchanges' host names. Addresses that need no name are left out. Invariant: bounded in time.
import { Effect, Option } from "effect"
import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import { type Finding, fail, ok } from "../../domain/Finding.ts"

/** Milliseconds. */
const LIMIT = 8_000
const AT_A_TIME = 16

const FIX = "Look at this machine's name servers (/etc/resolv.conf), or set HTTPS_PROXY if names are known only there."

export const nameFindings = Effect.fnUntraced(function* (hosts: ReadonlyArray<string>) {
  const names = [...new Set(hosts)].filter((host) => isIP(host.replace(/^\[|\]$/g, "")) === 0)
  if (names.length === 0) return [] satisfies ReadonlyArray<Finding>
  const found = yield* Effect.forEach(names, lookUp, { concurrency: AT_A_TIME }).pipe(Effect.timeoutOption(LIMIT))
  if (Option.isNone(found)) return [fail("dns", `no answer to ${names.length} names within ${LIMIT / 1000} s`, FIX)]
  const unknown = found.value.flatMap((one) => one ?? [])
  return unknown.length === 0
    ? [ok("dns", `all ${names.length} host names of exchanges are found`)]
    : [fail("dns", `${unknown.length} of ${names.length} host names are not found: ${unknown.join(", ")}`, FIX)]
})

/** Null: found; else the name with the system's code. */
const lookUp = (name: string): Effect.Effect<string | null> =>
  Effect.match(
    Effect.tryPromise({
      try: () => lookup(name),
      catch: (error) => (error instanceof Error && "code" in error ? String(error.code) : String(error))
    }),
    { onFailure: (code) => `${name} (${code})`, onSuccess: () => null }
  )
