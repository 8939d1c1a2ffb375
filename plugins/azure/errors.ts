import { classifyUpstreamError, readErrorWords, redact } from "signalbox/dialects"
import { GatewayError, isObject, type Json, type JsonObject, type WireFailure } from "signalbox/plugin"

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

/** `hate` (`medium`) or `jailbreak` (detected): what made the filter refuse. */
const categoriesOf = (result: JsonObject): readonly string[] =>
  Object.entries(result).flatMap(([name, value]) => {
    const found = objectOf(value)
    if (found.filtered !== true && !(found.filtered === undefined && found.detected === true)) return []
    const category = name.replaceAll("_", " ")
    return [typeof found.severity === "string" ? `${category} (${found.severity})` : category]
  })

/** Shapes differ by service and age: `content_filter_result` of the prompt, `content_filter_results` of prompts or of images. */
const filterResult = (error: JsonObject): JsonObject | undefined => {
  const inner = objectOf(error.innererror ?? error.inner_error)
  const isPolicy = error.code === "content_filter" || inner.code === "ResponsibleAIPolicyViolation"
  if (!isPolicy && error.code !== "content_policy_violation") return undefined
  const result = inner.content_filter_result ?? inner.content_filter_results ?? error.content_filter_result
  return objectOf(result)
}

const filtered = ({ status, body }: WireFailure, provider: string): GatewayError | undefined => {
  const result = filterResult(objectOf(objectOf(parse(body)).error))
  if (result === undefined) return undefined
  const categories = categoriesOf(result)
  const words = redact(readErrorWords(body).message)
  const about = categories.length === 0 ? "" : `: ${categories.join(", ")}`
  return new GatewayError(
    "content_filter",
    `Azure's content filter refuses the request${about}${words ? `. ${words}` : ""}`,
    { provider, upstreamStatus: status, upstreamBody: redact(body) },
  )
}

/** What only Azure says in its way; undefined leaves it to the dialect. */
export const classifyAzure = (failure: WireFailure, provider: string): GatewayError | undefined => {
  const { status, headers, body } = failure
  const refused = filtered(failure, provider)
  if (refused !== undefined) return refused
  // API Management's 403 "Out of call volume quota" is about an allowance, not about the key.
  if (status === 403 && /out of call volume quota/i.test(body)) {
    const usual = classifyUpstreamError({ ...readErrorWords(body), status, headers, body, provider })
    return new GatewayError("provider_quota", `The gateway's account at ${provider} has no money or quota left`, {
      provider,
      upstreamStatus: status,
      ...(usual.retryAfterMs === undefined ? {} : { retryAfterMs: usual.retryAfterMs }),
      ...(usual.upstreamBody === undefined ? {} : { upstreamBody: usual.upstreamBody }),
    })
  }
  return undefined
}
