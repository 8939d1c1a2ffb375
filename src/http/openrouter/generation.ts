import { Elysia } from "elysia"
import { type ApiName, GatewayError, type Generation, inputTokens, outputTokens } from "../../contract/index.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { usd } from "../../ledger/money.ts"
import { isRouter } from "../../pipeline/plan/targets/auto/routers.ts"
import { appOf } from "../../store/usage/entry.ts"
import { appNumber } from "../../store/usage/labels.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import { findFor } from "../log/find.ts"
import { providerNames } from "../provider-names.ts"
import type { HttpServices } from "../services.ts"
import { presetId } from "./presets.ts"
import { workspaceIdOf } from "./workspaces/id.ts"

/** `GET /api/v1/generation?id=`: one finished request, to its owner. A management key sees all. */
export const generation = (services: HttpServices) =>
  new Elysia({ name: "openrouter generation" }).get(
    "/api/v1/generation",
    ({ request }) =>
      answer(services, openrouterFace, async () => {
        const principal = authenticate(services.keys, request, "any")
        const id = new URL(request.url).searchParams.get("id")
        if (!id) throw new GatewayError("invalid_request", 'Say which one: "?id=gen-…".', { param: "id" })
        const found = await findFor(services, request, principal, id)
        if (!found)
          throw new GatewayError("not_found", `There is no generation "${id.slice(0, 100)}".`, { param: "id" })
        return { data: generationData(found, providerNames(services)) }
      }),
    { detail: { summary: "A finished request: tokens, cost, attempts, losses", tags: ["OpenRouter"] } },
  )

/** Conversations are completions in every format. */
const apiTypes: Partial<Record<ApiName, string>> = {
  embeddings: "embeddings",
  rerank: "rerank",
  images: "image",
  speech: "tts",
  transcription: "stt",
}

/** Rows leave out what is empty; whoever reads them here finds every list. */
function routeOf({ route }: Generation): Generation["route"] | null {
  if (!route) return null
  const { demand, ...rest } = route
  return { excluded: [], notes: [], ...rest, demand: { needs: [], parameters: [], ...demand } }
}

/** All fields that `@openrouter/sdk` validates (openrouter.ai/docs get-a-generation), and ours: `losses`, `attempts`, `price`. */
export function generationData(found: Generation, providerName: (id: string) => string): Record<string, unknown> {
  const { usage } = found
  const app = appOf(found)
  const cost = usd(found.costNano)
  const isByok = found.byok === true
  // Of the gateway's money; what a vendor charges whoever brought the credential is told apart.
  const ownCost = isByok ? 0 : cost
  return {
    id: found.id,
    request_id: found.requestId,
    upstream_id: found.upstreamId ?? null,
    model: found.model,
    requested_model: found.requestedModel,
    created_at: new Date(found.createdAt).toISOString(),
    origin: found.origin ?? "",
    http_referer: found.origin ?? null,
    app_id: app === "" ? null : appNumber(app),
    user_agent: found.userAgent ?? null,
    external_user: found.user ?? null,
    session_id: found.sessionId ?? null,
    total_cost: ownCost,
    usage: ownCost,
    is_byok: isByok,
    data_region: "global",
    cache_discount: null,
    upstream_inference_cost: isByok ? cost : found.priceSource === "upstream" ? (usage.reportedCostUsd ?? cost) : null,
    streamed: found.streamed,
    cancelled: found.cancelled,
    provider_name: found.provider === "" ? null : providerName(found.provider),
    latency: found.firstPartMs ?? null,
    moderation_latency: null,
    generation_time: found.durationMs,
    finish_reason: found.finishReason ?? null,
    native_finish_reason: found.nativeFinishReason ?? null,
    tokens_prompt: inputTokens(usage),
    tokens_completion: outputTokens(usage),
    native_tokens_prompt: inputTokens(usage),
    native_tokens_completion: outputTokens(usage),
    native_tokens_completion_images: usage.output.image,
    native_tokens_reasoning: usage.output.reasoning,
    native_tokens_cached: usage.input.cacheRead,
    num_media_prompt: null,
    num_input_audio_prompt: null,
    num_media_completion: null,
    num_search_results: usage.counters?.webSearch ?? null,
    num_fetches: null,
    api_type: apiTypes[found.api] ?? "completions",
    router: isRouter(found.requestedModel) ? found.requestedModel : null,
    // `id` and `routed_service_tier` must be texts here or not be there.
    provider_responses: found.attempts.map((attempt) => ({
      status: attempt.status === 0 ? null : attempt.status,
      provider_name: providerName(attempt.provider),
      endpoint_id: `${attempt.provider}/${attempt.model}`,
      latency: attempt.durationMs,
      is_byok: attempt.upstreamKey !== undefined,
      model_permaslug: attempt.model,
    })),
    preset_id: found.preset === undefined ? null : presetId(found.preset.replace(/@.*$/, "")),
    service_tier: null,
    web_search_engine: null,
    workspace_id: workspaceIdOf(found.owner?.project),
    status: found.status,
    error_code: found.errorCode ?? null,
    usage_estimated: usage.estimated ?? false,
    price_source: found.priceSource,
    price: found.price ?? null,
    attempts: found.attempts,
    route: routeOf(found),
    losses: found.losses,
    labels: found.labels ?? null,
    cache: found.cache
      ? {
          name: found.cache.cache,
          saved: usd(found.cache.savedNano),
          source_id: found.cache.sourceId ?? null,
          age_ms: found.cache.ageMs ?? null,
        }
      : null,
  }
}
