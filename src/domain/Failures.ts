// Owns the facts a caller can act on, as tagged errors whose fields say all that is known; `detail` is the same as a
// sentence, for people and logs alone. How they look on HTTP is the API's (api/Problems.ts); bugs and broken invariants
// are defects and never appear here.
import { Schema } from "effect"

/**
 * The row exists already: `name` is that of the one there is. It is the `same` by its name, or to its venue alone,
 * which knows it by another one.
 */
export class AlreadyExists extends Schema.TaggedError<AlreadyExists>()("AlreadyExists", {
  entity: Schema.Literals(["symbol", "exchange", "market", "rule"]),
  name: Schema.String,
  id: Schema.Int,
  same: Schema.Literals(["by_name", "to_its_venue"])
}) {
  get detail(): string {
    const why = this.same === "by_name" ? "" : " For its venue it is the same market under another name."
    return `The ${this.entity} ${this.name} exists already, with id ${this.id}.${why}`
  }
}

/** No row has this number or name. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {
  entity: Schema.Literals(["symbol", "exchange", "market", "rule"]),
  id: Schema.Union([Schema.Int, Schema.String])
}) {}

/** Several rows have this name; only their numbers tell them apart. */
export class Ambiguous extends Schema.TaggedError<Ambiguous>()("Ambiguous", {
  entity: Schema.Literals(["symbol", "exchange", "market"]),
  name: Schema.String,
  ids: Schema.Array(Schema.Int)
}) {}

/**
 * What is to be deleted is used by markets: by these, `count` in all. A market is used by itself, while its feed runs
 * or its switch is on.
 */
export class InUse extends Schema.TaggedError<InUse>()("InUse", {
  entity: Schema.Literals(["symbol", "exchange", "market"]),
  name: Schema.String,
  id: Schema.Int,
  users: Schema.Array(Schema.String),
  count: Schema.Int
}) {
  get detail(): string {
    const { count, entity, id, name, users } = this
    if (entity === "market") {
      return (
        `The market ${name} is switched on, or its feed still runs. ` +
        `Stop it first: PATCH /markets/${id} with {"level4_feed_enabled":false}.`
      )
    }
    const more = count > users.length ? ` and ${count - users.length} more` : ""
    return (
      `The ${entity} ${name} is used by ${count} ${count === 1 ? "market" : "markets"}: ${users.join(", ")}${more}. ` +
      "Delete those first: DELETE /markets/:id."
    )
  }
}

/** A name that a reader would take for another one: `looks_like` is the one that is meant, most likely. */
export class MisleadingName extends Schema.TaggedError<MisleadingName>()("MisleadingName", {
  name: Schema.String,
  looks_like: Schema.String
}) {}

/** A new market names a row that does not exist; `field` is the field that names it. */
export class UnknownReference extends Schema.TaggedError<UnknownReference>()("UnknownReference", {
  field: Schema.Literals(["exchange_id", "base_symbol_id", "quote_symbol_id"]),
  id: Schema.Int
}) {}

const CONTRADICTIONS = {
  base_is_quote: {
    field: "quote_symbol_id",
    detail: "A market's base and quote must be two different symbols."
  },
  future_without_native_symbol: {
    field: "native_symbol",
    detail: "A FUTURE needs its native_symbol: several dated contracts share one pair, and only that tells them apart."
  }
} as const

/** A new market contradicts itself. */
export class InvalidMarket extends Schema.TaggedError<InvalidMarket>()("InvalidMarket", {
  contradiction: Schema.Literals(["base_is_quote", "future_without_native_symbol"])
}) {
  get field(): string {
    return CONTRADICTIONS[this.contradiction].field
  }
  get detail(): string {
    return CONTRADICTIONS[this.contradiction].detail
  }
}

/**
 * The database does not answer, or is not ready. The catalog recovers by itself; feeds and books go on. `said`: what
 * the database, the driver or the network said of it, or how long it was waited for (`slow`); empty where that is
 * nothing.
 */
export class CatalogUnavailable extends Schema.TaggedError<CatalogUnavailable>()("CatalogUnavailable", {
  problem: Schema.Literals(["unanswered", "slow", "failing", "outdated", "tables_gone"]),
  said: Schema.String
}) {
  get detail(): string {
    switch (this.problem) {
      case "unanswered":
        return "The catalog's database has not answered yet. It is tried again by itself."
      case "slow":
        return `The catalog's database did not answer within ${this.said}. Running feeds go on.`
      case "failing":
        return (
          `The catalog's database does not answer (${this.said}). ` +
          "It is tried again by itself; running feeds go on."
        )
      case "outdated":
        return `The catalog's database could not be brought up to date (${this.said}). It is tried again by itself.`
      case "tables_gone":
        return "The catalog's tables are gone from the database; they are being made again."
    }
  }
}

/** This feed can't run: no scheme, no such market type, a retired venue. `detail` says which and what to do. */
export class FeedRefused extends Schema.TaggedError<FeedRefused>()("FeedRefused", {
  detail: Schema.String
}) {}

/**
 * What a venue lists can't be had now: it does not answer (or not as it should), or level4 has no way to ask it.
 * `age`: seconds since it was read last; null: never.
 */
export class ListingUnavailable extends Schema.TaggedError<ListingUnavailable>()("ListingUnavailable", {
  exchange: Schema.String,
  said: Schema.String,
  age: Schema.NullOr(Schema.Int)
}) {
  get detail(): string {
    const known = this.age === null ? "Nothing of it is known." : `What it listed ${this.age} s ago is known.`
    return `${this.exchange} does not say what it lists: ${this.said}. ${known}`
  }
}

/** No tag of an instrument can match the pattern: `detail` says which part of it is wrong, and what would be right. */
export class UnmatchedPattern extends Schema.TaggedError<UnmatchedPattern>()("UnmatchedPattern", {
  pattern: Schema.String,
  detail: Schema.String,
  /** The exchange that is meant, most likely. */
  nearest: Schema.NullOr(Schema.String)
}) {}

/** Patterns match more instruments than were allowed to be added at once; nothing was done. */
export class TooManyMatches extends Schema.TaggedError<TooManyMatches>()("TooManyMatches", {
  matched: Schema.Int,
  limit: Schema.Int
}) {
  get detail(): string {
    return (
      `The patterns match ${this.matched} instruments, more than the limit of ${this.limit}; nothing was added. ` +
      "Raise `limit`, or narrow the patterns."
    )
  }
}

/** There are as many rules as there may be. */
export class TooManyRules extends Schema.TaggedError<TooManyRules>()("TooManyRules", { limit: Schema.Int }) {
  get detail(): string {
    return `There are ${this.limit} rules, as many as there may be. Delete one that is not needed any more.`
  }
}
