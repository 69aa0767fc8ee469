// Owns the closing of a scheme's own types: from a definition, written in terms of its frames and states, to the
// TranslationScheme that the rest of the house holds without knowing them. A session is made anew for every connection,
// so nothing of an old socket can leak into a new one.
import type { SchemeDefinition, Session, TranslationScheme } from "./TranslationScheme.ts"
import { Unreadable } from "./Wire.ts"

export const defineScheme = <Frame, Socket, Member>(
  definition: SchemeDefinition<Frame, Socket, Member>
): TranslationScheme => ({ ...definition, session: (line) => openSession(definition, line) })

const openSession = <Frame, Socket, Member>(scheme: SchemeDefinition<Frame, Socket, Member>, line: string): Session => {
  const members = new Map<string, Member>()
  const state = { line, socket: scheme.socket(line), members }
  return {
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
    receive: (text, at) => {
      const frame = scheme.decode(text)
      return frame instanceof Unreadable ? frame : scheme.translate(state, frame, at)
    },
    answer: (symbol, status, body, at) => (members.has(symbol) ? scheme.answer(state, symbol, status, body, at) : []),
    prove: (symbol, book, proof, at) => {
      const member = members.get(symbol)
      return member === undefined ? null : scheme.prove(member, book, proof, at)
    },
    repair: (symbol, trouble) => (members.has(symbol) ? scheme.repair(state, symbol, trouble) : [])
  }
}
