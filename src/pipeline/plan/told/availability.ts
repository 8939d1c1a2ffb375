import type { Availability, ErrorCode, GatewayError } from "../../../contract/index.ts"
import type { Exchange } from "../../exchange.ts"
import type { LiveOffer } from "../../services.ts"
import { isGone } from "../filters/fit.ts"
import { goneWords } from "./successor.ts"

/** The gateway's own page that says what each code means. */
export const availabilityPage = "/docs/errors"

export const docsOf = (code: Availability["code"]): string => `${availabilityPage}#${code}`

/** By the configured address, else by the one that the client came by: that one works for it. */
function linked({ snapshot, inbound }: Exchange, path: string): string {
  const { publicUrl } = snapshot.config.server
  if (publicUrl !== undefined) return publicUrl + path
  const { url = "" } = inbound
  // Not by `URL`: it throws for a host that the runtime lets pass.
  return url.slice(0, Math.max(0, url.indexOf("/", "https://".length))) + path
}

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
  const found = error.availability ?? availabilityOf(exchange, error)
  if (found) error.availability = { ...found, docs_url: linked(exchange, found.docs_url) }
  return error
}

function availabilityOf(exchange: Exchange, error: GatewayError): Availability | undefined {
  const gone = error.code === "upstream_model_not_found" ? goneOffer(exchange) : undefined
  // The upstream's words are kept; most do not say that there was such a model, and until when.
  if (gone) error.message += ` ${goneWords(exchange.snapshot.catalog, gone)}`
  const code = gone ? "model_deprecated" : codeOf(exchange, error)
  if (code === undefined) return undefined
  const { fields, attempts } = exchange
  const retryable = code === "capacity_exhausted" || code === "temporarily_unavailable"
  // Whichever upstream is well again first can answer.
  if (retryable) error.retryAfterMs = exchange.shortestWaitMs ?? error.retryAfterMs
  const failed = [...new Set(attempts.map(({ provider }) => provider))]
  return {
    code,
    retryable,
    requested_models: fields.models.length > 0 && !fields.model ? fields.models : [exchange.model, ...fields.models],
    docs_url: docsOf(code),
    ...(failed.length === 0 ? {} : { affected_providers: failed }),
    ...(retryable && error.retryAfterMs !== undefined ? { retry_after: Math.ceil(error.retryAfterMs / 1000) } : {}),
  }
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
