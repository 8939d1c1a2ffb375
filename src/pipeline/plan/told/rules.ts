import type { Availability } from "../../../contract/index.ts"
import type { Constraint } from "../filters/question.ts"

/** What a refusal says of the rule that left nothing. */
interface Rule {
  /** What a client can change; absent: nothing. */
  readonly field?: string
  /** What it is called where it is no field. */
  readonly name?: string
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
  access_list: {
    field: "model",
    advice: "Ask for a model of that list.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  credential: {
    name: "what it has credentials for",
    advice: "Ask for a model of a provider that this key has a credential for.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  guardrail_region: {
    name: "a guardrail",
    advice: "Call an address that the guardrail allows.",
    code: "region_restricted",
    excludedBy: "data_region",
  },
  guardrail_models: {
    name: "a guardrail",
    advice: "Ask for a model that the guardrail allows.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  guardrail_providers: {
    name: "a guardrail",
    advice: "Ask for a model of a provider that the guardrail allows.",
    code: filtered,
    excludedBy: "allowed_providers",
  },
  guardrail_zdr: {
    name: "a guardrail",
    advice: "Ask for a model of a provider that keeps nothing.",
    code: "privacy_restricted",
    excludedBy: "data_policy:zdr",
  },
  guardrail_training: {
    name: "a guardrail",
    advice: "Ask for a model of a provider that neither stores nor trains.",
    code: "privacy_restricted",
    excludedBy: "data_policy:training",
  },
  door: {
    name: "the region of this address",
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

export const ruleOf = (constraint: Constraint): Rule | undefined =>
  constraint === "preference" || constraint === "allow_fallbacks" ? undefined : rules[constraint]

export const fieldOf = (constraint: Constraint): string => {
  const { field = "model" } = ruleOf(constraint) ?? {}
  return field
}
