import type { LiveOffer } from "../../services.ts"
import { ability, capability, context, parameters, shutdown } from "./fit.ts"
import { maxPrice } from "./max-price.ts"
import { access, ignore, only, quantization } from "./named.ts"
import { dataCollection, distillable, door, region, zdr } from "./privacy.ts"
import type { Filter, Objection, Question } from "./question.ts"

/** Whatever is preferred, no offer is tried that one of these objects to. */
export const filters: readonly Filter[] = [
  ability,
  access,
  door,
  region,
  zdr,
  dataCollection,
  distillable,
  quantization,
  only,
  ignore,
  maxPrice,
  capability,
  parameters,
  context,
  shutdown,
]

/** The first objection to an offer. */
export function objectionTo(offer: LiveOffer, question: Question): Objection | undefined {
  for (const filter of filters) {
    const objection = filter(offer, question)
    if (objection) return objection
  }
  return undefined
}
