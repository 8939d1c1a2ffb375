import type { ChatRequest, ReasoningRequest } from "../../../contract/index.ts"

/** What a model's name asks of the request itself, wherever the request does not say. */
export interface Wish {
  readonly reasoning?: ReasoningRequest
  readonly serviceTier?: string
}

/** By the key of an offer, because each name of a request may ask for something else. */
export type Wishes = Map<string, Wish>

/** The request as one offer is to get it. */
export function withOfferWish(request: ChatRequest, wish: Wish | undefined): ChatRequest {
  if (!wish) return request
  const { reasoning = wish.reasoning, serviceTier = wish.serviceTier } = request
  return {
    ...request,
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
}
