// Owns who may call: the operator's token for writes, the reader's (or the operator's) for reads, as bearer tokens.
// Where no operator's token is set the service listens on loopback alone (Settings sees to that) and writes are open;
// where no reader's token is set reads are open. Invariant: tokens are compared in constant time and never leave this
// file.
import { Effect, Layer, Option, Redacted } from "effect"
import { createHash, timingSafeEqual } from "node:crypto"
import { Settings } from "../layers/Settings.ts"
import { Operator, Reader } from "./Guards.ts"
import { ForbiddenProblem, UnauthorizedProblem } from "./Problems.ts"

type Token = Option.Option<Redacted.Redacted>

export const layerOperator = Layer.effect(Operator)(
  Effect.map(Settings, ({ operatorToken, readerToken }) =>
    Operator.of({
      operator: (handler, { credential }) => {
        if (Option.isNone(operatorToken) && Option.isNone(readerToken)) return handler
        if (matches(operatorToken, credential)) return handler
        return Effect.fail(
          matches(readerToken, credential)
            ? new ForbiddenProblem({ detail: "The reader's token can't change anything; send the operator's token." })
            : new UnauthorizedProblem({ detail: refusal(credential, "operator's") })
        )
      }
    })
  )
)

export const layerReader = Layer.effect(Reader)(
  Effect.map(Settings, ({ operatorToken, readerToken }) =>
    Reader.of({
      reader: (handler, { credential }) =>
        Option.isNone(readerToken) || matches(readerToken, credential) || matches(operatorToken, credential)
          ? handler
          : Effect.fail(new UnauthorizedProblem({ detail: refusal(credential, "reader's or the operator's") }))
    })
  )
)

const digest = (text: string) => createHash("sha256").update(text).digest()

const matches = (token: Token, credential: Redacted.Redacted): boolean =>
  Option.isSome(token) && timingSafeEqual(digest(Redacted.value(token.value)), digest(Redacted.value(credential)))

const refusal = (credential: Redacted.Redacted, whose: string): string =>
  Redacted.value(credential) === ""
    ? `This call needs the ${whose} token, as the header "Authorization: Bearer <token>".`
    : `The token sent is not the ${whose} token of this service.`
