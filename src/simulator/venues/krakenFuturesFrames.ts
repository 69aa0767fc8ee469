// Owns the frames of the simulated Kraken derivatives, which the gateway and every talk with it write alike. Surprise
// kept: numbers are printed as Java prints doubles (`320.0`, `1.2345E-5`).
import { javaDouble } from "../javaDouble.ts"
import { randomOf } from "../Random.ts"
import { seededUuid } from "../seededUuid.ts"
import type { SimLevel, SimMarket, SimTrade } from "../Venue.ts"

const HISTORY = 100

export const millis = (at: number): number => Math.floor(at / 1000)

const number = (decimal: string): string => javaDouble(Number(decimal))

/** One level: a step of the market is many frames. */
export const bookFrame = (symbol: string, side: string, seq: number, { price, size }: SimLevel, at: number): string =>
  `{"feed":"book","product_id":"${symbol}","side":"${side}","seq":${seq},` +
  `"price":${number(price)},"qty":${number(size)},"timestamp":${millis(at)}}`

export const bookLevels = (side: ReadonlyArray<SimLevel>): string =>
  `[${side.map(({ price, size }) => `{"price":${number(price)},"qty":${number(size)}}`).join(",")}]`

export const restLevels = (side: ReadonlyArray<SimLevel>): string =>
  `[${side.map(({ price, size }) => `[${number(price)},${number(size)}]`).join(",")}]`

/** The engine's own dense count of trades is their sequence. Keys stand in the order of the wire of 2026. */
export const tradeFrame = (symbol: string, { id, price, size, side, at }: SimTrade): string => {
  const uid = seededUuid(randomOf(`${symbol}/${id}`))
  const head = `"product_id":"${symbol}","feed":"trade","uid":"${uid}","side":"${side}","type":"fill"`
  return `{${head},"time":${millis(at)},"qty":${number(size)},"price":${number(price)},"seq":${id}}`
}

/** History, newest first. */
export const tradeSnapshot = ({ symbol, trades }: SimMarket): string => {
  const newestFirst = trades.slice(-HISTORY).reverse()
  const frames = newestFirst.map((trade) => tradeFrame(symbol, trade)).join(",")
  return `{"feed":"trade_snapshot","product_id":"${symbol}","trades":[${frames}]}`
}
