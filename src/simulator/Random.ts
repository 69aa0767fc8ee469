// Owns the simulator's random numbers: small, fast, and the same for the same seed and name for ever, so that a run can
// be repeated by its seed alone. Never for secrets.

/** A generator of 0 ≤ x < 1 (sfc32), seeded by a text. */
export const randomOf = (seed: string): (() => number) => {
  let a = hash(seed, 0x9e3779b9)
  let b = hash(seed, 0x243f6a88)
  let c = hash(seed, 0xb7e15162)
  let count = 1
  const next = (): number => {
    const sum = (a + b + count++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 16; i++) next()
  return next
}

const hash = (text: string, start: number): number => {
  let value = start
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return Math.imul(value ^ (value >>> 15), 0x85ebca6b)
}
