import { imitatedMessages, imitatedResponses } from "signalbox/dialects"
import type { Profile } from "signalbox/plugin"
import { extendedSampling } from "./profiles.ts"
import type { Format } from "./vendor.ts"

export const chat: Format = { name: "chat-completions" }
export const messages: Format = { name: "messages" }
export const responses: Format = { name: "responses" }

/** What gateways and the newer local servers speak. */
export const everyFormat: readonly Format[] = [chat, responses, messages]

/** Anthropic's format under a folder of its own, beside or below the base URL. */
export const messagesAt = (path: string): Format => ({ name: "messages", path })

/** Servers of open models take sampling beyond OpenAI's here too. */
export const openResponses: Format = {
  name: "responses",
  profile: (model) => ({ takesFields: [...extendedSampling, "seed", "stop"], ...imitatedResponses(model) }),
}

/** docs.fireworks.ai/tools-sdks/anthropic-compatibility: no breakpoints on tools. */
export const fireworksMessages: Format = {
  name: "messages",
  profile: (model) => ({ ...imitatedMessages(model), toolCache: false }),
}

/** Only these take an effort; grok-4 and the 4.20 pair refuse every value (docs.x.ai/docs/guides/reasoning). */
export const grokWithEffort = /^grok-(3-mini|4\.[3-9]|[5-9])/i
export const grokEfforts = { none: "low", minimal: "low", xhigh: "high", max: "high" } as const

/** docs.x.ai/developers/rest-api-reference/inference/responses: encrypted thoughts of every reasoning model, an effort of some. */
const grokResponses = (model: string): Profile => {
  const takesEffort = grokWithEffort.test(model)
  return {
    ...(takesEffort ? { effortMap: grokEfforts, thinkingMandatory: true } : { reasoningFormat: "none" }),
    takesFields: ["top_k", "min_p", "seed"],
    dropFields: ["service_tier"],
    maxTemperature: 2,
    reasoningOrigins: ["xai-responses-v1"],
    // What it thinks comes back with the next turn, where the encoder does not ask for it by itself.
    ...(takesEffort ? {} : { extraBody: { include: ["reasoning.encrypted_content"] } }),
    webSearch: "tool",
  }
}

export const xaiResponses: Format = { name: "responses", profile: grokResponses }
