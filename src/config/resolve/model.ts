import type { OfferSeed, Traits } from "../../contract/offer.ts"
import type { Price } from "../../contract/usage.ts"
import type { ModelConfig } from "../schema.ts"
import { defined } from "./pieces.ts"

type PriceConfig = NonNullable<ModelConfig["price"]>
type TierConfig = NonNullable<PriceConfig["tiers"]>[number]

const resolveRates = (price: Partial<Omit<PriceConfig, "tiers">>): Partial<Omit<Price, "tiers">> =>
  defined({
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read,
    cacheWrite: price.cache_write,
    cacheWrite1h: price.cache_write_1h,
    audioInput: price.audio_input,
    audioOutput: price.audio_output,
    imageInput: price.image_input,
    imageOutput: price.image_output,
    reasoning: price.reasoning,
    request: price.request,
    perUnit: price.per_unit,
  })

const resolvePrice = (price: PriceConfig): Price => ({
  ...resolveRates(price),
  // Left out only where nothing is priced by it: `checkPrice` sees to that.
  input: price.input ?? 0,
  output: price.output ?? 0,
  ...(price.tiers && { tiers: price.tiers.map((tier: TierConfig) => ({ ...resolveRates(tier), above: tier.above })) }),
})

const resolveTraits = (model: ModelConfig): Traits | undefined => {
  const traits = defined({
    tools: model.tools,
    vision: model.vision,
    pdf: model.pdf,
    audio: model.audio,
    reasoning: model.reasoning,
    structuredOutput: model.structured_output,
    promptCache: model.prompt_cache,
  })
  return Object.keys(traits).length > 0 ? traits : undefined
}

/** `openai/gpt-4o` at the provider `openai` is `gpt-4o` there; other authors' names are kept whole. */
const upstreamName = (model: string, slugs: readonly string[]): string => {
  const slug = slugs.find((candidate) => model.startsWith(`${candidate}/`))
  return slug === undefined ? model : model.slice(slug.length + 1)
}

export const resolveModel = (model: ModelConfig, slugs: readonly string[]): OfferSeed =>
  defined({
    model: model.id,
    upstream: model.upstream ?? upstreamName(model.id, slugs),
    kind: model.kind,
    name: model.name,
    description: model.description,
    context: model.context,
    maxOutput: model.max_output,
    price: model.price && resolvePrice(model.price),
    traits: resolveTraits(model),
    canonical: model.canonical,
    maxInput: model.max_input,
    input: model.input,
    output: model.output,
    parameters: model.parameters,
    reasoning: model.efforts && { efforts: model.efforts },
    quantization: model.quantization,
    created: model.released === undefined ? undefined : Math.floor(Date.parse(model.released) / 1000),
    knowledge: model.knowledge,
    shutdown: model.shutdown,
    distillable: model.distillable,
    tags: model.tags,
  })
