import type { ZdrGroup } from "../../../accounts/directory/guardrails.ts"
import { isWithin } from "../../../catalog/regions.ts"
import { authorIn } from "../../../contract/index.ts"
import { isTrusted } from "../../credentials/fitting.ts"
import type { HeldGuardrail, LiveOffer } from "../../services.ts"
import { isFree } from "../cost.ts"
import { isCalled } from "../preferences/slugs.ts"
import type { Constraint, Filter, Objection, Question } from "./question.ts"

/** What one guardrail may say about an offer. */
type Rule = (guardrail: HeldGuardrail, offer: LiveOffer, question: Question) => string | undefined

const models: Rule = ({ allowedModels, ignoredModels }, offer, question) => {
  if (allowedModels && !question.isListed(allowedModels, offer)) return "is not among the models"
  return ignoredModels && question.isListed(ignoredModels, offer) ? "is among the ignored models" : undefined
}

const providers: Rule = ({ allowedProviders, ignoredProviders }, offer) => {
  if (allowedProviders && !allowedProviders.some((slug) => isCalled(slug, offer))) return "is not among the providers"
  return ignoredProviders?.some((slug) => isCalled(slug, offer)) ? "is among the ignored providers" : undefined
}

/** Whose own endpoints they are: the vendor's that the group is named after, by the kind of provider. */
const vendors: Readonly<Record<string, ZdrGroup | undefined>> = {
  anthropic: "anthropic",
  openai: "openai",
  google: "google",
  "google-vertex": "google",
  xai: "xai",
}

/** Google hosts models of others as well: those are in `other`, like everything that is nobody's own. */
export function zdrGroupOf({ live, canonical, model }: LiveOffer): ZdrGroup {
  const vendor = vendors[live.definition] ?? "other"
  return vendor === "google" && authorIn(canonical ?? model) !== "google" ? "other" : vendor
}

const zdr: Rule = ({ zdr: groups }, offer, question) =>
  groups?.[zdrGroupOf(offer)] !== true || offer.zdr === true || question.credentials(offer).brought.some(isTrusted)
    ? undefined
    : "is not known to keep nothing, as demanded"

/** What keeps nothing has nothing to train on, nor to publish. */
const training: Rule = (guardrail, offer, question) => {
  const { enableFreeModelTraining, enableFreeModelPublication, enablePaidModelTraining } = guardrail
  const free = enableFreeModelTraining !== false && enableFreeModelPublication !== false
  const paid = enablePaidModelTraining !== false
  if ((free && paid) || offer.dataCollection === "deny" || offer.zdr === true) return undefined
  const price = question.price(offer)
  // What nobody knows the price of may be either.
  const allowed = price === undefined ? free && paid : isFree(price) ? free : paid
  return allowed ? undefined : "may store, publish or train on what it gets, which is not allowed"
}

/** By which addresses requests may come (openrouter.ai/docs, guardrails: `allowed_data_regions`). */
const ingress: Readonly<Record<string, string>> = { europe: "eu", us: "us" }

const region: Rule = ({ allowedDataRegions }, _, { door }) => {
  if (!allowedDataRegions) return undefined
  const isOpen = allowedDataRegions.some((name) => {
    const wanted = ingress[name]
    return wanted === undefined ? door === undefined : door !== undefined && isWithin(door.region, wanted)
  })
  if (isOpen) return undefined
  const came = door ? `that of "${door.region}"` : "the one without a region"
  return `requests must come by the address of ${allowedDataRegions.join(" or ")}, and this came by ${came}, as demanded`
}

const rules: readonly (readonly [Constraint, Rule])[] = [
  ["guardrail_region", region],
  ["guardrail_models", models],
  ["guardrail_providers", providers],
  ["guardrail_zdr", zdr],
  ["guardrail_training", training],
]

/** Every guardrail of the key, of its member and of its project must let it pass. */
export const guardrails: Filter = (offer, question) => {
  for (const guardrail of question.guardrails) {
    const objection = objectionOf(guardrail, offer, question)
    if (objection) return objection
  }
  return undefined
}

function objectionOf(guardrail: HeldGuardrail, offer: LiveOffer, question: Question): Objection | undefined {
  for (const [constraint, rule] of rules) {
    const said = rule(guardrail, offer, question)
    if (said !== undefined)
      return { constraint, detail: `${said} by the guardrail "${guardrail.name}"`, guardrail: guardrail.id }
  }
  return undefined
}
