// Owns the way from a definition, which says what is special of a protocol in terms of its own frames and states, to
// the TranslationScheme that the rest of the house holds without knowing them: the defaults of all else, and the
// session that closes over those types. Invariant: every connection gets a session of its own, so that nothing of an
// old socket can leak into a new one.
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import { NOTHING } from "./Instruction.ts"
import type { SchemeDefinition } from "./SchemeDefinition.ts"
import type { Session, SessionState, SizeUnit, TranslationScheme } from "./TranslationScheme.ts"
import { textOf, Unreadable } from "../wire/Wire.ts"

const BASE_UNIT: SizeUnit = { size_unit: "base", contract_value: null }

/** Stated at the fields of SchemeDefinition. */
const DEFAULTS = {
  alternative: null,
  status: "live",
  rest: null,
  audit: null,
  listing: null,
  keepsText: false,
  window: null,
  tradeIds: "unique",
  crossedGrace: 0,
  unreadable: "reconnect",
  sizeUnit: () => BASE_UNIT
} as const

export const defineScheme = <Frame, Socket, Member>(
  definition: SchemeDefinition<Frame, Socket, Member>
): TranslationScheme => {
  const states: States<Socket, Member> = new WeakMap()
  const { lines, keepalive, limits, audit, toNative } = definition
  return {
    ...DEFAULTS,
    effective: (native, type) => (hasOneCase(toNative, type) ? folded(native) : native),
    ...(typeof audit === "object" && audit !== null ? { probe: audit } : {}),
    ...definition,
    lines: typeof lines === "string" ? [{ name: "all", url: lines }] : lines,
    keepalive: { marketSilence: null, ...keepalive, ping: { text: null, ...keepalive.ping } },
    limits: { rest: null, ...limits },
    continues: definition.takeOver !== undefined,
    session: (line) => openSession(definition, line, states)
  }
}

const hasOneCase = (toNative: TranslationScheme["toNative"], type: MarketType): boolean =>
  toNative({ base: "Aa", quote: "Bb" }, type) === toNative({ base: "aA", quote: "bB" }, type)

/** What each session of a scheme knows, for the one that goes on where it stands. */
type States<Socket, Member> = WeakMap<Session, SessionState<Socket, Member>>

const openSession = <Frame, Socket, Member>(
  scheme: SchemeDefinition<Frame, Socket, Member>,
  line: string,
  states: States<Socket, Member>
): Session => {
  const members = new Map<string, Member>()
  const state = { line, socket: scheme.socket(line), members }
  const session: Session = {
    get symbols() {
      return [...members.keys()]
    },
    join: (symbols) => {
      for (const symbol of symbols) members.set(symbol, scheme.member(symbol))
      return scheme.subscribe(state, symbols)
    },
    leave: (symbols) => {
      const texts = scheme.unsubscribe(state, symbols)
      for (const symbol of symbols) members.delete(symbol)
      return texts
    },
    receive: (bytes, at) => {
      const frame = scheme.decode.read(bytes)
      if (frame !== undefined) return scheme.translate(state, frame, at)
      const judged = scheme.decode.judge(textOf(bytes))
      return judged instanceof Unreadable ? judged : scheme.translate(state, judged, at)
    },
    answer: (symbol, status, body, at) =>
      members.has(symbol) ? (scheme.answer?.(state, symbol, status, body, at) ?? NOTHING) : NOTHING,
    prove: (symbol, book, proof, at) => {
      const member = members.get(symbol)
      return member === undefined ? null : (scheme.prove?.(member, book, proof, at) ?? null)
    },
    repair: (symbol, trouble) => (members.has(symbol) ? scheme.repair(state, symbol, trouble) : NOTHING),
    takeOver: (symbol, from) => {
      const other = states.get(from)
      return other === undefined ? null : (scheme.takeOver?.(state, symbol, other) ?? null)
    }
  }
  states.set(session, state)
  return session
}
