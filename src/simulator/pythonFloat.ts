// Owns the text of a number as a Python server prints it (`repr` of a float), in its JSON and in checksums made of it.

/** `100.0`, `24.89`, `2.262e-05`: the shortest digits, whole values with `.0`, below 0.0001 in scientific form. */
export const pythonFloat = (value: number): string => {
  if (Number.isInteger(value)) return `${value}.0`
  if (Math.abs(value) >= 1e-4) return String(value)
  return value.toExponential().replace(/e-(\d)$/, "e-0$1")
}
