import {
  type Capabilities,
  GatewayError,
  messageOf,
  type Provider,
  type ProviderDefinition,
} from "../contract/index.ts"
import { abilityCases } from "./abilities.ts"
import { cacheCases, guardrailCases, searchCases, sinkCases, strategyCases, transformCases } from "./capabilities.ts"
import { BrokenDuty, type ContractCase } from "./case.ts"
import { directCases } from "./direct.ts"
import { wireCases } from "./wire.ts"

/** One case bound to one capability, ready to run. */
export interface BoundCase {
  /** `provider openai`, `guardrail pii` … */
  readonly subject: string
  readonly name: string
  readonly why: string
  /** A reason to leave it out. */
  readonly skip: string | undefined
  run(): Promise<void>
}

export interface CaseResult {
  readonly subject: string
  readonly name: string
  readonly why: string
  readonly outcome: "passed" | "failed" | "skipped"
  /** Why it failed or was left out. */
  readonly reason?: string
}

const bind = <T>(subject: string, capability: T, cases: readonly ContractCase<T>[]): BoundCase[] =>
  cases.map((one) => ({
    subject,
    name: one.name,
    why: one.why,
    skip: one.skip?.(capability),
    run: async () => one.run(capability),
  }))

/** Every case of every capability that a plugin's `setup` gave. */
export const bindCases = (given: Capabilities): BoundCase[] => [
  ...(given.providers ?? []).flatMap(bindProvider),
  ...(given.guardrails ?? []).flatMap((one) => bind(`guardrail ${one.name}`, one, guardrailCases)),
  ...(given.caches ?? []).flatMap((one) => bind(`cache ${one.name}`, one, cacheCases)),
  ...(given.strategies ?? []).flatMap((one) => bind(`strategy ${one.name}`, one, strategyCases)),
  ...(given.transforms ?? []).flatMap((one) => bind(`transform ${one.name}`, one, transformCases)),
  ...(given.sinks ?? []).flatMap((one) => bind(`sink ${one.name}`, one, sinkCases)),
  ...(given.searches ?? []).flatMap((one) => bind(`search ${one.name}`, one, searchCases)),
]

function bindProvider(definition: ProviderDefinition): BoundCase[] {
  const subject = `provider ${definition.id}`
  let provider: Provider
  try {
    provider = createForTest(definition)
  } catch (thrown) {
    const failing = async () => {
      throw thrown
    }
    const why = "an entry of `providers:` with key and address must be enough"
    return [{ subject, name: "can be created", why, skip: undefined, run: failing }]
  }
  const { wire, chat, abilities } = provider
  const models = [...new Set([...(provider.models ?? []).slice(0, 3).map(({ upstream }) => upstream), "any-model"])]
  return [
    ...(wire ? bind(subject, { id: definition.id, wire, models }, wireCases) : []),
    ...(chat ? bind(subject, { ...provider, chat: (call) => provider.chat!(call) }, directCases) : []),
    ...(abilities ? bind(subject, { abilities, models }, abilityCases) : []),
  ]
}

/** Settings that suit most; a provider that refuses them must say so with a GatewayError. */
function createForTest(definition: ProviderDefinition): Provider {
  const settings = { id: definition.id, apiKey: "contract-suite-key", headers: {}, options: {} }
  try {
    return definition.create(settings)
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    return definition.create({ ...settings, baseUrl: "https://upstream.invalid/v1" })
  }
}

export async function runCase(one: BoundCase): Promise<CaseResult> {
  const { subject, name, why, skip } = one
  if (skip !== undefined) return { subject, name, why, outcome: "skipped", reason: skip }
  try {
    await one.run()
    return { subject, name, why, outcome: "passed" }
  } catch (thrown) {
    const reason =
      thrown instanceof BrokenDuty || GatewayError.is(thrown) ? thrown.message : `threw ${messageOf(thrown)}`
    return { subject, name, why, outcome: "failed", reason }
  }
}
