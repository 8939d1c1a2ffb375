import { Elysia } from "elysia"
import { GatewayError, type ModelKind, type Price } from "../../contract/index.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { authenticate, refuseKeyInQuery } from "../auth.ts"
import { perTokenText } from "../decimal.ts"
import { type ListedModel, listModels } from "../listing.ts"
import type { HttpServices } from "../services.ts"

/** Which kinds each of OpenRouter's lists has; its main list is of what writes and draws. */
const lists: readonly { readonly path: string; readonly kinds: readonly ModelKind[]; readonly summary: string }[] = [
  { path: "/api/v1/models", kinds: ["chat", "images"], summary: "Models that can be called" },
  { path: "/api/v1/embeddings/models", kinds: ["embeddings"], summary: "Models that make embeddings" },
  { path: "/api/v1/rerank/models", kinds: ["rerank"], summary: "Models that rerank" },
]

/** `GET /api/v1/models` and its kin in OpenRouter's shape, paged so that its SDK's iterator ends. */
export const openrouterModels = (services: HttpServices) => {
  const app = new Elysia({ name: "openrouter models" })
  for (const { path, kinds, summary } of lists) {
    app.get(path, ({ request }) => answer(services, openrouterFace, () => page(services, request, path, kinds)), {
      detail: { summary, tags: ["OpenRouter"] },
    })
  }
  return app
}

async function page(services: HttpServices, request: Request, path: string, kinds: readonly ModelKind[]) {
  if (services.publicModels()) refuseKeyInQuery(request)
  else authenticate(services.keys, request, "any")
  const all = (await listModels(services)).filter(({ kind }) => kinds.includes(kind))
  const { offset, limit } = readPage(new URL(request.url).searchParams)
  const shown = limit === undefined ? all.slice(offset) : all.slice(offset, offset + limit)
  return {
    data: shown.map(openrouterModel),
    total_count: all.length,
    links: { next: nextLink(path, offset, limit, all.length) },
  }
}

const largestPage = 1000

function readPage(query: URLSearchParams): { offset: number; limit: number | undefined } {
  const read = (name: string, most: number): number | undefined => {
    const text = query.get(name)
    if (text === null) return undefined
    const number = Number(text)
    if (!Number.isInteger(number) || number < 0 || number > most) {
      throw new GatewayError("invalid_request", `"${name}" must be a whole number from 0 to ${most}.`, { param: name })
    }
    return number
  }
  return { offset: read("offset", Number.MAX_SAFE_INTEGER) ?? 0, limit: read("limit", largestPage) }
}

const nextLink = (path: string, offset: number, limit: number | undefined, total: number): string | null =>
  limit === undefined || limit === 0 || offset + limit >= total
    ? null
    : `${path}?offset=${offset + limit}&limit=${limit}`

/** What models give that hold no conversation. */
const outputs: Partial<Record<ModelKind, readonly string[]>> = {
  embeddings: ["embeddings"],
  rerank: ["rerank"],
  images: ["image"],
  speech: ["audio"],
}

function openrouterModel(model: ListedModel): Record<string, unknown> {
  const { traits } = model
  const input = [
    "text",
    ...(traits.vision ? ["image"] : []),
    ...(traits.pdf ? ["file"] : []),
    ...(traits.audio || model.kind === "transcription" ? ["audio"] : []),
  ]
  const output = outputs[model.kind] ?? ["text", ...(traits.imageOutput ? ["image"] : [])]
  return {
    id: model.id,
    canonical_slug: model.id,
    hugging_face_id: null,
    name: model.name,
    created: model.created,
    description: model.description ?? "",
    context_length: model.context ?? null,
    architecture: {
      modality: `${input.join("+")}->${output.join("+")}`,
      input_modalities: input,
      output_modalities: output,
      tokenizer: "Other",
      instruct_type: null,
    },
    pricing: pricing(model.price),
    top_provider: {
      is_moderated: false,
      context_length: model.context ?? null,
      max_completion_tokens: model.maxOutput ?? null,
    },
    per_request_limits: null,
    // Those are words of conversations.
    supported_parameters: model.kind === "chat" ? supportedParameters(traits) : [],
    default_parameters: null,
    knowledge_cutoff: null,
    expiration_date: null,
    supported_voices: null,
    links: { details: `/api/v1/models/${model.id}/endpoints` },
  }
}

function pricing(price: Price | undefined): Record<string, unknown> {
  const text = (value: number | undefined) => (value === undefined ? undefined : perTokenText(value))
  const of = (prices: Partial<Price>) => ({
    prompt: text(prices.input),
    completion: text(prices.output),
    request: prices.request === undefined ? undefined : String(prices.request),
    image: prices.perUnit?.images === undefined ? undefined : String(prices.perUnit.images),
    input_cache_read: text(prices.cacheRead),
    input_cache_write: text(prices.cacheWrite),
    input_cache_write_1h: text(prices.cacheWrite1h),
    internal_reasoning: text(prices.reasoning),
    audio: text(prices.audioInput),
    audio_output: text(prices.audioOutput),
    image_token: text(prices.imageInput),
    image_output: text(prices.imageOutput),
  })
  return {
    ...of(price ?? { input: 0, output: 0 }),
    ...(price?.tiers
      ? { overrides: price.tiers.map(({ above, ...tier }) => ({ min_prompt_tokens: above, ...of(tier) })) }
      : {}),
  }
}

const always = [
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "response_format",
]

const supportedParameters = (traits: ListedModel["traits"]): readonly string[] => [
  ...always,
  ...(traits.tools === false ? [] : ["tools", "tool_choice", "parallel_tool_calls"]),
  ...(traits.reasoning ? ["reasoning", "include_reasoning"] : []),
  ...(traits.structuredOutput === false ? [] : ["structured_outputs"]),
]
