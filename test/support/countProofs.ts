// Owns the counting of a scheme's proofs in tests: how often a book was held against the venue's own number, and how
// often that failed. The scheme itself is handed on unchanged.
import type { Session, TranslationScheme } from "../../src/schemes/TranslationScheme.ts"

export interface Proofs {
  held: number
  failed: number
}

export const countProofs = (scheme: TranslationScheme): readonly [TranslationScheme, Proofs] => {
  const proofs: Proofs = { held: 0, failed: 0 }
  const session = (line: string): Session => {
    const inner = scheme.session(line)
    return {
      get symbols() {
        return inner.symbols
      },
      join: (symbols) => inner.join(symbols),
      leave: (symbols) => inner.leave(symbols),
      receive: (text, at) => inner.receive(text, at),
      answer: (symbol, status, body, at) => inner.answer(symbol, status, body, at),
      repair: (symbol, trouble) => inner.repair(symbol, trouble),
      takeOver: (symbol, from) => inner.takeOver(symbol, from),
      prove: (symbol, book, proof, at) => {
        const trouble = inner.prove(symbol, book, proof, at)
        if (trouble === null) proofs.held++
        else proofs.failed++
        return trouble
      }
    }
  }
  return [{ ...scheme, session }, proofs]
}
