import { type ChatRequest, isObject, type Json, type JsonObject, type RequestAddress } from "../../../contract/index.ts"
import { readMetadata } from "../../body/common-fields.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { gatewayKeys, partFields, requestExtras } from "../../body/gateway-keys.ts"
import { readFileParser } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { decodeConfig } from "./decode-config.ts"
import { decodeContents, decodeSystem } from "./decode-contents.ts"
import { decodeToolConfig, decodeTools } from "./decode-tools.ts"
import { camelCased } from "./spelling.ts"

/** Top-level fields that this API does not have and that are addressed to the gateway: none of them goes upstream. */
export const addressed: ReadonlySet<string> = new Set([
  ...gatewayKeys,
  "model",
  "fallbacks",
  "user",
  "metadata",
  "stream",
  "stream_options",
])

const withoutCollection = (model: string | undefined): string => model?.replace(/^models\//, "") ?? ""

/** Google's words for the tiers that others have too; `standard` is what happens without the field. */
const tierOf = (tier: string | undefined): string | undefined => {
  const word = tier?.toLowerCase().replace(/^service_tier_/, "")
  if (word === undefined || word === "unspecified") return undefined
  return word === "standard" ? "default" : word
}

const filled = (key: string, rest: JsonObject): JsonObject => (Object.keys(rest).length > 0 ? { [key]: rest } : {})

/**
 * The body of `:generateContent` and `:streamGenerateContent` in no vendor's words. Model and streaming are in the address. Checks types
 * and names the path of what is wrong; unknown fields are kept for upstreams of this format.
 */
export const decodeRequest = (body: Json, address: RequestAddress = {}): ChatRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const { own, gateway: addressedFields } = partFields(body, addressed)
  const request = new Fields(camelCased(own))
  const gateway = new Fields(addressedFields)
  const contents = request.any("contents")
  if (contents === undefined) throw invalid("contents", "is missing: send a list with at least one content")
  const list = Array.isArray(contents) ? contents : [contents]
  if (list.length === 0) throw invalid("contents", "is empty: send at least one content")
  const { fields, rest: config } = decodeConfig(request.object("generationConfig"))
  const { toolChoice, rest: toolConfig } = decodeToolConfig(request.object("toolConfig"))
  const messages = [...decodeSystem(request.any("systemInstruction")), ...decodeContents(list)]
  const more = defined({
    tools: decodeTools(request.array("tools")),
    toolChoice,
    serviceTier: tierOf(request.string("serviceTier")),
    user: gateway.string("user"),
    metadata: readMetadata(gateway),
  })
  // The address counts; a client that repeats it in the body may.
  const named = gateway.string("model")
  const wished = gateway.boolean("stream")
  gateway.any("stream_options")
  const model = address.model ?? named
  const stream = address.stream ?? wished ?? false
  const rest = { ...request.rest(), ...filled("generationConfig", config), ...filled("toolConfig", toolConfig) }
  const others = gateway.rest()
  const reading = readFileParser(others.plugins)
  return {
    model: withoutCollection(model),
    messages,
    stream,
    ...fields,
    ...more,
    ...reading,
    ...requestExtras(dialectName, rest, others),
  }
}
