// Owns the examples of the OpenAPI document for quotes and the tree. The rest are DocumentExamples.ts's.
import type { MarketQuote, PairQuote } from "../domain/SizedQuote.ts"
import type { TreeNode } from "../domain/Tree.ts"

const SINCE = 1_795_436_108_318_013
const SEQ = 1_795_436_100_192
const TAG = "KRAKEN.SPOT:BTC-USD"

const walked = {
  side: "buy",
  size: "1",
  vwap: "64212.944",
  best_price: "64212.2",
  worst_price: "64213",
  notional: "64212.944",
  levels: 2,
  age_ms: 12
} as const

export const marketQuote: typeof MarketQuote.Encoded = {
  market_id: 1,
  tag: TAG,
  ...walked,
  size_unit: "base",
  state: "live",
  epoch: 1,
  seq: SEQ,
  ts_exchange: SINCE,
  ts_received: SINCE + 41_217
}

export const pairQuote: typeof PairQuote.Encoded = {
  pair: "BTC-USD",
  market_type: "SPOT",
  ...walked,
  size_unit: "base",
  fills: [{ exchange: "Kraken", market_id: 1, tag: TAG, size: "1", vwap: "64212.944" }],
  excluded: [
    {
      market_id: 9,
      tag: "BITSTAMP.SPOT:BTC-USD",
      exchange: "Bitstamp",
      state: "resyncing",
      reason: "gap: 4711 follows 4709",
      reason_code: "gap"
    }
  ]
}

const part = { since: SINCE, restarts: 0, detail: null, children: [] }
export const tree: typeof TreeNode.Encoded = {
  ...part,
  name: "level4",
  kind: "service",
  state: "running",
  children: [
    {
      ...part,
      name: "feeds",
      kind: "feeds",
      state: "running",
      detail: "1 run, 1 live",
      children: [
        {
          ...part,
          name: TAG,
          kind: "feed",
          state: "live",
          children: [
            { ...part, name: "exchange", kind: "exchange", state: "running", detail: `epoch 1, seq ${SEQ}` },
            {
              ...part,
              name: "level 2",
              kind: "level_2",
              state: "running",
              children: [{ ...part, name: "mediator", kind: "mediator", state: "live" }]
            }
          ]
        }
      ]
    }
  ]
}
