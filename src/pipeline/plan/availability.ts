import type { Availability, ErrorCode, GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"
import { isGone } from "./filters/fit.ts"
import { goneWords } from "./successor.ts"

/** What the object is about is told there. */
export const docsUrl = "https://openrouter.ai/docs/api/reference/errors-and-debugging"

/** Failures of upstreams that pass by themselves. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  "rate_limited",
  "capacity_exhausted",
  "provider_down",
  "provider_timeout",
  "provider_overloaded",
  "bad_provider_response",
  "stream_interrupted",
])

/** Says of a failure that no plan was made of, or whose attempts all failed, why nothing answers. */
export function explainAvailability(exchange: Exchange, error: GatewayError): GatewayError {
  if (error.availability) return error
  const gone = error.code === "upstream_model_not_found" ? goneOffer(exchange) : undefined
  // The upstream's words are kept; most do not say that there was such a model, and until when.
  if (gone) error.message += ` ${goneWords(exchange.snapshot.catalog, gone)}`
  const code = gone ? "model_deprecated" : codeOf(exchange, error)
  if (code === undefined) return error
  const { fields, attempts } = exchange
  const retryable = code === "capacity_exhausted" || code === "temporarily_unavailable"
  const failed = [...new Set(attempts.map(({ provider }) => provider))]
  error.availability = {
    code,
    retryable,
    requested_models: fields.models.length > 0 && !fields.model ? fields.models : [exchange.model, ...fields.models],
    docs_url: docsUrl,
    ...(failed.length === 0 ? {} : { affected_providers: failed }),
    ...(retryable && error.retryAfterMs !== undefined ? { retry_after: Math.ceil(error.retryAfterMs / 1000) } : {}),
  }
  return error
}

/** The model that was tried and that is said to have been taken away. */
function goneOffer({ plan, services }: Exchange): LiveOffer | undefined {
  const today = new Date(services.now()).toISOString().slice(0, 10)
  return plan?.attempts.find(({ offer }) => isGone(offer, today))?.offer
}

function codeOf({ attempts }: Exchange, { code }: GatewayError): Availability["code"] | undefined {
  if (code === "model_not_found") return "model_not_found"
  if (attempts.length === 0) return undefined
  const every = (test: (code: string) => boolean) => attempts.every((attempt) => test(attempt.code ?? ""))
  if (every((one) => one === "upstream_model_not_found")) return "model_unavailable_upstream"
  if (every((one) => one === "rate_limited" || one === "capacity_exhausted")) return "capacity_exhausted"
  return every((one) => passing.has(one)) ? "temporarily_unavailable" : undefined
}
