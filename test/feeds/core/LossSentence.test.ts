// What people read of each cause of a loss, word for word: labels, logs and alerts of users are made of it.
import { assert, describe, it } from "@effect/vitest"
import { ConnectionLost } from "../../../src/feeds/core/ConnectionLost.ts"
import * as Cause from "../../../src/feeds/core/LossCause.ts"
import { faultSentence } from "../../../src/feeds/core/LossSentence.ts"

const says = "connect ECONNREFUSED 127.0.0.1:1"
const away = { reason: "maintenance", says: "restart", retryAfter: 5_000 } as const
const redirected = new Cause.RestRedirected({ status: 302, host: "a.example", location: "/\u001b[2J" })

const CASES: ReadonlyArray<readonly [Cause.LossCause, label: string, retryAfter?: number]> = [
  [new Cause.Unreachable({ code: "ECONNREFUSED", says }), `refused: ${says}`],
  [new Cause.HandshakeRefused({ status: 429, retryAfter: 1_000 }), "refused: the venue answered 429", 1_000],
  [new Cause.HandshakeFailed({ code: null, says: "bad certificate" }), "refused: bad certificate"],
  [new Cause.HandshakeTimedOut({ limit: 10_000 }), "refused: Opening handshake has timed out"],
  [new Cause.Closed({ code: 4001, reason: "bye" }), "closed: 4001 bye"],
  [new Cause.Closed({ code: 1006, reason: "" }), "closed: 1006"],
  [new Cause.Broken({ code: "ECONNRESET", says: "read ECONNRESET" }), "closed: read ECONNRESET"],
  [new Cause.Silent({ for: 30_400 }), "silent: no frame for 30 s"],
  [new Cause.Stalled({ unsent: 1 }), "stalled: the venue does not read what it is sent"],
  [new Cause.Oversized({ bound: 1_000 }), "overflow: a frame is larger than 1000 bytes"],
  [
    new Cause.Flooded({ markets: 3 }),
    "overflow: the venue floods this connection with frames that are none of its protocol (on a socket of 3 markets)"
  ],
  [new Cause.OutboxFull({ waiting: 2_000 }), "overflow: 2000 messages wait to be sent"],
  [new Cause.Slept({ for: 61_000, who: "machine" }), "slept: the machine slept for 61 s, or its clock was set forward"],
  [new Cause.Slept({ for: 61_000, who: "process" }), "slept: the process stood still for 61 s"],
  [new Cause.SentAway({ ...away, markets: 1 }), "maintenance: restart", 5_000],
  [new Cause.SentAway({ ...away, markets: 2 }), "maintenance: restart (on a socket of 2 markets)", 5_000],
  [new Cause.MarketLeft({ reason: "gap", says: "again: 7 after 5" }), "gap: again: 7 after 5"],
  [new Cause.Crashed(), "crashed: a defect of this feed, see the log"],
  [new Cause.SwitchedOn(), "refused: switched on again"],
  [
    new Cause.NoRestBook({ fault: new Cause.RestRefused({ status: 503, host: "a.example" }) }),
    "refused: the REST book: 503 from a.example"
  ],
  [
    new Cause.NoRestBook({ fault: redirected }),
    "refused: the REST book: 302 from a.example, which sends us elsewhere (/\\u{001b}[2J); that is not followed"
  ],
  [
    new Cause.RestOversized({ host: "a.example", bound: 10 }),
    "overflow: the REST book of a.example is larger than 10 bytes"
  ]
]

describe("what is said of a loss", () => {
  for (const [cause, label, retryAfter = 0] of CASES) {
    it(`of ${cause._tag} is "${label}"`, () => {
      const lost = new ConnectionLost({ cause })
      assert.deepStrictEqual([`${lost.reason}: ${lost.detail}`, lost.retryAfter], [label, retryAfter])
      assert.strictEqual(lost.cause, cause)
    })
  }

  it("of one REST request is what the network or the venue said", () => {
    assert.strictEqual(faultSentence(new Cause.Unreachable({ code: "ECONNREFUSED", says })), says)
    assert.strictEqual(faultSentence(new Cause.RestTimedOut({ limit: 10_000 })), "no answer within 10 seconds")
    assert.strictEqual(faultSentence(new Cause.RestBroken({ code: null, says: "cut" })), "cut")
  })

  it("is a pause of an hour at most, whoever asks for it, and one of our own where we name it", () => {
    const cause = new Cause.HandshakeRefused({ status: 503, retryAfter: 86_400_000 })
    assert.strictEqual(new ConnectionLost({ cause }).retryAfter, 3_600_000)
    assert.strictEqual(new ConnectionLost({ cause, retryAfter: 10_000 }).retryAfter, 10_000)
  })
})
