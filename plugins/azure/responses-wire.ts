import { elementsAt, memberOf, objectAt, openAiProfile, responses, topLevel } from "signalbox/dialects"
import {
  type ChatRequest,
  type Dialect,
  isObject,
  type JsonObject,
  type NativeLane,
  type Profile,
} from "signalbox/plugin"

/** Azure's own tag for encrypted reasoning, which nobody else can read (OpenRouter's vocabulary). */
const azureReasoning = "azure-openai-responses-v1"

/** In place of `max`, `xhigh` is what chat completions know; here the newest models have both. */
const withMax = (map: Profile["effortMap"]): Pick<Profile, "effortMap"> => {
  const { max, ...rest } = map ?? {}
  return { effortMap: max === "xhigh" ? rest : { ...rest, ...(max === undefined ? {} : { max }) } }
}

/** What the Responses API wants for a model of OpenAI's: what chat completions want, but for what only they refuse. */
export const responsesProfile = (model: string): Profile => {
  const profile = openAiProfile(model)
  return {
    ...profile,
    ...withMax(profile.effortMap),
    reasoningWithTools: true,
    webSearch: "tool",
    reasoningOrigins: [azureReasoning],
  }
}

/** Models that chat completions do not reach (learn.microsoft.com, Responses API). */
export const isResponsesOnly = (model: string): boolean =>
  /(?:-pro|codex|deep-research|computer-use)(?:$|-)/.test(model)

/** What only the Responses API carries: reasoning beside tools where the model demands it, and the search of the web. */
export const wantsResponses = (request: ChatRequest, profile: Profile): boolean => {
  const tools = request.tools ?? []
  const { reasoning } = request
  const thinks = reasoning !== undefined && reasoning.enabled !== false && reasoning.effort !== "none"
  if (thinks && profile.reasoningWithTools === false && tools.some(({ type }) => type === "function")) return true
  return profile.webSearch === undefined && tools.some(({ type }) => type === "web-search")
}

/** Messages that leave their type to be guessed, which Foundry projects refuse. */
const isUntyped = (item: JsonObject): boolean => item.type === undefined && item.role !== undefined

const typed = (body: JsonObject): JsonObject => ({
  ...body,
  ...(Array.isArray(body.input)
    ? { input: body.input.map((item) => (isObject(item) && isUntyped(item) ? { type: "message", ...item } : item)) }
    : {}),
})

const adapt = (native: NativeLane): NativeLane => ({
  request(text, target) {
    const patched = native.request(text, target)
    const body = patched === undefined ? undefined : topLevel(patched)
    const input = memberOf(body, "input")
    if (patched === undefined || input === undefined) return patched
    const items = elementsAt(patched, input.valueStart) ?? []
    return items.every(({ start }) => memberOf(objectAt(patched, start), "type")) ? patched : undefined
  },
  reply: (text, patch, provider) => native.reply(text, patch, provider),
  stream: (patch, provider) => native.stream(patch, provider),
})

/** The Responses API as Foundry projects want it. */
export const projectResponses: Dialect = {
  ...responses,
  encodeRequest: (request, target) => typed(responses.encodeRequest(request, target)),
  ...(responses.native ? { native: adapt(responses.native) } : {}),
}
