import type { PresetConfig } from "../../config/schema.ts"
import { type ClientDialect, isObject, type Json, type JsonObject, type Message } from "../../contract/index.ts"
import { chatCompletions } from "../../dialects/chat-completions/index.ts"
import { invalid } from "../fields.ts"

/** What a preset takes over from a body as it is: it is addressed to the gateway, in every format alike. */
const gatewayFields = [
  "model",
  "models",
  "provider",
  "plugins",
  "route",
  "transforms",
  "cache_enabled",
  "cache_ttl_seconds",
] as const

/** What belongs to one request and not to a preset. */
const passing = ["model", "messages", "stream", "stream_options", "metadata", "user"]

/** A preset that makes requests like this one; what was asked in it is left out (openrouter.ai, create a preset from a request). */
export function presetOfRequest(client: ClientDialect, body: Json): PresetConfig {
  if (!isObject(body)) throw invalid("body", "The body must be a JSON object.")
  const request = client.decodeRequest(complete(client, body))
  const system = request.messages.filter(({ role }) => role === "system" || role === "developer").map(textOf)
  const lose = () => {}
  const fields: JsonObject = chatCompletions.encodeRequest(
    { ...request, messages: [{ role: "user", content: [] }] },
    { model: "", profile: {}, lose },
  )
  for (const key of passing) delete fields[key]
  // Messages demands a limit; one that was only put in to read the rest is nobody's wish.
  if (body.max_tokens === undefined && client.api === "messages") delete fields.max_tokens
  for (const key of gatewayFields) if (body[key] !== undefined && body[key] !== null) fields[key] = body[key]
  return {
    ...(system.length > 0 ? { system: system.join("\n\n") } : {}),
    parameters: fields,
  }
}

/** What a request must have and a preset need not. */
const least: Readonly<Record<string, JsonObject>> = {
  "chat-completions": { messages: [{ role: "user", content: "-" }] },
  messages: { messages: [{ role: "user", content: "-" }], max_tokens: 1 },
  responses: { input: "-" },
}

const complete = ({ api }: ClientDialect, body: JsonObject): JsonObject => ({ ...least[api], ...body })

const textOf = ({ content }: Message): string =>
  content.flatMap((part) => (part.type === "text" ? part.text : [])).join("\n")
