import { isWithin } from "../../../catalog/regions.ts"
import { isTrusted } from "../../credentials/fitting.ts"
import type { Filter } from "./question.ts"

/** Where inference runs must be known to be where it may run. */
export const door: Filter = ({ region }, question) =>
  !question.door || isWithin(region, question.door.region)
    ? undefined
    : { constraint: "door", detail: `runs in ${region ?? "a region that is not known"}` }

export const region: Filter = (offer, { wanted }) => {
  for (const regions of wanted.regions)
    if (!regions.some((name) => isWithin(offer.region, name)))
      return { constraint: "region", detail: `runs in ${offer.region ?? "a region that is not known"}` }
  return undefined
}

/** Of its own account, whoever brought a credential may say so. */
export const zdr: Filter = (offer, question) =>
  !question.wanted.zdr || offer.zdr === true || question.credentials(offer).brought.some(isTrusted)
    ? undefined
    : { constraint: "zdr", detail: "is not known to keep nothing" }

/** What keeps nothing has nothing to train on. */
export const dataCollection: Filter = (offer, { wanted }) =>
  !wanted.denyCollection || offer.dataCollection === "deny" || offer.zdr === true
    ? undefined
    : { constraint: "data_collection", detail: "may store or train on what it gets" }

export const distillable: Filter = (offer, { wanted }) =>
  !wanted.distillable || offer.distillable === true
    ? undefined
    : { constraint: "distillable", detail: "is not known to allow distillation" }
