// Owns the contract of the rules that follow listings. Part of Api.ts; what a rule does is layers/Rules.ts.
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ListedRule, NewRule, RuleId } from "../domain/Rule.ts"
import { TooManyRulesProblem, UnmatchedPatternProblem } from "./BulkProblems.ts"
import { Operator, Reader } from "./Guards.ts"
import { digits } from "./Params.ts"
import {
  AlreadyExistsProblem,
  CatalogUnavailableProblem,
  NotFoundProblem,
  PayloadTooLargeProblem,
  UnsupportedMediaTypeProblem
} from "./Problems.ts"

const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })
const params = { id: digits(RuleId) }

export class RulesApi extends HttpApiGroup.make("rules")
  .add(
    HttpApiEndpoint.post("create", "/rules", {
      payload: NewRule,
      success: ListedRule.pipe(HttpApiSchema.status(201)),
      error: [
        AlreadyExistsProblem,
        TooManyRulesProblem,
        UnmatchedPatternProblem,
        CatalogUnavailableProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem
      ]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Create a rule",
          "Follows the listings that the pattern concerns: at once, and whenever one is read, it adds what is listed " +
            "and not in the catalog, and starts what it added. A market that a person stopped stays stopped; one " +
            "that a person deleted is added again at the next reading while it is listed. The answer comes when " +
            "the listings have been read, or after 10 s. At most 100 rules."
        )
      ),
    HttpApiEndpoint.get("list", "/rules", {
      success: Schema.Array(ListedRule),
      error: CatalogUnavailableProblem
    })
      .middleware(Reader)
      .annotateMerge(docs("List the rules", "All rules in the order of their ids, each with what it does.")),
    HttpApiEndpoint.get("find", "/rules/:id", {
      params,
      success: ListedRule,
      error: [NotFoundProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show a rule", "One rule by its id, with what it does.")),
    HttpApiEndpoint.patch("update", "/rules/:id", {
      params,
      payload: Schema.Struct({ enabled: Schema.Boolean }),
      success: ListedRule,
      error: [NotFoundProblem, CatalogUnavailableProblem, PayloadTooLargeProblem, UnsupportedMediaTypeProblem]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Enable or disable a rule",
          "An enabled rule is held against the listings at once, and keeps them read every LEVEL4_LISTING_INTERVAL. " +
            "A disabled one does nothing; the markets that it added stay and run on. When the service starts, all " +
            "rules are disabled, unless LEVEL4_ON_BOOT is resume."
        )
      ),
    HttpApiEndpoint.delete("remove", "/rules/:id", {
      params,
      success: HttpApiSchema.NoContent,
      error: [NotFoundProblem, CatalogUnavailableProblem]
    })
      .middleware(Operator)
      .annotateMerge(docs("Delete a rule", "The markets that it added stay, and run on."))
  )
  .annotateMerge(OpenApi.annotations({ description: "Rules that follow what venues list" })) {}
