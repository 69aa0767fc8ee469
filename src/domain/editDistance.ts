// Owns how far one spelling is from another, for hints at the name that a misspelt one may mean. Which names are near
// enough to be worth a hint is decided by whoever asks; `nearestName` is for names alone. Pure.
import { folded } from "./Names.ts"

/** The name that a misspelt one may mean, whatever its case; null where more than a third of its letters are wrong. */
export const nearestName = (misspelt: string, names: Iterable<string>): string | null => {
  let nearest: string | null = null
  let least = Math.floor(misspelt.length / 3) + 1
  for (const name of names) {
    const distance = distanceOf(folded(misspelt), folded(name), least)
    if (distance >= least) continue
    least = distance
    nearest = name
  }
  return nearest
}

/** Letters to add, leave out, change or swap with their neighbour; no more than `limit` is counted exactly. */
export const distanceOf = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let [before, row] = [new Array<number>(), Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[b.length]!
}
