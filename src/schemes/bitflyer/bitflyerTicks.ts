// Owns the steps of bitFlyer's prices: no public call says them. Source: shared/venues/bitflyer.md section 2, as
// seen on captures of 2021-12. Invariant: a product that is not here has no tick that is known.

const TICKS: ReadonlyMap<string, number> = new Map([
  ["BTC_JPY", 1],
  ["ETH_JPY", 1],
  ["FX_BTC_JPY", 1],
  ["BTC_USD", 0.01],
  ["BTC_EUR", 0.01],
  ["XRP_JPY", 0.01],
  ["XLM_JPY", 0.001],
  ["MONA_JPY", 0.001],
  ["BCH_BTC", 0.00001]
])

export const bitflyerTick = (product: string): number | undefined => TICKS.get(product)
