import type { Percentiles } from "../../../catalog/health/types.ts"
import type { LiveOffer } from "../../../catalog/offers.ts"
import type { Price } from "../../../contract/index.ts"
import type { ListedModel } from "../../listing.ts"
import { parametersOf } from "../../lists/describe.ts"
import type { HttpServices } from "../../services.ts"
import { pricing } from "./pricing.ts"

/** Words that the SDK knows for how weights are stored. */
const quantizations = new Set("int4 int8 fp4 mxfp4 nvfp4 fp6 fp8 mxfp8 fp16 bf16 fp32 unknown".split(" "))

/** OpenRouter gives numbers without saying what they mean, but for 0: all is well. */
const statusOf = { closed: 0, "half-open": -1, open: -2 } as const

interface EndpointContext {
  readonly services: HttpServices
  readonly priceOf: (offer: LiveOffer) => Price | undefined
  /** Measured values are for those with a key. */
  readonly measured: boolean
}

/** One offer of a model, with how it has been doing lately. */
export function endpointOf(model: ListedModel, offer: LiveOffer, context: EndpointContext): Record<string, unknown> {
  const { services, priceOf, measured } = context
  const health = services.pipeline.health.view(offer.key, services.pipeline.now())
  const price = priceOf(offer)
  const traits = { ...model.traits, ...offer.traits }
  const forced = offer.wires[0]?.profile.noForcedTool !== true
  const tools = (offer.kind ?? "chat") === "chat" && traits.tools !== false
  const quantization = offer.quantization?.toLowerCase()
  return {
    name: `${offer.live.name} | ${offer.canonical ?? model.id}`,
    model_id: model.id,
    model_name: model.name,
    provider_name: offer.live.name,
    tag: tagOf(offer, model.offers),
    quantization: quantization !== undefined && quantizations.has(quantization) ? quantization : null,
    // The SDK wants a number: 0 is what nobody knows.
    context_length: offer.context ?? 0,
    max_completion_tokens: offer.maxOutput ?? null,
    max_prompt_tokens: offer.maxInput ?? null,
    pricing: pricing(price),
    supported_parameters: (offer.kind ?? "chat") === "chat" ? parametersOf([offer], traits) : [],
    status: statusOf[health.breaker],
    uptime_last_5m: percent(health.uptime5m),
    uptime_last_30m: percent(health.uptime30m),
    uptime_last_1d: percent(health.uptime1d),
    latency_last_30m: measured ? percentiles(health.latency) : null,
    throughput_last_30m: measured ? percentiles(health.throughput) : null,
    // A cache that has to be asked for charges for being written to.
    supports_implicit_caching:
      (traits.promptCache ?? price?.cacheRead !== undefined) && price?.cacheWrite === undefined,
    supports_tool_choice: { auto: tools, none: tools, required: tools && forced, function: tools && forced },
    supports_voice_cloning: false,
    region: offer.region ?? null,
  }
}

const percent = (share: number | undefined): number | null =>
  share === undefined ? null : Math.round(share * 10_000) / 100

const rounded = (value: number): number => Math.round(value * 100) / 100

const percentiles = (found: Percentiles | undefined): Record<keyof Percentiles, number> | null =>
  found === undefined
    ? null
    : { p50: rounded(found.p50), p75: rounded(found.p75), p90: rounded(found.p90), p99: rounded(found.p99) }

/** What `provider.order` names this offer by: the provider alone where that says it, else with what tells its offers apart. */
export function tagOf(offer: LiveOffer, others: readonly LiveOffer[]): string {
  const siblings = others.filter(({ provider, key }) => provider === offer.provider && key !== offer.key)
  if (siblings.length === 0) return offer.provider
  const own = (read: (of: LiveOffer) => string | undefined) => {
    const value = read(offer)
    return value !== undefined && siblings.every((sibling) => read(sibling) !== value) ? value : undefined
  }
  const variant = own(({ quantization }) => quantization) ?? own(({ region }) => region) ?? offer.upstream
  return `${offer.provider}/${variant.toLowerCase()}`
}
