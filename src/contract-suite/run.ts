import {
  type Capabilities,
  GatewayError,
  messageOf,
  type Provider,
  type ProviderDefinition,
  type WireChat,
} from "../contract/index.ts"
import { abilityCases } from "./abilities.ts"
import { cacheCases } from "./caches.ts"
import { detectorCases, guardrailCases, searchCases, sinkCases, strategyCases, transformCases } from "./capabilities.ts"
import { BrokenDuty, type ContractCase } from "./case.ts"
import { directCases } from "./direct.ts"
import { notifierCases } from "./notifiers.ts"
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
  ...(given.notifiers ?? []).flatMap((one) => bind(`notifier ${one.name}`, one, notifierCases)),
  ...(given.detectors ?? []).flatMap((one) => bind(`detector ${one.name}`, one, detectorCases)),
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
  const { wire, otherWires = [], chat, abilities } = provider
  const models = [...new Set([...(provider.models ?? []).slice(0, 3).map(({ upstream }) => upstream), "any-model"])]
  const wires = [...(wire ? [wire] : []), ...otherWires]
  return [
    ...wires.flatMap((one) => bindWire(subject, definition.id, one, models, wires.length > 1)),
    ...(chat ? bind(subject, { ...provider, chat: (call) => provider.chat!(call) }, directCases) : []),
    ...(abilities ? bind(subject, { abilities, models }, abilityCases) : []),
  ]
}

/** Names that wires which go by them are likely to know. */
const usualModels = [
  "gpt-5.1-codex",
  "claude-sonnet-4-5",
  "gemini-2.5-flash",
  "openai.gpt-oss-120b",
  "anthropic.claude-sonnet-4-5",
  "amazon.nova-pro-v1:0",
]

/** The cases of one of a provider's wires, asked by the models that it reaches. */
function bindWire(subject: string, id: string, wire: WireChat, own: readonly string[], named: boolean): BoundCase[] {
  const served = [...own, ...usualModels].filter((model) => wire.serves?.(model) ?? true)
  const known = served.filter((model) => own.includes(model))
  const models = known.length > 0 ? known : served
  const cases = bind(named ? `${subject} (${wire.dialect.name})` : subject, { id, wire, models }, wireCases)
  if (models.length > 0) return cases
  return cases.map((one) => ({ ...one, skip: "it reaches none of the models that the suite can name" }))
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
