// Owns the guess of whom a nameless refusal means: some venues refuse a request without saying which. Every request is
// noted and crossed off by its acknowledgement; once as many refusals came as requests are left, those left are the
// refused ones, in whatever order the replies arrive. Invariant: no symbol is blamed while another could be meant.

export class Unanswered {
  private readonly open = new Map<string, string>()
  private refusals = 0

  ask(symbol: string, channel: string): void {
    this.open.set(`${channel} ${symbol}`, symbol)
  }

  /** The request was acknowledged. Gives the symbols that are refused by what is known now. */
  answered(symbol: string, channel: string): ReadonlyArray<string> {
    this.open.delete(`${channel} ${symbol}`)
    return this.blamed()
  }

  /** One request was refused. Gives the symbols that are refused by what is known now, or null if none was asked. */
  refused(): ReadonlyArray<string> | null {
    if (this.open.size === 0) return null
    this.refusals++
    return this.blamed()
  }

  private blamed(): ReadonlyArray<string> {
    if (this.refusals === 0 || this.refusals < this.open.size) return []
    const symbols = [...new Set(this.open.values())]
    this.open.clear()
    this.refusals = 0
    return symbols
  }
}
