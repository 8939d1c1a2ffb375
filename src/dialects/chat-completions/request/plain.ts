import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"

type Check = (value: Json) => boolean

const isNumber: Check = (value) => typeof value === "number"
const isText: Check = (value) => typeof value === "string"
const isFlag: Check = (value) => typeof value === "boolean"
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 1

/** Fields whose right type is seen at a glance. */
const checks: Readonly<Record<string, Check>> = {
  model: isText,
  stream: isFlag,
  stream_options: isObject,
  temperature: isNumber,
  top_p: isNumber,
  top_k: isNumber,
  min_p: isNumber,
  top_a: isNumber,
  frequency_penalty: isNumber,
  presence_penalty: isNumber,
  repetition_penalty: isNumber,
  seed: isNumber,
  logprobs: isFlag,
  parallel_tool_calls: isFlag,
  max_tokens: isCount,
  max_completion_tokens: isCount,
  n: isCount,
  user: isText,
  service_tier: isText,
  verbosity: isText,
  prompt_cache_key: isText,
}

const roles: ReadonlySet<Json> = new Set(["system", "developer", "user", "assistant"])

const isPlainMessage = (message: Json): boolean => {
  if (!isObject(message) || !roles.has(message.role ?? null) || typeof message.content !== "string") return false
  for (const key of Object.keys(message)) if (key !== "role" && key !== "content") return false
  return true
}

/**
 * True when nothing can be wrong with a body, because it is as simple as most are: texts, and well-known fields of the right type. A
 * fraction of the cost of decoding it. False says nothing: `decodeRequest` then finds out.
 */
export const isPlainRequest = (body: JsonObject): boolean => {
  const { messages } = body
  if (!Array.isArray(messages) || messages.length === 0) return false
  for (const key of Object.keys(body)) {
    if (key === "messages") continue
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined
    if (!check?.(body[key]!)) return false
  }
  return messages.every(isPlainMessage)
}
