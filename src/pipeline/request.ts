import type { ChatRequest, Json } from "../contract/index.ts"
import { chatCompletionsClient } from "../dialects/chat-completions/index.ts"
import type { Exchange } from "./exchange.ts"
import { explainBadJson } from "./fields.ts"

/** The request in the internal form. Decoded once, and only where something needs it. */
export function chatRequest(exchange: Exchange): ChatRequest {
  exchange.request ??= chatCompletionsClient.decodeRequest(parse(exchange.inbound.body))
  return exchange.request
}

/** The same with the output limit that the budget imposes. */
export function cappedRequest(exchange: Exchange): ChatRequest {
  const request = chatRequest(exchange)
  return exchange.outputCap === undefined ? request : { ...request, maxOutputTokens: exchange.outputCap }
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    throw explainBadJson(body)
  }
}
