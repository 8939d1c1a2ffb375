import type { ErrorCode, ErrorContext, Face, GatewayError, JsonObject } from "../../contract/index.ts"
import { countTokens, roundUsd } from "./usage.ts"
import { clientMessage, idCharacters } from "./words.ts"

/**
 * Requesty documents `{origin, message}`, which its own SDK cannot read: that one needs `type`, a present `param` and a `code` that is
 * text or null. This is the body that both accept, and OpenAI's SDKs too.
 */
const errorObject = (error: GatewayError, context: ErrorContext): JsonObject => {
  const out: JsonObject = {
    origin: error.rule.origin,
    message: worded(error, context.requestId),
    type: error.rule.type,
    param: error.param ?? null,
    code: error.code,
  }
  if (error.rule.origin === "provider" && error.provider !== undefined) out.provider = error.provider
  if (context.attempts && context.attempts.length > 0)
    out.attempts = context.attempts.map(({ provider, code, status }) => ({ provider, code, status }))
  return out
}

/** Requesty's own words, by which its clients know what happened (docs.requesty.ai, error codes); ours follow. */
const ownWords: Partial<Readonly<Record<ErrorCode, string>>> = {
  missing_api_key: "Unauthorized",
  invalid_api_key: "Invalid authorization token",
  key_disabled: "Invalid authorization token",
  key_expired: "Invalid authorization token",
  account_restricted: "account restricted",
  insufficient_balance: "Insufficient balance",
  model_not_allowed: "Provider blocked by policy",
  model_not_found: "Provider and/or model not supported",
}

const worded = (error: GatewayError, requestId: string): string => {
  const message = clientMessage(error, requestId)
  const own = ownWords[error.code]
  return own === undefined || message.startsWith(own) ? message : `${own}. ${message}`
}

/** The manners of `/v1`: Requesty's, which are OpenAI's with a few fields more. */
export const requestyFace: Face = {
  name: "requesty",
  status: (error) => error.rule.status,
  errorBody: (error, context) => ({ error: errorObject(error, context) }),
  // Roo Code reads `chunk.choices[0].delta` unguarded, so there is one even here. It has no index, without which it is no chunk to the AI
  // SDK's OpenAI provider: that one takes whatever passes for a chunk as one, does not look at `error`, and ends as if all were well.
  streamError: (error, _identity, context) => ({
    error: errorObject(error, context),
    choices: [{ delta: {}, finish_reason: "error" }],
  }),
  usage: (usage, costUsd) => {
    const { prompt, completion, total, cacheWrite, inputDetails, outputDetails } = countTokens(usage)
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: total,
      // `caching_tokens` is Requesty's word for cache writes.
      prompt_tokens_details: { ...inputDetails, ...(cacheWrite > 0 ? { caching_tokens: cacheWrite } : {}) },
      completion_tokens_details: outputDetails,
      cost: roundUsd(costUsd),
    }
  },
  alwaysStreamUsage: false,
  showsWebSearch: true,
  keepAliveComment: "keepalive",
  responsesTrailer: "",
  newId: (random) => `chatcmpl-${idCharacters(random, 24)}`,
}
