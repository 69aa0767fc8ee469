// Owns the frames that the venue of the benchmarks sends: updates of about 300 bytes with six levels near the top, as
// Coinbase writes them.
export const PRODUCT = "BTC-USD"
export const BURST = 200

const level = (tick: number): readonly [string, string, string] => {
  const buys = tick % 2 === 0
  const price = 20_000 + (buys ? -1 : 1) * ((tick * 7) % 40) * 0.01
  return [buys ? "buy" : "sell", (price + (buys ? -0.01 : 0.01)).toFixed(2), ((tick % 89) + 0.87654321).toFixed(8)]
}

export const updateText = (product_id: string, number: number): string =>
  JSON.stringify({
    type: "l2update",
    product_id,
    changes: Array.from({ length: 6 }, (_, i) => level(number * 6 + i)),
    time: "2026-11-23T13:00:00.123456Z"
  })

export const burstFrames = (): ReadonlyArray<string> =>
  Array.from({ length: BURST }, (_, number) => updateText(PRODUCT, number))
