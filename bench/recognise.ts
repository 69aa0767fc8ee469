// Owns finding out what a recording holds, from the recording alone: the scheme by the host of its addresses, the
// symbols with a book by letting a session try every word that the subscriptions, addresses and frames contain.
// Invariant: a recording that can't be measured is reported with the reason, never guessed at.
import type { RecordingRow } from "../src/feeds/recording/Recording.ts"
import { schemes } from "../src/schemes/Schemes.ts"
import type { TranslationScheme } from "../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../src/wire/Wire.ts"

export interface Recognised {
  readonly scheme: TranslationScheme
  /** The venue's spelling of every market whose book comes whole in the recording. */
  readonly symbols: ReadonlyArray<string>
}

/** Hosts that carried a venue's protocol under another name. */
const ALIASES: Readonly<Record<string, string>> = { "fmfw.io": "hitbtc.com", "ftexchange.com": "ftx.com" }
/** Frames looked at for words and for the right protocol among several. */
const FRAMES = 3_000
const MOST_WORDS = 20_000

export const recognise = (name: string, rows: ReadonlyArray<RecordingRow>): Recognised | string => {
  const received = rows.filter(({ kind }) => kind === "recv")
  if (received.length === 0) return "it holds no received frame"
  const url = received[0]!.url
  const candidates = candidatesOf(name, url)
  if (candidates.length === 0) return `no scheme speaks ${URL.parse(url)?.host ?? url}, and its name is no exchange's`
  const [scheme, unread] = candidates
    .map((one) => [one, unreadable(one, received)] as const)
    .reduce((best, next) => (next[1] < best[1] ? next : best))
  if (unread > received.length / 2)
    return (
      `${scheme.exchange}'s ${scheme.protocol} can't read ${unread} ` +
      `of its first ${Math.min(FRAMES, received.length)} frames`
    )
  const symbols = booksIn(scheme, rows, words(rows))
  return symbols.length > 0 ? { scheme, symbols } : `no market's book comes whole in it (${scheme.exchange})`
}

const host = (url: string): string => URL.parse(url)?.hostname ?? ""
const domain = (url: string): string => {
  const registered = host(url).split(".").slice(-2).join(".")
  return ALIASES[registered] ?? registered
}
const path = (url: string): string => (URL.parse(url)?.pathname ?? "").replace(/\/+$/, "")

/** The schemes of the address, the closest alone; where no scheme has the domain, those of the file's name. */
const candidatesOf = (name: string, url: string): ReadonlyArray<TranslationScheme> => {
  const closeness = (scheme: TranslationScheme): number =>
    Math.max(
      ...scheme.lines.map((line) => {
        if (host(line.url) === host(url)) return path(line.url) === path(url) ? 3 : 2
        return domain(line.url) === domain(url) ? 1 : 0
      })
    )
  const most = Math.max(...schemes.map(closeness))
  if (most > 0) return schemes.filter((scheme) => closeness(scheme) === most)
  return schemes.filter(({ exchange }) => name.toLowerCase().startsWith(exchange.toLowerCase()))
}

const unreadable = (scheme: TranslationScheme, received: ReadonlyArray<RecordingRow>): number => {
  const session = scheme.session("all")
  return received
    .slice(0, FRAMES)
    .filter(({ text, at }) => session.receive(Buffer.from(text), at) instanceof Unreadable).length
}

/**
 * Every word that may be a symbol, as it stands and in capitals, with what is left of it behind or before separators.
 */
const words = (rows: ReadonlyArray<RecordingRow>): ReadonlyArray<string> => {
  const found = new Set<string>()
  const add = (word: string): void => {
    if (word.length < 3 || word.length > 40 || found.size >= MOST_WORDS || !/[A-Za-z]{2}/.test(word)) return
    found.add(word).add(word.toUpperCase())
  }
  const split = (text: string): void => {
    if (text.length > 200 || !/[A-Za-z]{2}/.test(text)) return
    add(text)
    for (let i = 0; i < text.length; i++) if (/[_:.@/-]/.test(text[i]!)) add(text.slice(i + 1))
    add(text.split("@")[0]!)
  }
  const walk = (json: unknown): void => {
    if (typeof json === "string") split(json)
    else if (typeof json === "object" && json !== null) for (const value of Object.values(json)) walk(value)
  }
  for (const { kind, url, text } of rows.filter(({ kind }) => kind !== "recv")) {
    for (const part of url.split(/[/?&=#]/)) split(decodeURIComponent(part))
    if (kind === "sent") walk(parsed(text))
  }
  for (const { text } of rows.filter(({ kind }) => kind === "recv").slice(0, FRAMES)) walk(parsed(text))
  return [...found]
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** Those of the words that get a snapshot when a session has joined all of them. */
const booksIn = (
  scheme: TranslationScheme,
  rows: ReadonlyArray<RecordingRow>,
  candidates: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const session = scheme.session("all")
  session.join(candidates)
  const known = new Set<string>()
  for (const { kind, url, text, at } of rows) {
    const asked = kind === "http" ? candidates.filter((word) => namesSymbol(url, word)) : []
    const results =
      kind === "recv"
        ? [session.receive(Buffer.from(text), at)]
        : asked.map((word) => session.answer(word, 200, text, at))
    for (const result of results) {
      if (result instanceof Unreadable) continue
      for (const instruction of result) {
        if (instruction.type === "snapshot" && instruction.bids.length + instruction.asks.length > 0)
          known.add(instruction.symbol)
      }
    }
  }
  return [...known]
}

/** A value of the query, or without a query the end of the path, is the symbol. */
export const namesSymbol = (url: string, symbol: string): boolean => {
  const { searchParams, pathname } = new URL(url)
  return searchParams.size > 0 ? [...searchParams.values()].includes(symbol) : pathname.split("/").pop() === symbol
}
