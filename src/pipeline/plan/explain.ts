import { type Availability, type Exclusion, GatewayError } from "../../contract/index.ts"
import { type Denial, notAllowed } from "../access.ts"
import { docsUrl } from "./availability.ts"
import { roomFor } from "./filters/fit.ts"
import { type Constraint, constraints, type Excluded } from "./filters/question.ts"
import type { Inquiry } from "./inquiry.ts"
import { goneWords } from "./successor.ts"

interface Rule {
  /** What a client can change; absent: nothing. */
  readonly field?: string
  readonly advice: string
  /** OpenRouter's words. */
  readonly code: Availability["code"]
  readonly excludedBy?: string
}

const filtered = "constraint_filtered"

const rules: Readonly<Record<Exclude<Constraint, "preference" | "allow_fallbacks">, Rule>> = {
  ability: { field: "model", advice: "Ask for another model.", code: "wrong_endpoint" },
  key_models: {
    field: "model",
    advice: "Ask for a model that this key may use.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  approved_models: {
    field: "model",
    advice: "Ask for an approved model.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  door: {
    advice: "Use another model, or the address without a region.",
    code: "region_restricted",
    excludedBy: "data_region",
  },
  region: {
    field: "provider.region",
    advice: "Leave the region out, or configure a provider there.",
    code: filtered,
    excludedBy: "data_region",
  },
  zdr: {
    field: "provider.zdr",
    advice: "Leave zdr out, or mark the providers that keep nothing with `zdr: true`.",
    code: "privacy_restricted",
    excludedBy: "data_policy:zdr",
  },
  data_collection: {
    field: "provider.data_collection",
    advice: 'Allow data collection, or mark the providers that neither store nor train with `data_collection: "deny"`.',
    code: "privacy_restricted",
    excludedBy: "data_policy:training",
  },
  distillable: {
    field: "provider.enforce_distillable_text",
    advice: "Leave enforce_distillable_text out, or ask for a model whose author allows it.",
    code: filtered,
  },
  quantization: {
    field: "provider.quantizations",
    advice: "Allow further quantizations, or name how the weights are stored with `quantization`.",
    code: filtered,
    excludedBy: "quantization",
  },
  only: {
    field: "provider.only",
    advice: "Name other providers in only.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  ignore: {
    field: "provider.ignore",
    advice: "Ignore fewer providers.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  max_price: {
    field: "provider.max_price",
    advice: "Raise max_price, or ask for a cheaper model.",
    code: filtered,
    excludedBy: "max_price",
  },
  capability: { advice: "Ask for a model that does, or leave that content out.", code: "no_endpoints" },
  parameters: {
    field: "provider.require_parameters",
    advice: "Leave these parameters or require_parameters out.",
    code: filtered,
    excludedBy: "require_parameters",
  },
  context_length: { advice: "Shorten the input.", code: filtered, excludedBy: "context_length" },
  shutdown: { field: "model", advice: "Ask for another model.", code: "model_deprecated" },
}

/** The error where no offer of a request passed: the rule that took most, whom it took, and what to change. */
export function nothingLeft(inquiry: Inquiry, excluded: readonly Excluded[]): GatewayError {
  const [worst] = byConstraint(excluded)
  if (!worst) return noEndpoints(inquiry, excluded, "No provider has it.", "model")
  const { constraint, offers } = worst
  const [first] = offers
  switch (constraint) {
    case "key_models":
    case "approved_models":
      return withReason(inquiry, notAllowed(inquiry.model, first!.objection as Denial), constraint, excluded)
    case "ability":
      return noEndpoints(
        inquiry,
        excluded,
        `"${inquiry.model}" ${first!.objection.detail} at ${first!.offer.live.name}, nor at any other configured provider of it.`,
        "model",
      )
    case "door":
      if (inquiry.door?.strict !== true) break
      return withReason(inquiry, outside(inquiry, inquiry.door.region, offers), constraint, excluded)
    case "context_length":
      return withReason(inquiry, tooLong(inquiry, offers), constraint, excluded)
    case "shutdown":
      return noEndpoints(inquiry, excluded, goneWords(inquiry.snapshot.catalog, first!.offer), "model")
  }
  return noEndpoints(inquiry, excluded, told(excluded), fieldOf(constraint))
}

