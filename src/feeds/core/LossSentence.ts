// Owns what people read of a loss: its reason, one stable code that clients and metrics see, and its sentence, both
// derived from the cause and from nothing else. Invariant: this is the one place where they are written, and nothing is
// ever decided by a sentence.
import { Match } from "effect"
import { foreignText } from "../../domain/ForeignText.ts"
import type { Reason } from "../../schemes/Instruction.ts"
import type { LossCause, RestFault, RestOversized } from "./LossCause.ts"

/** What is wrong with a book, or with the connection below it. */
export type LossReason = Reason | "closed" | "stalled" | "slept" | "crashed"

type Words = readonly [reason: LossReason, sentence: string]

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

/** Says how many markets share what befell one socket. */
const shared = (sentence: string, markets: number): string =>
  markets > 1 ? `${sentence} (on a socket of ${markets} markets)` : sentence

export const wordsOf = (cause: LossCause): Words =>
  Match.valueTags(cause, {
    Unreachable: ({ says }): Words => ["refused", says],
    HandshakeRefused: ({ status }): Words => ["refused", `the venue answered ${status}`],
    HandshakeFailed: ({ says }): Words => ["refused", says],
    HandshakeTimedOut: (): Words => ["refused", "Opening handshake has timed out"],
    Closed: ({ code, reason }): Words => ["closed", `${code} ${reason}`.trim()],
    Broken: ({ says }): Words => ["closed", says],
    Silent: (silence): Words => ["silent", `no frame for ${seconds(silence.for)}`],
    Stalled: (): Words => ["stalled", "the venue does not read what it is sent"],
    Oversized: ({ bound }): Words => ["overflow", `a frame is larger than ${bound} bytes`],
    Flooded: ({ markets }): Words => {
      const sentence = "the venue floods this connection with frames that are none of its protocol"
      return ["overflow", shared(sentence, markets)]
    },
    OutboxFull: ({ waiting }): Words => ["overflow", `${waiting} messages wait to be sent`],
    Slept: (sleep): Words => {
      const time = seconds(sleep.for)
      if (sleep.who === "process") return ["slept", `the process stood still for ${time}`]
      return ["slept", `the machine slept for ${time}, or its clock was set forward`]
    },
    SentAway: ({ reason, says, markets }): Words => [reason, shared(says, markets)],
    MarketLeft: ({ reason, says }): Words => [reason, says],
    Crashed: (): Words => ["crashed", "a defect of this feed, see the log"],
    SwitchedOn: (): Words => ["refused", "switched on again"],
    NoRestBook: ({ fault }): Words => ["refused", `the REST book: ${faultSentence(fault)}`],
    RestOversized: (fault): Words => ["overflow", faultSentence(fault)]
  })

/** What one REST request came to. */
export const faultSentence = (fault: RestFault | RestOversized): string =>
  Match.valueTags(fault, {
    Unreachable: ({ says }) => says,
    RestRefused: ({ status, host }) => `${status} from ${host}`,
    RestRedirected: ({ status, host, location }) =>
      `${status} from ${host}, which sends us elsewhere (${foreignText(location, 100)}); that is not followed`,
    RestTimedOut: ({ limit }) => `no answer within ${limit / 1000} seconds`,
    RestBroken: ({ says }) => says,
    RestOversized: ({ host, bound }) => `the REST book of ${host} is larger than ${bound} bytes`
  })
