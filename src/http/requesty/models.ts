import { Elysia } from "elysia"
import type { Price } from "../../contract/index.ts"
import { requestyFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { authenticate, refuseKeyInQuery } from "../auth.ts"
import { perToken } from "../decimal.ts"
import { type ListedModel, listModels } from "../listing.ts"
import type { HttpServices } from "../services.ts"

/** `GET /v1/models` in Requesty's shape, which is OpenAI's with more fields; in Anthropic's when the caller speaks that. */
export const requestyModels = (services: HttpServices) =>
  new Elysia({ name: "requesty models" }).get(
    "/v1/models",
    ({ request }) =>
      answer(services, requestyFace, async () => {
        if (services.publicModels()) refuseKeyInQuery(request)
        else authenticate(services.keys, request, "any")
        const models = await listModels(services)
        if (request.headers.has("anthropic-version")) return anthropicList(models)
        const unit = services.pipeline.snapshot().config.compat.requesty.priceUnit
        return { object: "list", data: models.map((model) => requestyModel(model, unit)) }
      }),
    { detail: { summary: "Models that can be called", tags: ["Requesty"] } },
  )

/** A context window is an integer that some clients cannot do without; this is what they get where nobody knows. */
const unknownContext = 128_000

function requestyModel(model: ListedModel, unit: "token" | "million"): Record<string, unknown> {
  const { traits, offers } = model
  const money = (perMillion: number | undefined) => (unit === "million" ? (perMillion ?? 0) : perToken(perMillion ?? 0))
  const bands = (price: Price | undefined) => priceBand(price ?? { input: 0, output: 0 }, money)
  const base = bands(model.price)
  return {
    id: model.id,
    object: "model",
    api: "chat",
    created: model.created,
    updated: model.created,
    owned_by: offers[0]?.provider ?? "signalbox",
    name: model.name,
    display_name: model.name,
    ...(model.description ? { description: model.description } : {}),
    context_window: model.context ?? unknownContext,
    max_output_tokens: model.maxOutput ?? 0,
    ...base,
    pricing: [
      { prompt_tokens_threshold: 0, ...base },
      ...(model.price?.tiers ?? []).map(({ above, ...tier }) => ({
        prompt_tokens_threshold: above,
        ...bands({ ...model.price!, ...tier }),
      })),
    ],
    supports_caching: traits.promptCache ?? false,
    supports_vision: traits.vision ?? false,
    supports_computer_use: false,
    supports_reasoning: traits.reasoning ?? false,
    supports_tool_calling: traits.tools ?? true,
    supports_web_search: false,
    supports_image_generation: traits.imageOutput ?? false,
    supports_role_developer: true,
    supports_output_json_object: true,
    supports_output_json_schema: traits.structuredOutput ?? true,
    geolocation: geolocation(offers[0]?.region),
    ...(offers[0]?.zdr === undefined ? {} : { data_retention: !offers[0].zdr }),
  }
}

function priceBand(price: Price, money: (perMillion: number | undefined) => number): Record<string, number> {
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

function geolocation(region: string | undefined): string {
  const head = region?.toLowerCase().slice(0, 2)
  return head === "eu" || head === "us" || head === "sg" ? head : "global"
}

function anthropicList(models: readonly ListedModel[]): Record<string, unknown> {
  const data = models.map((model) => ({
    type: "model",
    id: model.id,
    display_name: model.name,
    created_at: new Date(model.created * 1000).toISOString(),
  }))
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}
