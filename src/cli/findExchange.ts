// Owns finding an exchange of the catalog by its name, which is compared without case, as the catalog itself does.
import { Effect } from "effect"
import type { ExchangeName, ListedExchange } from "../domain/Exchange.ts"
import type { CallFailure, Client } from "./Client.ts"
import { NotInCatalog } from "./Failures.ts"

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export const findExchange = (
  client: Client,
  name: ExchangeName
): Effect.Effect<ListedExchange, CallFailure | NotInCatalog> =>
  Effect.flatMap(client.exchanges, (exchanges) => {
    const found = exchanges.find((exchange) => sameName(exchange.name, name))
    if (found !== undefined) return Effect.succeed(found)
    const known = exchanges.map((exchange) => exchange.name).join(", ") || "none yet"
    return new NotInCatalog({
      detail: `the catalog has no exchange ${name} (it has: ${known}); add it with: level4 exchanges new '${name}'`
    })
  })
