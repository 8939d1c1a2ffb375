import type { LiveOffer } from "../../../catalog/offers.ts"
import type { Price } from "../../../contract/index.ts"
import { tagOf } from "./endpoint.ts"

/** One offer of a model that makes images (openrouter.ai/docs/api-reference, endpoints of an image model). */
export const imageEndpointOf = (
  offer: LiveOffer,
  others: readonly LiveOffer[],
  price: Price | undefined,
): Record<string, unknown> => ({
  provider_name: offer.live.name,
  provider_slug: offer.provider,
  provider_tag: tagOf(offer, others),
  pricing: price ? linesOf(price) : [],
  // What a vendor's models take is known when they are asked.
  supported_parameters: {},
  allowed_passthrough_parameters: [],
  supports_streaming: true,
})

type Line = readonly [billable: string, unit: string, usd: number | undefined]

const perMillion = 1_000_000

/** What costs something, line by line; tokens of images at their own tariff, or else at that of text. */
function linesOf({ input, output, imageInput = input, imageOutput = output, request, perUnit }: Price) {
  const lines: readonly Line[] = [
    ["output_image", "image", perUnit?.images],
    ["output_image", "request", request],
    ["output_image", "token", imageOutput / perMillion],
    ["input_image", "token", imageInput / perMillion],
    ["input_text", "token", input / perMillion],
  ]
  return lines.flatMap(([billable, unit, usd]) => (usd ? [{ billable, unit, cost_usd: usd }] : []))
}
