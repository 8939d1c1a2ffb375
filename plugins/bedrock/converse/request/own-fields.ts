import { dropForeignExtras, type Lose } from "signalbox/dialects"
import { type ChatRequest, type Extras, isObject, type JsonObject } from "signalbox/plugin"

/** Fields of Converse that say something no other API has a word for. Whoever writes one, in whatever format, means Bedrock. */
const converseFields = new Set([
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "guardrailConfig",
  "performanceConfig",
  "promptVariables",
  "requestMetadata",
])

/** Those of a request's unknown fields that are Converse's own; the others are reported as lost. */
export const ownFields = (extras: Extras | undefined, own: string, lose: Lose): JsonObject => {
  const found: JsonObject = { ...extras?.[own] }
  const others: Record<string, JsonObject> = {}
  for (const [dialect, fields] of Object.entries(extras ?? {})) {
    if (dialect === own) continue
    const rest: JsonObject = {}
    for (const [name, value] of Object.entries(fields)) (converseFields.has(name) ? found : rest)[name] = value
    others[dialect] = rest
  }
  dropForeignExtras(others, own, "", lose)
  return found
}

const tiers: Readonly<Record<string, string | undefined>> = {
  default: "default",
  standard: "default",
  priority: "priority",
  fast: "priority",
  flex: "flex",
  reserved: "reserved",
}

/** `auto` asks for nothing. */
export const serviceTier = ({ serviceTier: asked }: ChatRequest, lose: Lose): JsonObject => {
  if (asked === undefined || asked === "auto") return {}
  const type = tiers[asked]
  if (type !== undefined) return { serviceTier: { type } }
  lose({
    path: "service_tier",
    action: "dropped",
    code: "parameter_unsupported",
    reason: `the upstream has no tier "${asked}"`,
  })
  return {}
}

/** docs.aws.amazon.com/bedrock, Converse: at most 16 pairs of these characters. */
const fits = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/
const mostPairs = 16

/** Labels of the request, which end up in the account's invocation logs. */
export const requestMetadata = (request: ChatRequest, lose: Lose): JsonObject => {
  const pairs = Object.entries({ ...request.metadata, ...(request.user === undefined ? {} : { user: request.user }) })
  const out: JsonObject = {}
  for (const [name, value] of pairs) {
    if (fits.test(name) && fits.test(value) && Object.keys(out).length < mostPairs) out[name] = value
    else {
      const path = name === "user" && request.user !== undefined ? "user" : `metadata.${name}`
      lose({
        path,
        action: "dropped",
        code: "parameter_unsupported",
        reason: "the upstream takes 16 pairs of plain characters",
      })
    }
  }
  return Object.keys(out).length > 0 ? { requestMetadata: out } : {}
}

/** One value over another; objects are joined, so that a client's field and ours stand side by side. */
export const joined = (under: JsonObject, over: JsonObject): JsonObject => {
  const out = { ...under }
  for (const [name, value] of Object.entries(over)) {
    const below = out[name]
    out[name] = isObject(below) && isObject(value) ? joined(below, value) : value
  }
  return out
}
