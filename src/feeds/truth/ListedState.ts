// Owns what the venue's listing says of one running market, and when its label has to say so: while the listing has it
// as not trading and its book does not speak. Who reads listings is layers/ListingWatch, who signals is the mediator.
// Invariants: a market whose listing is not known counts as trading; frames of its book overrule a reading of the
// listing, until the next reading says the same again.
import type { FeedState } from "../../domain/FeedState.ts"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { StatusReason } from "../core/StatusReason.ts"

const REASONS: Readonly<Record<InstrumentStatus, StatusReason | null>> = {
  trading: null,
  halted: { code: "halted", text: "the venue lists the market as halted" },
  pre_launch: { code: "pre_launch", text: "the venue lists the market, and does not trade it yet" },
  delisted: { code: "delisted", text: "the venue lists the market no more" }
}
const TEXTS: ReadonlySet<string | undefined> = new Set(Object.values(REASONS).flatMap((one) => one?.text ?? []))

/** States in which the market's subscriptions are made, so that its book would speak if it could. */
const SUBSCRIBED: ReadonlySet<FeedState> = new Set<FeedState>(["syncing", "live", "stale", "resyncing", "halted"])

/** What a feed's label says at the moment. */
interface Label {
  readonly state: FeedState
  readonly reason: StatusReason | null
}

/** The label says what the listing said, and not what the venue said in a frame. */
export const isByListing = ({ state, reason }: Label): boolean => state === "halted" && TEXTS.has(reason?.text)

export class ListedState {
  /** Why it does not trade; null: it trades, or nothing is known. */
  reason: StatusReason | null = null
  /** The label has said it since the last reading. */
  private isShown = false
  private isOverruled = false

  /** The listing was read and says this. */
  read(status: InstrumentStatus): void {
    this.reason = REASONS[status]
    this.isShown = false
    this.isOverruled = false
  }

  /** A refusal of the symbol in the venue's words, with the reason for it, where its listing knows one. */
  refusal(said: StatusReason): StatusReason {
    const { reason } = this
    return reason?.code === "delisted" ? { code: reason.code, text: `${reason.text}; ${said.text}` } : said
  }

  /** What the label has to say in place of what it says; null: nothing. */
  due(label: Label, speaks: boolean): StatusReason | null {
    const { reason } = this
    if (reason === null || this.isOverruled) return null
    if (label.state === "live" && this.isShown) {
      this.isOverruled = true
      return null
    }
    if (speaks || !SUBSCRIBED.has(label.state)) return null
    // the venue's own words of a halt say more than its listing
    if (label.state === "halted" && label.reason?.code === "halted" && !isByListing(label)) return null
    this.isShown = true
    return label.reason?.text === reason.text ? null : reason
  }
}
