// Owns the splitting of joined pair names (`BTCUSDT`), which venues write without a separator. The quote is the longest
// known ending, so the list decides, unless a shorter ending leaves a base that is itself on the list: `USDTUSD` is
// USDT/USD, not USD/TUSD. Names that no list splits give null.
import type { Pair } from "../TranslationScheme.ts"

/** Quote codes in use at the venues with joined names. Longest match wins. */
export const QUOTES: ReadonlyArray<string> = (
  "FDUSD RLUSD USDT USDC BUSD TUSD USDP USDS USD1 USDE GUSD PAX DAI EURI EURT UST IDRT BIDR BKRW BVND VAI " +
  "BTC ETH BNB SOL XRP TRX DOGE DOT USD EUR GBP SGD JPY TRY BRL ARS AUD NGN RUB UAH ZAR PLN RON MXN COP CZK KRW"
)
  .split(" ")
  .sort((a, b) => b.length - a.length)

/** Base and quote of a joined name, or null. `quotes` must be sorted longest first. */
export const splitJoined = (joined: string, quotes: ReadonlyArray<string> = QUOTES): Pair | null => {
  let longest: Pair | null = null
  for (const quote of quotes) {
    if (joined.length <= quote.length || !joined.endsWith(quote)) continue
    const pair = { base: joined.slice(0, -quote.length), quote }
    if (longest === null) longest = pair
    else if (quotes.includes(pair.base)) return pair
  }
  return longest
}
