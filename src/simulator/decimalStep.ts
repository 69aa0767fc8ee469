// Owns the text of a tick or step as venues list it: so many units of the last decimal.

/** `0.01` of 2, `0.5` of 1 and 5, `0.00005` of 8 and 5,000, `1` of 0; without trailing zeros, never an exponent. */
export const decimalStep = (decimals: number, units = 1): string => {
  const digits = String(units).padStart(decimals + 1, "0")
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "")
  return decimals === 0 || fraction === "" ? whole : `${whole}.${fraction}`
}
