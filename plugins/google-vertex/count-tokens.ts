import { badReply, claudeProfile, geminiProfile, jsonReply } from "signalbox/dialects"
import type { Ability, AbilityCall, ChatRequest, Json, JsonObject } from "signalbox/plugin"
import { vertexClaude, vertexMessages } from "./claude-dialect.ts"
import type { Addresses } from "./endpoints.ts"
import { vertexGemini, vertexGeminiProfile } from "./gemini-dialect.ts"
import { readModel } from "./models.ts"

/** What counting looks at; everything else of a request is refused there. */
const geminiFields = ["contents", "systemInstruction", "tools", "generationConfig"]
const claudeFields = [
  "anthropic_version",
  "cache_control",
  "messages",
  "output_config",
  "system",
  "thinking",
  "tool_choice",
  "tools",
]

const only = (body: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([field]) => fields.includes(field)))

const post = async (call: AbilityCall, url: string, headers: Readonly<Record<string, string>>, body: JsonObject) =>
  jsonReply(
    await call.send({
      url,
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
  )

const whole = (tokens: Json | undefined): number => {
  if (typeof tokens === "number" && Number.isInteger(tokens) && tokens >= 0) return tokens
  throw badReply("Vertex AI answered without a number of tokens")
}

/** Input tokens as Google counts them for Gemini, and Anthropic for Claude. The open models' surface cannot count. */
export const vertexCountTokens = (
  addresses: Addresses,
  headers: Readonly<Record<string, string>>,
): Ability<ChatRequest, number> => ({
  serves: (model) => readModel(model).surface !== "open",
  async run(request, call) {
    const { model, lose } = call
    const read = readModel(model)
    if (read.surface === "gemini") {
      const target = { model, profile: vertexGeminiProfile(geminiProfile(read.name)), lose }
      const body = only(vertexGemini.encodeRequest(request, target), geminiFields)
      return whole((await post(call, addresses.google(read, "countTokens"), headers, body)).totalTokens)
    }
    const target = { model: read.name, profile: vertexClaude(claudeProfile(read.name)), lose }
    const body = only(vertexMessages.encodeRequest(request, target), claudeFields)
    // A model of its own that counts for the others.
    const url = addresses.claude("count-tokens", "rawPredict")
    return whole((await post(call, url, headers, { model: read.name, ...body })).input_tokens)
  },
})
