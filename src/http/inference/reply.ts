import { asGatewayError, type ClientDialect, type Face, type Loss } from "../../contract/index.ts"
import { errorContext } from "../../pipeline/deliver/identity.ts"
import type { Exchange } from "../../pipeline/exchange.ts"
import { shownFields } from "../../pipeline/plan/told/metadata.ts"
import { errorResponse, requestIdHeaders } from "../errors.ts"
import type { HttpServices } from "../services.ts"

/** The same names on every inference answer; see README. */
export function replyHeaders(services: HttpServices, exchange: Exchange, contentType: string): Record<string, string> {
  const { inbound, offer, losses } = exchange
  const headers: Record<string, string> = {
    "content-type": contentType,
    ...requestIdHeaders(inbound.requestId, inbound.client),
    "x-generation-id": exchange.id,
    "x-requesty-request-id": exchange.id,
    "x-requesty-provider": offer?.provider ?? "",
    "x-requesty-cache": exchange.recalled ? "HIT" : "MISS",
    "x-requesty-latency-ms": String(Math.round(services.pipeline.now() - inbound.startedAt)),
  }
  if (exchange.caching && inbound.face.name === "openrouter") Object.assign(headers, cacheHeaders(services, exchange))
  if (exchange.fields.stream) headers["cache-control"] = "no-cache"
  if (losses.length > 0) headers["x-signalbox-losses"] = lossHeader(losses)
  return headers
}

/** OpenRouter's, where memory was asked (openrouter.ai/docs, response caching). Seconds. */
function cacheHeaders(services: HttpServices, { recalled, caching }: Exchange): Record<string, string> {
  if (!recalled) {
    const ttl = caching?.remembers ? { "x-openrouter-cache-ttl": String(Math.round(caching.ttlMs / 1000)) } : {}
    return { "x-openrouter-cache-status": "MISS", ...ttl }
  }
  const { sourceId, storedAt, expiresAt } = recalled
  const now = services.pipeline.now()
  return {
    "x-openrouter-cache-status": "HIT",
    "x-openrouter-cache-age": String(Math.max(0, Math.floor((now - storedAt) / 1000))),
    "x-openrouter-cache-source-id": sourceId,
    ...(expiresAt === undefined
      ? {}
      : { "x-openrouter-cache-ttl": String(Math.max(0, Math.ceil((expiresAt - now) / 1000))) }),
  }
}

/** Longest list of codes in the header; the generation record has them all. */
const lossesInHeader = 16

/** `2; dropped=seed, clamped=temperature`: the count, then action and path of each. */
const lossHeader = (losses: readonly Loss[]): string =>
  `${losses.length}; ${losses
    .slice(0, lossesInHeader)
    .map(({ action, path }) => `${action}=${path.replace(/[^\x21-\x7e]/g, "_")}`)
    .join(", ")}`

/** A request that failed before its answer began: logged, counted, told in the client's format. */
export function refused(
  services: HttpServices,
  face: Face,
  client: Pick<ClientDialect, "errorBody" | "errorStatus" | "requestIdHeader"> | undefined,
  requestId: string,
  thrown: unknown,
  exchange: Exchange | undefined,
): Response {
  const error = asGatewayError(thrown)
  const { log, metrics } = services.pipeline
  const fields = { requestId, code: error.code, ...(exchange ? { model: exchange.requestedModel } : {}) }
  if (error.code === "internal")
    log.error(error.detail ?? error.message, { ...fields, stack: (error.cause as Error | undefined)?.stack })
  else log.debug("request refused", fields)
  if (!exchange) metrics.refused(error.code)
  const beside = exchange && shownFields(exchange, error)
  const response = errorResponse(error, face, exchange ? errorContext(exchange) : { requestId }, client, beside)
  if (exchange) response.headers.set("x-generation-id", exchange.id)
  return response
}
