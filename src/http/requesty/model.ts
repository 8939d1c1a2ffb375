import type { LiveOffer } from "../../catalog/offers.ts"
import { geolocation } from "../../catalog/regions.ts"
import type { ModelKind, Price } from "../../contract/index.ts"
import { perToken } from "../decimal.ts"
import type { ListedModel } from "../listing.ts"

/** Requesty's words for what a model is for. */
const apis: Readonly<Record<ModelKind, string>> = {
  chat: "chat",
  embeddings: "embedding",
  rerank: "rerank",
  images: "image",
  speech: "speech",
  transcription: "transcription",
}

/** A context window is an integer that some clients cannot do without; this is what they get where nobody knows. */
const unknownContext = 128_000

/** One row in Requesty's shape. Integers, numbers and booleans only where its clients decode strictly. */
export function requestyModel(model: ListedModel, unit: "token" | "million"): Record<string, unknown> {
  const { traits, offers, canonical } = model
  const talks = model.kind === "chat"
  const money = (perMillion: number) => (unit === "million" ? perMillion : perToken(perMillion))
  const bands = (price: Price | undefined) => priceBand(price ?? { input: 0, output: 0 }, money)
  const base = bands(model.price)
  const slash = canonical.indexOf("/")
  const isOne = model.origin !== "policy" && model.origin !== "preset"
  return {
    id: model.id,
    object: "model",
    api: apis[model.kind],
    created: model.created,
    updated: model.created,
    owned_by: isOne ? (offers[0]?.provider ?? "signalbox") : "signalbox",
    name: model.name,
    display_name: model.name,
    ...(model.description ? { description: model.description } : {}),
    context_window: Math.trunc(model.context ?? unknownContext),
    max_output_tokens: Math.trunc(model.maxOutput ?? 0),
    ...base,
    pricing: [
      { prompt_tokens_threshold: 0, ...base },
      ...(model.price?.tiers ?? []).map(({ above, ...tier }) => ({
        prompt_tokens_threshold: above,
        ...bands({ ...model.price!, ...tier }),
      })),
    ],
    supports_caching: traits.promptCache ?? model.price?.cacheRead !== undefined,
    supports_vision: model.input.includes("image"),
    supports_computer_use: talks && usesComputers.test(canonical) && traits.tools !== false,
    supports_reasoning: traits.reasoning ?? model.reasoning !== undefined,
    supports_tool_calling: talks && (traits.tools ?? true),
    supports_web_search: talks && offers.some(searches),
    supports_image_generation: model.output.includes("image"),
    supports_role_developer: talks,
    supports_output_json_object: talks,
    supports_output_json_schema: talks && (traits.structuredOutput ?? true),
    geolocation: commonPlace(offers),
    ...(isOne && slash > 0
      ? { model_lab: canonical.slice(0, slash), model_canonical_name: canonical.slice(slash + 1) }
      : {}),
    ...retention(offers),
    ...(model.shutdown === undefined ? {} : { retires_at: model.shutdown }),
  }
}

/** Models that were made to work with a screen; everywhere else it is a tool like any other. */
const usesComputers = /claude|computer-use/

const searches = ({ wires }: LiveOffer): boolean => wires.some(({ profile }) => profile.webSearch !== undefined)

function priceBand(price: Price, money: (perMillion: number) => number): Record<string, number> {
  return {
    input_price: money(price.input),
    output_price: money(price.output),
    cached_price: money(price.cacheRead ?? price.input),
    caching_price: money(price.cacheWrite ?? price.input),
    ...(price.cacheWrite1h === undefined
      ? {}
      : { caching_5m_price: money(price.cacheWrite ?? price.input), caching_1h_price: money(price.cacheWrite1h) }),
  }
}

/** Where the request will run, where that does not depend on which provider takes it. */
function commonPlace(offers: readonly LiveOffer[]): string {
  const places = new Set(offers.map(({ region }) => geolocation(region)))
  return places.size === 1 ? [...places][0]! : "global"
}

/** Told only where it is known of every provider. */
function retention(offers: readonly LiveOffer[]): Record<string, unknown> {
  if (offers.length === 0) return {}
  const keeps = offers.some(({ zdr }) => zdr === false)
    ? true
    : offers.every(({ zdr }) => zdr === true)
      ? false
      : undefined
  const trains = offers.some(({ dataCollection }) => dataCollection === "allow")
    ? true
    : offers.every(({ dataCollection, zdr }) => dataCollection === "deny" || zdr === true)
      ? false
      : undefined
  return {
    ...(keeps === undefined ? {} : { data_retention: keeps }),
    ...(keeps === false ? { data_retention_days: 0 } : {}),
    ...(trains === undefined ? {} : { data_used_for_training: trains }),
  }
}
