import type { RegionDoor } from "../../../config/config.ts"
import type { Price } from "../../../contract/index.ts"
import type { Denial } from "../../access/access.ts"
import type { Fitting } from "../../credentials/fitting.ts"
import type { HeldGuardrail, LiveOffer } from "../../services.ts"
import type { Demand } from "../demand/demand.ts"
import type { Wanted } from "../preferences/layers.ts"

/** What filters are asked about an offer, and what they may know. */
export interface Question {
  readonly demand: Demand
  readonly wanted: Wanted
  /** Of the listener or host name that the request came by. */
  readonly door: RegionDoor | undefined
  /** UTC, `YYYY-MM-DD`. */
  readonly today: string
  /** Undefined = nobody knows it. */
  price(offer: LiveOffer): Price | undefined
  /** Whether lists of models let this key have it. */
  access(offer: LiveOffer): true | Denial
  /** Those that hold for the key. */
  readonly guardrails: readonly HeldGuardrail[]
  /** With which credentials it may be used. */
  credentials(offer: LiveOffer): Fitting
  /** Whether it goes by one of these names or patterns. */
  isListed(names: readonly string[], offer: LiveOffer): boolean
}

/** Why an offer may not be tried: the rule, and what it says of this offer. */
export interface Objection {
  readonly constraint: Constraint
  readonly detail: string
  /** Id of the guardrail that says so. */
  readonly guardrail?: string
}

/** The rules, in the order in which they are asked; the first that objects is the reason. */
export const constraints = [
  "ability",
  "key_models",
  "approved_models",
  "access_list",
  "credential",
  "guardrail_region",
  "guardrail_models",
  "guardrail_providers",
  "guardrail_zdr",
  "guardrail_training",
  "door",
  "region",
  "zdr",
  "data_collection",
  "distillable",
  "quantization",
  "only",
  "ignore",
  "max_price",
  "capability",
  "parameters",
  "context_length",
  "shutdown",
  /** Others of the same model do better what was asked for. */
  "preference",
  "allow_fallbacks",
] as const
export type Constraint = (typeof constraints)[number]

/** Pure. Undefined = no objection. */
export type Filter = (offer: LiveOffer, question: Question) => Objection | undefined

/** An offer that may not be tried. */
export interface Excluded {
  readonly offer: LiveOffer
  readonly objection: Objection
}
