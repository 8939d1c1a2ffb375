import { badReply, gemini, geminiProfile, jsonReply, type MediaEndpoint, postJson } from "signalbox/dialects"
import type { Ability, ChatRequest } from "signalbox/plugin"
import { modelName } from "./models.ts"

/** `:countTokens` over the whole request, with instructions and tools. */
export const countTokens = (endpoint: MediaEndpoint): Ability<ChatRequest, number> => ({
  async run(request, call) {
    const { model, lose } = call
    const body = gemini.encodeRequest(request, { model, profile: geminiProfile(model), lose })
    const whole = { generateContentRequest: { model: modelName(model), ...body } }
    const { totalTokens } = await jsonReply(await postJson(call, endpoint, "countTokens", whole))
    if (typeof totalTokens !== "number") throw badReply("The upstream's answer names no number of tokens")
    return totalTokens
  },
})
