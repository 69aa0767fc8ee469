// Owns the texts of those prices and sizes of one side of a book that no double carries faithfully, by sort key.
// Invariant: a number without a text here prints back to what the venue sent.
import { isFaithful, type Numeric } from "../../domain/Decimal.ts"

/** An entry of the map; about, in V8. */
const ENTRY_BYTES = 112

/** A text cut from a frame is a view that would keep the whole frame in memory, unless it is as short as this. */
const COPIED = 12
export const own = <A extends Numeric>(value: A): A | string =>
  typeof value === "string" && value.length > COPIED ? Buffer.from(value, "latin1").toString("latin1") : value

/** The texts of a level; undefined where the number is faithful. */
interface Texts {
  price: string | undefined
  size: string | undefined
}

const textOf = (value: Numeric): string | undefined =>
  typeof value === "string" && !isFaithful(value) ? own(value) : undefined

export class ExactTexts {
  private readonly texts = new Map<number, Texts>()

  get bytes(): number {
    return this.texts.size * ENTRY_BYTES
  }

  get(key: number): Texts | undefined {
    return this.texts.get(key)
  }

  note(key: number, price: string | undefined, size: string | undefined): void {
    this.texts.set(key, { price, size })
  }

  delete(key: number): void {
    this.texts.delete(key)
  }

  /** Keeps what of a level needs a text; `kept` may be null as long as none does. */
  static keep(kept: ExactTexts | null, key: number, price: Numeric, size: Numeric): ExactTexts | null {
    const priceText = textOf(price)
    const sizeText = textOf(size)
    if (priceText === undefined && sizeText === undefined) {
      kept?.delete(key)
      return kept
    }
    const texts = kept ?? new ExactTexts()
    texts.note(key, priceText, sizeText)
    return texts
  }
}
