// Changes one level of a staged feed's book at random, below or above 100.5.
import type { StagedFeed } from "./StagedFeed.ts"

export const shake = (feed: StagedFeed, random: () => number): void => {
  const size = random() < 0.3 ? "0" : String(Math.ceil(random() * 1_000) / 8)
  const distance = Math.ceil(random() * 400) / 400
  if (random() < 0.5) feed.change([[String(100.25 - distance), size]], [])
  else feed.change([], [[String(100.75 + distance), size]])
}
