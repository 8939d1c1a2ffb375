import {
  type ChatRequest,
  type Extras,
  gatewayExtras,
  isObject,
  type Json,
  type JsonObject,
} from "../../contract/index.ts"
import { Fields, invalid } from "../body/fields.ts"
import { decodeRequest as decodeChat } from "../chat-completions/request/decode.ts"
import { dialectName, echoKey } from "./names.ts"

const isTokens = (value: Json): boolean => typeof value === "number" || (Array.isArray(value) && value.every(isTokens))

const tokensRefused = (path: string) =>
  invalid(path, "must be text: token numbers mean something to one model only, and chat models take none")

/** The prompts of a body, in order: one text, or a list of them. */
export const promptsOf = (body: JsonObject): readonly string[] => {
  const { prompt } = body
  if (typeof prompt === "string") {
    if (prompt === "") throw invalid("prompt", "is empty: send the text to continue")
    return [prompt]
  }
  if (prompt === undefined || prompt === null) throw invalid("prompt", "is missing: send a text")
  if (!Array.isArray(prompt)) throw invalid("prompt", "must be a string or a list of strings")
  if (prompt.length === 0) throw invalid("prompt", "is empty: send the text to continue")
  return prompt.map((entry, index) => {
    if (typeof entry === "string" && entry !== "") return entry
    const path = `prompt[${index}]`
    throw isTokens(entry)
      ? tokensRefused(typeof entry === "number" ? "prompt" : path)
      : invalid(path, "must be a text that is not empty")
  })
}

/** `logprobs: 3` is what chat completions says with two fields. */
const chancesOf = (fields: Fields): JsonObject => {
  const count = fields.integer("logprobs", 0)
  return count === undefined ? {} : { logprobs: true, top_logprobs: count }
}

/**
 * A body of the legacy API as a chat: the prompt is one user message. Sampling and unknown fields are chat completions', in whose spelling
 * they are; `suffix` and `best_of` have no counterpart in a chat and are reported. Several prompts are several requests (`splitPrompts`).
 */
export const decodeRequest = (body: Json): ChatRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const [prompt, second] = promptsOf(body)
  if (second !== undefined) throw invalid("prompt", "holds several texts: send one request for each")
  const fields = new Fields(body)
  fields.any("prompt")
  const chances = chancesOf(fields)
  const echo = fields.boolean(echoKey)
  const suffix = fields.string("suffix")
  const bestOf = fields.integer("best_of", 1)
  const own: JsonObject = {
    ...(suffix === undefined || suffix === "" ? {} : { suffix }),
    // The best of one is that one; the best of `n` are all of them.
    ...(bestOf === undefined || bestOf === (body.n ?? 1) ? {} : { best_of: bestOf }),
  }
  const { messages: _none, ...rest } = fields.rest()
  const chat = decodeChat({ ...rest, ...chances, messages: [{ role: "user", content: prompt ?? "" }] })
  const gateway = echo ? { ...chat.extras?.[gatewayExtras], [echoKey]: true } : chat.extras?.[gatewayExtras]
  const extras: Extras = {
    ...chat.extras,
    ...(Object.keys(own).length > 0 ? { [dialectName]: own } : {}),
    ...(gateway ? { [gatewayExtras]: gateway } : {}),
  }
  return Object.keys(extras).length > 0 ? { ...chat, extras } : chat
}
