// Owns the closing of a scheme's own types: from a definition, written in terms of its frames and states, to the
// TranslationScheme that the rest of the house holds without knowing them. Every connection gets a session of its own,
// so nothing of an old socket can leak into a new one.
import type { SchemeDefinition, Session, SessionState, TranslationScheme } from "./TranslationScheme.ts"
import { textOf, Unreadable } from "../wire/Wire.ts"

export const defineScheme = <Frame, Socket, Member>(
  definition: SchemeDefinition<Frame, Socket, Member>
): TranslationScheme => {
  const states: States<Socket, Member> = new WeakMap()
  return {
    ...definition,
    continues: definition.takeOver !== undefined,
    session: (line) => openSession(definition, line, states)
  }
}

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
    answer: (symbol, status, body, at) => (members.has(symbol) ? scheme.answer(state, symbol, status, body, at) : []),
    prove: (symbol, book, proof, at) => {
      const member = members.get(symbol)
      return member === undefined ? null : scheme.prove(member, book, proof, at)
    },
    repair: (symbol, trouble) => (members.has(symbol) ? scheme.repair(state, symbol, trouble) : []),
    takeOver: (symbol, from) => {
      const other = states.get(from)
      return other === undefined ? null : (scheme.takeOver?.(state, symbol, other) ?? null)
    }
  }
  states.set(session, state)
  return session
}
