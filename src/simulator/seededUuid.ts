// Owns made-up UUIDs: the ids of orders, trades and connections that venues show, the same for the same seed.

/** A UUID of version 4 in lower case. `rand`: 0 ≤ x < 1. */
export const seededUuid = (rand: () => number): string => {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(rand() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0")
  ).join("")
  const variant = "89ab"[Math.floor(rand() * 4)]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
