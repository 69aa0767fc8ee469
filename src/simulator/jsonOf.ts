// Owns the reading of what a client said: JSON or nothing, never a throw. What may be in it is each venue's.

/** The value of a JSON text; undefined for what is none. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
