// Owns the text of a decimal as the venues write it that do not pad: the engine's `104.50` is their `104.5`.

/** A plain decimal without trailing zeros: `0.790` is `0.79`, `104.00` is `104`, `0.00` is `0`. */
export const unpadded = (decimal: string): string => {
  if (!decimal.includes(".")) return decimal
  let end = decimal.length
  while (decimal.charCodeAt(end - 1) === 0x30) end--
  return decimal.slice(0, decimal[end - 1] === "." ? end - 1 : end)
}
