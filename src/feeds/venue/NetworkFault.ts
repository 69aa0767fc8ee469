// Owns what Node's errors of a dial or a request mean: their words, and whether anything was reached at all. A name
// with several addresses fails with an AggregateError that says nothing itself, and fetch hides the failure as a cause,
// so the errors at the root are named. Decided by codes and system calls alone. Invariant: bounded, however errors are
// nested.
import { Unreachable } from "../core/LossCause.ts"

interface SystemError extends Error {
  readonly code?: string
  readonly syscall?: string
}

const MAX_DEPTH = 8
const MAX_SAID = 4

/** What failed before there was a connection: looking the name up, and connecting. */
const BEFORE_CONNECTION: ReadonlySet<string> = new Set(["getaddrinfo", "connect", "bind"])
/** The runtime's own words for it, which name no system call: the dial took too long, the proxy gave no tunnel. */
const NO_CONNECTION: ReadonlySet<string> = new Set(["UND_ERR_CONNECT_TIMEOUT", "ERR_PROXY_TUNNEL"])

/** The errors from which this one came, itself if there are none. */
const roots = (error: unknown, depth = 0): ReadonlyArray<SystemError> => {
  if (!(error instanceof Error)) return []
  if (depth < MAX_DEPTH) {
    const nested = error instanceof AggregateError ? (error.errors as ReadonlyArray<unknown>) : [error.cause]
    const found = nested.slice(0, 16).flatMap((one) => roots(one, depth + 1))
    if (found.length > 0) return found
  }
  return [error]
}

const wasUnreached = ({ code, syscall }: SystemError): boolean =>
  (syscall !== undefined && BEFORE_CONNECTION.has(syscall)) || (code !== undefined && NO_CONNECTION.has(code))

export interface NetworkFault {
  /** For people: what each address said, once. */
  readonly detail: string
  /** The code of the first failure that has one. */
  readonly code: string | null
  /** Null: something was reached. */
  readonly unreachable: Unreachable | null
}

export const networkFault = (error: unknown): NetworkFault => {
  const all = roots(error)
  const said = [...new Set(all.map(({ message, code, name }) => message || code || name))].slice(0, MAX_SAID)
  const code = all.find((one) => one.code !== undefined)?.code ?? null
  const isUnreachable = all.length > 0 && all.every(wasUnreached)
  const detail = said.join("; ") || String(error)
  return {
    detail,
    code,
    unreachable: isUnreachable ? new Unreachable({ code: code ?? "unknown", says: detail }) : null
  }
}
