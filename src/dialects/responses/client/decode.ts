import {
  type ChatRequest,
  gatewayExtras,
  isObject,
  type Json,
  type JsonObject,
  type Sampling,
} from "../../../contract/index.ts"
import { readCache } from "../../chat-completions/request/decode-content.ts"
import { decodeReasoningRequest } from "../../chat-completions/request/decode-reasoning.ts"
import { defined, Fields, invalid } from "../../chat-completions/request/fields.ts"
import { dialectName, gatewayKeys } from "../names.ts"
import { decodeText, decodeToolChoice } from "./decode-choice.ts"
import { decodeInput } from "./decode-input.ts"
import { decodeTools } from "./decode-tools.ts"
import { keepEcho } from "./echo.ts"
import { Namespaces } from "./namespaces.ts"

/** State that is not in the request: it is looked up before, where the gateway has it. */
const refused: Readonly<Record<string, string>> = {
  previous_response_id: "names a response that is not stored here: send the whole conversation in input",
  conversation: "conversations are not kept here: send the whole conversation in input",
  prompt: "prompt templates live at their vendor: write the text into instructions",
}

const refuseState = (request: Fields): void => {
  for (const [key, advice] of Object.entries(refused)) if (request.any(key) !== undefined) throw invalid(key, advice)
}

const logprobsKey = "message.output_text.logprobs"

/** What `include` asks for beside encrypted reasoning, which every answer brings, and chances of tokens, which are sampling. */
const decodeInclude = (request: Fields): { readonly logprobs: boolean; readonly rest: JsonObject } => {
  const include = request.strings("include") ?? []
  const others = include.filter((key) => key !== logprobsKey && key !== "reasoning.encrypted_content")
  return { logprobs: include.includes(logprobsKey), rest: others.length > 0 ? { include: others } : {} }
}

const decodeSampling = (request: Fields, logprobs: boolean): Sampling => {
  const topLogprobs = request.integer("top_logprobs", 0)
  const wanted = request.boolean("logprobs") ?? (logprobs || (topLogprobs ?? 0) > 0 ? true : undefined)
  const bias = request.object("logit_bias")
  for (const [token, value] of Object.entries(bias ?? {}))
    if (typeof value !== "number") throw invalid(`logit_bias.${token}`, "must be a number")
  return defined({
    temperature: request.number("temperature"),
    topP: request.number("top_p"),
    topK: request.number("top_k"),
    minP: request.number("min_p"),
    topA: request.number("top_a"),
    frequencyPenalty: request.number("frequency_penalty"),
    presencePenalty: request.number("presence_penalty"),
    repetitionPenalty: request.number("repetition_penalty"),
    seed: request.number("seed"),
    logitBias: bias as Record<string, number> | undefined,
    logprobs: wanted,
    topLogprobs,
  })
}

const efforts: ReadonlySet<Json> = new Set(["none", "min", "minimal", "low", "medium", "high", "xhigh", "max"])
const summaries: ReadonlySet<Json> = new Set(["auto", "concise", "detailed"])

/** What of `reasoning` has no meaning here: `context`, `mode`, and words of tomorrow. */
const reasoningRest = (raw: JsonObject | undefined): JsonObject => {
  const { effort, summary, max_tokens, enabled, exclude, ...rest } = raw ?? {}
  const isOdd = typeof effort === "string" && !efforts.has(effort.toLowerCase()) && !/^\d/.test(effort)
  if (isOdd) rest.effort = effort
  if (typeof summary === "string" && !summaries.has(summary)) rest.summary = summary
  return Object.keys(rest).length > 0 ? { reasoning: rest } : {}
}

/** Values that are not texts are written as JSON: OpenAI wants texts, OpenRouter's users send numbers. */
const decodeMetadata = (request: Fields): Record<string, string> | undefined => {
  const metadata = request.object("metadata")
  if (!metadata) return undefined
  const texts = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ])
  return Object.fromEntries(texts) as Record<string, string>
}

const decodeStop = (request: Fields): readonly string[] | undefined => {
  const stop = request.any("stop")
  if (stop === undefined) return undefined
  const all = typeof stop === "string" ? [stop] : request.strings("stop")
  return all && all.length > 0 ? all : undefined
}

/** One end user in two spellings; where both are said and differ, the second goes on as it came. */
const decodeUser = (request: Fields): { readonly user: string | undefined; readonly rest: JsonObject } => {
  const [user, identifier] = [request.string("user"), request.string("safety_identifier")]
  const isOther = user !== undefined && identifier !== undefined && user !== identifier
  return { user: user ?? identifier, rest: isOther ? { safety_identifier: identifier } : {} }
}

const sortRest = (rest: JsonObject, echo: JsonObject): Record<string, JsonObject> => {
  const own: JsonObject = {}
  const gateway: JsonObject = { ...echo }
  for (const [key, value] of Object.entries(rest)) (gatewayKeys.has(key) ? gateway : own)[key] = value
  return { ...(Object.keys(own).length > 0 ? { [dialectName]: own } : {}), [gatewayExtras]: gateway }
}

/**
 * A Responses body in no vendor's words. Checks types and names the path of what is wrong; unknown fields are kept. `model` is "" where
 * the body names none: the configured default applies.
 */
export const decodeRequest = (body: Json): ChatRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const request = new Fields(body)
  refuseState(request)
  const model = request.string("model") ?? ""
  const tools = decodeTools(request)
  const namespaces = new Namespaces(tools)
  const messages = decodeInput(request, namespaces)
  const include = decodeInclude(request)
  const { responseFormat, verbosity, rest: textRest } = decodeText(request)
  const unread: JsonObject = {}
  const reasoning = decodeReasoningRequest(request, unread)
  const { user, rest: userRest } = decodeUser(request)
  const metadata = decodeMetadata(request)
  const truncation = request.string("truncation")
  const sampling = decodeSampling(request, include.logprobs)
  const fields = defined({
    tools,
    toolChoice: decodeToolChoice(request, namespaces),
    parallelToolCalls: request.boolean("parallel_tool_calls"),
    responseFormat,
    reasoning,
    maxOutputTokens: request.integer("max_output_tokens", 0),
    stop: decodeStop(request),
    modalities: request.strings("modalities"),
    serviceTier: request.string("service_tier"),
    verbosity,
    user,
    metadata,
    promptCacheKey: request.string("prompt_cache_key"),
    cache: readCache(request),
  })
  const stream = request.boolean("stream") ?? false
  // Who keeps the answer, and who waits for it, is the gateway's business.
  for (const read of ["store", "background"]) request.boolean(read)
  const rest = {
    ...request.rest(),
    ...unread,
    ...include.rest,
    ...userRest,
    ...reasoningRest(request.object("reasoning")),
    ...(Object.keys(textRest).length > 0 ? { text: textRest } : {}),
    ...(truncation === undefined || truncation === "disabled" ? {} : { truncation }),
  }
  // `null` is how clients leave a field out.
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  return { model, messages, sampling, stream, ...fields, extras: sortRest(said, keepEcho(body, metadata)) }
}
