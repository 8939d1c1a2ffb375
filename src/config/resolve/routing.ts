import type { JsonObject } from "../../contract/json.ts"
import type { ModelKind } from "../../contract/offer.ts"
import type { ApprovalRule, ApprovedModels, Policy, Preset } from "../config.ts"
import type { ApprovalRuleConfig, ConfigFile, PolicyConfig, PresetConfig } from "../schema.ts"
import { defined, milliseconds } from "./pieces.ts"

/** Which of its four kinds a policy is, and its steps; the check of the file sees to it that it is exactly one. */
export const policyKinds = ["fallback", "balance", "latency", "cost"] as const

/** Also for policies that come through the API. */
export const resolvePolicy = (policy: PolicyConfig): Policy => {
  const kind = policyKinds.find((name) => policy[name] !== undefined) ?? "fallback"
  return defined({
    kind,
    steps: (policy[kind] ?? []).map((step) =>
      defined({
        model: step.model,
        retries: step.retries ?? 0,
        weight: "weight" in step ? (step.weight as number) : 1,
        provider: step.provider as JsonObject | undefined,
      }),
    ),
    stickyBy: policy.sticky ?? "trace",
    others: policy.others ?? true,
    explore: policy.explore ?? 0.05,
    hedgeMs: policy.hedge_seconds === undefined ? undefined : milliseconds(policy.hedge_seconds, 0),
    streamRecovery: policy.stream_recovery,
    provider: policy.provider as JsonObject | undefined,
    description: policy.description,
  })
}

/** Also for presets that come through the API. */
export const resolvePreset = (preset: PresetConfig): Preset =>
  defined({ ...preset, parameters: preset.parameters as JsonObject })

export const resolveApproved = (approved: ConfigFile["approved_models"]): ApprovedModels => ({
  mode: approved?.mode ?? "all",
  models: approved?.models ?? [],
  rules: (approved?.rules ?? []).map(resolveApprovalRule),
  fromFile: approved !== undefined,
})

/** Also for rules that come through the API. */
export const resolveApprovalRule = (rule: ApprovalRuleConfig): ApprovalRule =>
  defined({
    models: rule.models,
    authors: rule.authors,
    providers: rule.providers,
    regions: rule.regions,
    zdr: rule.zdr,
    dataCollection: rule.data_collection,
    kinds: rule.kinds as readonly ModelKind[] | undefined,
    tags: rule.tags,
    maxPrice: rule.max_price && defined(rule.max_price),
  })
