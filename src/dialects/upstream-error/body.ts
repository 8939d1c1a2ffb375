import { isObject, type Json, type JsonObject } from "../../contract/index.ts"

/** What the many shapes of error bodies have in common. */
export interface ErrorWords {
  readonly message: string
  readonly code?: string
  readonly type?: string
  readonly param?: string
  /** Google's RetryInfo, as `12s`. */
  readonly retryDelay?: string
}

const text = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined

const retryDelayOf = (details: Json | undefined): string | undefined => {
  for (const detail of Array.isArray(details) ? details : [])
    if (isObject(detail) && typeof detail.retryDelay === "string") return detail.retryDelay
  return undefined
}

/** FastAPI (vLLM, SGLang, Mistral): `detail` is a text or a list of `{loc, msg}`. */
const detailText = (detail: Json | undefined): string | undefined => {
  if (typeof detail === "string") return detail
  if (isObject(detail)) return text(detail.message) ?? text(detail.msg)
  if (!Array.isArray(detail)) return undefined
  const lines = detail.filter(isObject).map((item) => {
    const location = Array.isArray(item.loc) ? `${item.loc.join(".")}: ` : ""
    return `${location}${text(item.msg) ?? ""}`
  })
  return lines.join("; ") || undefined
}

/** OpenRouter and other gateways wrap the vendor's own body in `metadata.raw`; it says more than "Provider returned error". */
const rawWords = (metadata: Json | undefined): string | undefined => {
  if (!isObject(metadata)) return undefined
  const raw = metadata.raw
  if (isObject(raw)) return wordsOf(raw)?.message
  if (typeof raw !== "string" || raw === "") return undefined
  return readErrorWords(raw).message
}

const build = (source: JsonObject, message: string): ErrorWords => {
  const [code, type, param] = [text(source.code), text(source.type) ?? text(source.status), text(source.param)]
  const retryDelay = retryDelayOf(source.details)
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(type === undefined ? {} : { type }),
    ...(param === undefined ? {} : { param }),
    ...(retryDelay === undefined ? {} : { retryDelay }),
  }
}

/** The words of an error object or of a body that holds one; undefined when the value tells of no error. */
export const wordsOf = (value: Json): ErrorWords | undefined => {
  // Google wraps stream errors in an array.
  if (Array.isArray(value)) return value[0] === undefined ? undefined : wordsOf(value[0])
  if (!isObject(value)) return undefined
  const inner = value.error
  if (isObject(inner)) {
    const raw = rawWords(inner.metadata)
    const own = text(inner.message) ?? detailText(inner.detail) ?? ""
    const message = raw && raw !== own ? (own ? `${own}: ${raw}` : raw) : own
    return build({ ...inner, code: inner.code ?? value.code ?? null }, message)
  }
  if (typeof inner === "string") return build(value, inner)
  const message = text(value.message) ?? detailText(value.detail) ?? text(value.msg)
  if (message !== undefined) return build(value, message)
  // Mistral's validation errors: {object: "error", message: {detail: [...]}}.
  const nested = isObject(value.message) ? detailText(value.message.detail) : undefined
  return nested === undefined ? undefined : build(value, nested)
}

/** The words of an error body. Pages of HTML and empty bodies have none: the status must speak. */
export const readErrorWords = (body: string): ErrorWords => {
  const trimmed = body.trim()
  if (trimmed === "" || trimmed.startsWith("<")) return { message: "" }
  let parsed: Json
  try {
    parsed = JSON.parse(trimmed) as Json
  } catch {
    return { message: trimmed }
  }
  return wordsOf(parsed) ?? { message: typeof parsed === "string" ? parsed : trimmed }
}
