import {
  type ErrorContext,
  type Face,
  type GatewayError,
  isObject,
  type Json,
  type JsonObject,
} from "../../contract/index.ts"
import { doneEvent } from "../sse.ts"
import { countTokens, roundUsd } from "./usage.ts"
import { availability, clientMessage, idCharacters } from "./words.ts"

const status = (error: GatewayError): number => error.rule.openrouterStatus ?? error.rule.status

/** The upstream's body as JSON where it is JSON: the AI SDK package builds its message from `provider_name` and `raw`. */
const rawBody = (text: string): Json => {
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) ? parsed : text
  } catch {
    return text
  }
}

const metadata = (error: GatewayError, context: ErrorContext): JsonObject => {
  const out: JsonObject = { error_type: error.rule.errorType }
  // Faults of the gateway are masked, as OpenRouter masks its own.
  if (error.code === "internal") return out
  out.signalbox_code = error.code
  if (error.param !== undefined) out.param = error.param
  if (error.patterns !== undefined) out.patterns = [...error.patterns]
  if (error.rule.origin === "provider") {
    if (error.provider !== undefined) out.provider_name = error.provider
    if (error.upstreamStatus !== undefined) out.provider_code = String(error.upstreamStatus)
    // Words about the gateway's own credentials are for its operator.
    if (error.upstreamBody && error.code !== "provider_auth") out.raw = rawBody(error.upstreamBody)
  }
  if (context.attempts && context.attempts.length > 0)
    out.previous_errors = context.attempts.map(({ provider, code, status }) => ({ provider, code, status }))
  if (error.retryAfterMs !== undefined) out.retry_after = Math.ceil(error.retryAfterMs / 1000)
  return out
}

/** `error.code` is an integer equal to the status: a text makes `@openrouter/sdk` throw a validation error instead of a typed one. */
const errorObject = (error: GatewayError, context: ErrorContext): JsonObject => ({
  code: status(error),
  message: clientMessage(error, context.requestId),
  metadata: metadata(error, context),
  ...(error.availability ? { availability: availability(error.availability) } : {}),
})

/** The manners of `/api/v1` (openrouter.ai/docs/api-reference). */
export const openrouterFace: Face = {
  name: "openrouter",
  status,
  // Of its own limits alone (openrouter.ai/docs, limits); successes and upstreams' refusals have none.
  errorHeaders: ({ rateLimit }): Record<string, string> =>
    rateLimit
      ? {
          "x-ratelimit-limit": String(rateLimit.limit),
          "x-ratelimit-remaining": String(rateLimit.remaining),
          "x-ratelimit-reset": String(rateLimit.resetsAtMs),
        }
      : {},
  errorBody: (error, context) => ({ error: errorObject(error, context) }),
  streamError: (error, identity, context) => ({
    id: identity.id,
    object: "chat.completion.chunk",
    created: identity.createdSeconds,
    model: identity.model,
    provider: identity.providerName,
    error: errorObject(error, context),
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error", native_finish_reason: "error" }],
  }),
  usage: (usage, costUsd, brought) => {
    const { prompt, completion, total, cacheWrite, inputDetails, outputDetails } = countTokens(usage)
    const cost = roundUsd(costUsd)
    const searches = usage.counters?.webSearch
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: total,
      prompt_tokens_details: { ...inputDetails, ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}) },
      completion_tokens_details: outputDetails,
      // Of the gateway's money; what a vendor charges somebody else is in the details.
      cost: brought ? 0 : cost,
      // Otherwise no `cost_details`: its two halves would have to add up to `cost`, which is rounded once over all buckets and a fee per request that
      // belongs to neither half; and an upstream that names its cost names no halves. What an upstream itself sends is passed on.
      is_byok: brought !== undefined,
      ...(brought
        ? {
            cost_details: {
              upstream_inference_cost: cost,
              upstream_inference_prompt_cost: roundUsd(brought.promptUsd),
              upstream_inference_completions_cost: roundUsd(brought.completionUsd),
            },
          }
        : {}),
      ...(searches === undefined ? {} : { server_tool_use: { web_search_requests: searches } }),
    }
  },
  alwaysStreamUsage: true,
  showsWebSearch: false,
  keepAliveComment: "OPENROUTER PROCESSING",
  responsesTrailer: doneEvent,
  newId: (random, nowMs) => `gen-${Math.floor(nowMs / 1000)}-${idCharacters(random, 20)}`,
}
