import type { Exchange } from "./exchange.ts"
import { chatRequest } from "./request.ts"

/** Every transform in order, each on what the one before made. A throw fails the request. */
export async function transform(exchange: Exchange): Promise<void> {
  const before = chatRequest(exchange)
  let request = before
  for (const step of exchange.snapshot.roster.transforms) request = await step.apply(request, exchange.call)
  if (request === before) return
  exchange.request = request
  exchange.contentIsRead = true
}
