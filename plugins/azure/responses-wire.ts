import { elementsAt, memberOf, objectAt, openAiResponsesProfile, responses, topLevel } from "signalbox/dialects"
import { type Dialect, isObject, type JsonObject, type NativeLane, type Profile } from "signalbox/plugin"

/** Azure's own tag for encrypted reasoning, which nobody else can read (OpenRouter's vocabulary). */
const azureReasoning = "azure-openai-responses-v1"

/** What the Responses API wants for a model of OpenAI's. */
export const responsesProfile = (model: string): Profile => ({
  ...openAiResponsesProfile(model),
  reasoningOrigins: [azureReasoning],
})

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