const ruleOf = (constraint: Constraint): Rule | undefined =>
  constraint === "preference" || constraint === "allow_fallbacks" ? undefined : rules[constraint]

const fieldOf = (constraint: Constraint): string => {
  const { field = "model" } = ruleOf(constraint) ?? {}
  return field
}

interface Taken {
  readonly constraint: Constraint
  readonly offers: readonly Excluded[]
}

/** The rules that took something, the one that took most first; of equals the one that is asked first. */
function byConstraint(excluded: readonly Excluded[]): readonly Taken[] {
  const found = constraints.map((constraint) => ({
    constraint,
    offers: excluded.filter(({ objection }) => objection.constraint === constraint),
  }))
  return found.filter(({ offers }) => offers.length > 0).sort((left, right) => right.offers.length - left.offers.length)
}

/** The same of what a plan left out: which rule a refusal is about. */
export const ruleThatTookMost = (excluded: readonly Exclusion[]): Constraint | undefined => {
  const counted = constraints.map((name) => ({
    name,
    count: excluded.filter(({ constraint }) => constraint === name).length,
  }))
  const [most] = counted.filter(({ count }) => count > 0).sort((left, right) => right.count - left.count)
  return most?.name
}

/** More would drown what the message is about; the generation's record has them all. */
const shown = 4

/** `provider.zdr excludes openai (…), azure (…); provider.only excludes groq (…). Leave zdr out.` */
function told(excluded: readonly Excluded[]): string {
  const taken = byConstraint(excluded)
  const sentences = taken.map(({ constraint, offers }) => {
    const names = offers.slice(0, shown).map(({ offer, objection }) => `${offer.provider} (${objection.detail})`)
    if (offers.length > shown) names.push(`${offers.length - shown} more`)
    return `${ruleOf(constraint)?.field ?? constraint} excludes ${names.join(", ")}`
  })
  return `${sentences.join("; ")}. ${ruleOf(taken[0]!.constraint)?.advice ?? ""}`.trim()
}

/** Begins as OpenRouter's does, which its clients look for. */
function noEndpoints(inquiry: Inquiry, excluded: readonly Excluded[], words: string, param: string): GatewayError {
  const error = new GatewayError("no_endpoints", `No endpoints found for "${inquiry.model}". ${words}`, { param })
  return withReason(inquiry, error, byConstraint(excluded)[0]?.constraint, excluded)
}

function withReason(
  inquiry: Inquiry,
  error: GatewayError,
  constraint: Constraint | undefined,
  excluded: readonly Excluded[],
): GatewayError {
  const rule = constraint && ruleOf(constraint)
  const by = new Set(excluded.flatMap(({ objection }) => ruleOf(objection.constraint)?.excludedBy ?? []))
  const providers = [...new Set(excluded.map(({ offer }) => offer.provider))]
  error.availability = {
    code: rule?.code ?? "no_endpoints",
    retryable: false,
    requested_models: inquiry.names,
    docs_url: docsUrl,
    ...(providers.length === 0 ? {} : { affected_providers: providers }),
    ...(by.size === 0 ? {} : { excluded_by: [...by] }),
    ...(rule?.field && rule.field !== "model" ? { constraint: { field: rule.field, detail: error.message } } : {}),
  }
  return error
}

const outside = ({ model }: Inquiry, region: string, offers: readonly Excluded[]): GatewayError =>
  new GatewayError(
    "region_restricted",
    `This address stays in "${region}", and no provider of "${model}" is known to be there: ${offers
      .slice(0, shown)
      .map(({ offer, objection }) => `${offer.provider} ${objection.detail}`)
      .join(", ")}. Use another model, or the address without a region.`,
    { param: "model" },
  )

/** Both numbers in the words by which clients know that they must shorten a conversation. */
function tooLong({ model, demand }: Inquiry, offers: readonly Excluded[]): GatewayError {
  const roomiest = offers
    .map(({ offer }) => offer)
    .reduce((best, offer) => ((roomFor(offer) ?? 0) > (roomFor(best) ?? 0) ? offer : best))
  return new GatewayError(
    "context_length_exceeded",
    `The input is too long for "${model}": about ${demand.inputTokens(roomiest)} tokens, limit ${roomFor(roomiest)}. Shorten it, or ask for a model with a larger context.`,
    { retry: "no" },
  )
}
