import type { LiveOffer } from "../../services.ts"
import { ability, capability, context, parameters, shutdown } from "./fit.ts"
import { guardrails } from "./guardrails.ts"
import { maxPrice } from "./max-price.ts"
import { access, credential, ignore, only, quantization } from "./named.ts"
import { dataCollection, distillable, door, region, zdr } from "./privacy.ts"
import type { Filter, Objection, Question } from "./question.ts"

/** Rules that hold for every request of a key, whatever it is about: what they exclude is never to be had. */
export const standingFilters: readonly Filter[] = [
  access,
  credential,
  guardrails,
  door,
  region,
  zdr,
  dataCollection,
  distillable,
  quantization,
  only,
  ignore,
  maxPrice,
]

/** Whatever is preferred, no offer is tried that one of these objects to. */
export const filters: readonly Filter[] = [ability, ...standingFilters, capability, parameters, context, shutdown]

/** The same for a router that looks through conversing models only, so that none need be asked whether it is one. */
export const filtersOfChoice: readonly Filter[] = filters.filter((filter) => filter !== ability)

/** The first objection to an offer. */
export function objectionTo(offer: LiveOffer, question: Question, asked = filters): Objection | undefined {
  for (const filter of asked) {
    const objection = filter(offer, question)
    if (objection) return objection
  }
  return undefined
}
