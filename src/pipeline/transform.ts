import type { ChatRequest } from "../contract/index.ts"
import { measureRequest, measureText } from "../ledger/estimate.ts"
import type { Exchange } from "./exchange.ts"
import { chatRequest } from "./request.ts"

/** Every transform in order, each on what the one before made. A throw fails the request. What they make is what is routed, held for and sent. */
export async function transform(exchange: Exchange): Promise<void> {
  const before = chatRequest(exchange)
  let request = before
  for (const step of exchange.snapshot.roster.transforms) request = await step.apply(request, exchange.call)
  if (request === before) return
  exchange.request = request
  exchange.contentIsRead = true
  if (request.model !== before.model) exchange.model = request.model
  follow(exchange, request)
}

/** The budget holds for what goes up, which may be longer than what came in. */
function follow(exchange: Exchange, request: ChatRequest): void {
  const came = measureText(exchange.inbound.body)
  const goes = measureRequest(request)
  exchange.size = {
    characters: Math.max(came.characters, goes.characters),
    mediaTokens: Math.max(came.mediaTokens, goes.mediaTokens),
  }
  exchange.asked = {
    maxOutputTokens: request.maxOutputTokens,
    choices: request.choices ?? 1,
    transformed: true,
  }
}
