// Owns the list of the settings that each venue has, and the search for the one that a misspelt name may mean. How they
// are spelled and what they mean is endpointVariable's, EndpointOverrides' and LimitOverrides'. Pure.
import { distanceOf } from "../domain/editDistance.ts"
import { endpointVariable, protocolVariable } from "../domain/endpointVariable.ts"
import { describeExchange, exchangeNames } from "../schemes/Schemes.ts"
import { limitVariables } from "./LimitOverrides.ts"

/** Every variable of every venue that level4 has. */
export const VENUE_VARIABLES: ReadonlySet<string> = new Set(
  exchangeNames().flatMap((exchange) =>
    limitVariables(exchange).concat(
      describeExchange(exchange).market_types.flatMap((type) => [
        endpointVariable(exchange, type, "WS"),
        endpointVariable(exchange, type, "REST"),
        protocolVariable(exchange, type)
      ])
    )
  )
)

/** The known name that is nearest to a misspelt one; null where none is near. */
export const nearestVariable = (variable: string, known: ReadonlySet<string>): string | null => {
  let nearest: string | null = null
  // a name with more than a third of its letters wrong means anything
  let least = Math.floor((variable.length - "LEVEL4_".length) / 3) + 1
  for (const name of [...known, ...VENUE_VARIABLES]) {
    const distance = distanceOf(variable.toUpperCase(), name, least)
    if (distance >= least) continue
    least = distance
    nearest = name
  }
  return nearest
}
