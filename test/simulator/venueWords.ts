// Owns how a test reads the raw frames of each simulated venue without any scheme: which are of a market's book or
// trades, which ids they bear, and where its REST book is.
export interface VenueWords {
  /** A frame of the market's book, snapshots included. */
  readonly isBook: (text: string, symbol: string) => boolean
  readonly isTrade: (text: string, symbol: string) => boolean
  /** The id of a book frame; null: this venue's books have none. */
  readonly bookId: RegExp | null
  /** The id of a trade; null: no number. */
  readonly tradeId: RegExp | null
  /** Null: no REST book. */
  readonly rest: ((symbol: string) => string) | null
}

const marked = (book: RegExp, trade: RegExp, named: (symbol: string) => string = (symbol) => `"${symbol}"`) => ({
  isBook: (text: string, symbol: string) => book.test(text) && text.includes(named(symbol)),
  isTrade: (text: string, symbol: string) => trade.test(text) && text.includes(named(symbol))
})

const binance = (rest: string): VenueWords => ({
  ...marked(/"e":"depthUpdate"/, /"e":"(?:aggT|t)rade"/),
  bookId: /"u":(\d+)/,
  tradeId: /"[ta]":(\d+)/,
  rest: (symbol) => `${rest}/depth?symbol=${symbol}&limit=100`
})

const bitstamp: VenueWords = {
  ...marked(/diff_order_book_.*"event":"data"/, /live_trades_.*"event":"trade"/, (symbol) => `_${symbol}"`),
  bookId: /"microtimestamp":"(\d+)"/,
  tradeId: /"id":(\d+)/,
  rest: (symbol) => `/api/v2/order_book/${symbol}/?group=1`
}

const bybit = (category: string): VenueWords => ({
  ...marked(/"topic":"orderbook/, /"topic":"publicTrade/),
  bookId: /"u":(\d+)/,
  tradeId: null,
  rest: (symbol) => `/v5/market/orderbook?category=${category}&symbol=${symbol}&limit=50`
})

const futures: VenueWords = {
  ...marked(/"feed":"book(?:_snapshot)?".*"seq"/, /"product_id":"[^"]+","feed":"trade"/),
  bookId: /"seq":(\d+)/,
  tradeId: /"seq":(\d+)/,
  rest: null
}

/** Frames bear the number of a channel that the acknowledgement gave. */
const bitfinex = (heard: ReadonlyArray<string>): VenueWords => {
  const isOf = (text: string, symbol: string, channel: string): boolean => {
    const id = /^\[(\d+),/.exec(text)?.[1]
    return (
      id !== undefined &&
      !text.includes('"hb"') &&
      heard.some((one) => one.includes(`"channel":"${channel}","chanId":${id},"symbol":"${symbol}"`))
    )
  }
  return {
    isBook: (text, symbol) => isOf(text, symbol, "book"),
    isTrade: (text, symbol) => /"t[eu]"/.test(text) && isOf(text, symbol, "trades"),
    bookId: null,
    tradeId: /"t[eu]",\[(\d+)/,
    rest: null
  }
}

const WORDS: Readonly<Record<string, VenueWords>> = {
  "Binance SPOT": binance("/api/v3"),
  "Binance PERP": binance("/fapi/v1"),
  "Binance INVERSE": binance("/dapi/v1"),
  "Bybit SPOT": bybit("spot"),
  "Bybit PERP": bybit("linear"),
  "Bybit INVERSE": bybit("inverse"),
  "Kraken SPOT": {
    ...marked(/"channel":"book","type"/, /"channel":"trade","type":"update"/),
    bookId: null,
    tradeId: /"trade_id":(\d+)/,
    rest: (symbol) => `/0/public/Depth?pair=${symbol.replace("/", "").replace("BTC", "XBT")}&count=10`
  },
  "Kraken PERP": futures,
  "Kraken INVERSE": futures,
  "Bitstamp SPOT": bitstamp,
  "Bitstamp PERP": bitstamp
}

const BY_EXCHANGE: Readonly<Record<string, VenueWords>> = {
  Gemini: {
    ...marked(/"e":"depthUpdate"/, /"t":\d+,"p"/),
    bookId: /"u":(\d+)/,
    tradeId: /"t":(\d+)/,
    rest: (symbol) => `/v1/book/${symbol}`
  },
  HitBTC: {
    ...marked(/"ch":"orderbook\/full","(?:snapshot|update)"/, /"ch":"trades","update"/),
    bookId: /"s":(\d+)/,
    tradeId: /"i":(\d+)/,
    rest: (symbol) => `/api/3/public/orderbook/${symbol}?depth=0`
  },
  bitFlyer: {
    ...marked(/"channel":"lightning_board_/, /"channel":"lightning_executions_/, (symbol) => `_${symbol}"`),
    bookId: null,
    tradeId: /"id":(\d+)/,
    rest: (symbol) => `/v1/getboard?product_code=${symbol}`
  },
  FTX: {
    ...marked(/"channel": "orderbook".*"data"/, /"channel": "trades".*"data"/),
    bookId: null,
    tradeId: /"id": (\d+)/,
    rest: (symbol) => `/api/markets/${symbol}/orderbook?depth=20`
  },
  Coinbase: {
    ...marked(/"type":"(?:l2update|snapshot)"/, /"type":"match"/),
    bookId: null,
    tradeId: /"trade_id":(\d+)/,
    rest: (symbol) => `/products/${symbol}/book?level=2`
  },
  Poloniex: {
    ...marked(/"channel":"book_lv2","data"/, /"channel":"trades","data"/),
    bookId: /"id":(\d+)/,
    tradeId: /"id":"?(\d+)/,
    rest: null
  },
  BitMEX: {
    ...marked(/"table":"orderBookL2"/, /"table":"trade","action":"insert"/),
    bookId: null,
    tradeId: null,
    rest: (symbol) => `/api/v1/orderBook/L2?symbol=${symbol}&depth=25`
  }
}

/** `heard`: all frames of the client, which tell Bitfinex's channels. */
export const venueWords = (exchange: string, marketType: string, heard: ReadonlyArray<string>): VenueWords =>
  exchange === "Bitfinex" ? bitfinex(heard) : (WORDS[`${exchange} ${marketType}`] ?? BY_EXCHANGE[exchange]!)
