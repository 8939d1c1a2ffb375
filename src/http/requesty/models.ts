import { Elysia } from "elysia"
import type { ModelKind, Price } from "../../contract/index.ts"
import { requestyFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { authenticate, refuseKeyInQuery } from "../auth.ts"
import { perToken } from "../decimal.ts"
import { type ListedModel, listModels } from "../listing.ts"
import type { HttpServices } from "../services.ts"

/** Which kinds each of Requesty's lists has; the main one is of what holds conversations. */
const lists: readonly {
  readonly path: string
  readonly kinds: readonly ModelKind[] | undefined
  readonly summary: string
}[] = [
  { path: "/v1/models", kinds: ["chat"], summary: "Models that can be called" },
  { path: "/v1/models/chat", kinds: ["chat"], summary: "Models that hold conversations" },
  { path: "/v1/models/embedding", kinds: ["embeddings"], summary: "Models that make embeddings" },
  { path: "/v1/models/rerank", kinds: ["rerank"], summary: "Models that rerank" },
  { path: "/v1/models/image", kinds: ["images"], summary: "Models that make images" },
  { path: "/v1/models/speech", kinds: ["speech"], summary: "Models that speak" },
  { path: "/v1/models/transcription", kinds: ["transcription"], summary: "Models that write down what is spoken" },
  { path: "/v1/models/all", kinds: undefined, summary: "Models of every kind" },
]

/** `GET /v1/models` and its kin in Requesty's shape, which is OpenAI's with more fields; in Anthropic's when the caller speaks that. */
export const requestyModels = (services: HttpServices) => {
  const app = new Elysia({ name: "requesty models" })
  for (const { path, kinds, summary } of lists) {
    app.get(path, ({ request }) => answer(services, requestyFace, () => list(services, request, kinds)), {
      detail: { summary, tags: ["Requesty"] },
    })
  }
  return app
}

async function list(services: HttpServices, request: Request, kinds: readonly ModelKind[] | undefined) {
  if (services.publicModels()) refuseKeyInQuery(request)
  else authenticate(services.keys, request, "any")
  const models = (await listModels(services)).filter(({ kind }) => kinds?.includes(kind) ?? true)
  if (request.headers.has("anthropic-version")) return anthropicList(models)
  const unit = services.pipeline.snapshot().config.compat.requesty.priceUnit
  return { object: "list", data: models.map((model) => requestyModel(model, unit)) }
}

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

function requestyModel(model: ListedModel, unit: "token" | "million"): Record<string, unknown> {
  const { traits, offers } = model
  const talks = model.kind === "chat"
  const money = (perMillion: number | undefined) => (unit === "million" ? (perMillion ?? 0) : perToken(perMillion ?? 0))
  const bands = (price: Price | undefined) => priceBand(price ?? { input: 0, output: 0 }, money)
  const base = bands(model.price)
  return {
    id: model.id,
    object: "model",
    api: apis[model.kind],
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
    supports_tool_calling: talks && (traits.tools ?? true),
    supports_web_search: false,
    supports_image_generation: model.kind === "images" || (traits.imageOutput ?? false),
    supports_role_developer: talks,
    supports_output_json_object: talks,
    supports_output_json_schema: talks && (traits.structuredOutput ?? true),
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
