import { type ChatRequest, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { gatewayKeys as commonKeys, partFields, requestExtras } from "../../body/gateway-keys.ts"
import { readFileParser } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { readCache } from "./cache.ts"
import { decodeMessages } from "./decode-messages.ts"
import { decodeUser, decodeWishes } from "./decode-thinking.ts"
import { decodeToolChoice, decodeTools } from "./decode-tools.ts"

/** Top-level fields that are addressed to the gateway; `fallbacks` is this route's spelling of `models` (openrouter.ai, messages). */
export const gatewayKeys: ReadonlySet<string> = new Set([...commonKeys, "fallbacks", "user"])

export const threadField = "thread"

/** The internal form has OpenAI's words for tiers. */
const tiers: Readonly<Record<string, string>> = { standard_only: "default" }

/**
 * A conversation that the vendor keeps under the id of its last message: ids here are the gateway's, and the next turn may go to another
 * vendor. Anthropic's SDK sends the whole conversation when it reads this refusal, and would lose it if the field were ignored.
 */
const refuseThread = (request: Fields): void => {
  if (request.any(threadField) !== undefined)
    throw invalid(threadField, "conversations are not kept here; send all messages, without this field")
}

/**
 * A Messages body in no vendor's words. Checks types and names the path of what is wrong; unknown fields, blocks, tools and roles are
 * kept. `model` is "" where the body names none: the configured default applies.
 */
export const decodeRequest = (body: Json): ChatRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const request = new Fields(body)
  refuseThread(request)
  const unread: JsonObject = {}
  const model = request.string("model") ?? ""
  const messages = decodeMessages(request)
  const tier = request.string("service_tier")
  const stop = request.strings("stop_sequences")
  const sampling = defined({
    temperature: request.number("temperature"),
    topP: request.number("top_p"),
    topK: request.number("top_k"),
  })
  const fields = defined({
    tools: decodeTools(request),
    maxOutputTokens: request.integer("max_tokens", 0),
    stop: stop && stop.length > 0 ? stop : undefined,
    serviceTier: tier !== undefined && Object.hasOwn(tiers, tier) ? tiers[tier] : tier,
    user: decodeUser(request, unread),
    cache: readCache(request),
  })
  const wishes = decodeWishes(request, unread)
  const choice = decodeToolChoice(request)
  const stream = request.boolean("stream") ?? false
  const rest = { ...request.rest(), ...unread }
  const { own, gateway } = partFields(rest, gatewayKeys)
  return {
    model,
    messages,
    sampling,
    stream,
    ...fields,
    ...wishes,
    ...choice,
    ...readFileParser(rest.plugins),
    ...requestExtras(dialectName, own, gateway),
  }
}
