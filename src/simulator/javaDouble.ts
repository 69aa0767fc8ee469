// Owns the text of a number as a Java server prints it (`Double.toString`), in its JSON.

/**
 * `320.0`, `119.3`, `1.2345E-5`: the shortest digits and always a fraction; an exponent below 0.001 and from 10⁷ up.
 */
export const javaDouble = (value: number): string => {
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return withFraction(String(value))
  const [mantissa = "", exponent = ""] = value.toExponential().split("e")
  return `${withFraction(mantissa)}E${Number(exponent)}`
}

const withFraction = (text: string): string => (text.includes(".") ? text : `${text}.0`)
