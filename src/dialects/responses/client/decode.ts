import { type ChatRequest, isObject, type Json, type JsonObject, type Sampling } from "../../../contract/index.ts"
import { readMetadata, readSampling, readStop } from "../../body/common-fields.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { partFields, requestExtras } from "../../body/gateway-keys.ts"
import { readCache } from "../../chat-completions/request/decode-content.ts"
import { decodeReasoningRequest } from "../../chat-completions/request/decode-reasoning.ts"
import { readFileParser } from "../../translate/index.ts"
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

const decodeSampling = (request: Fields, included: boolean): Sampling => {
  const sampling = readSampling(request)
  const wanted = included || (sampling.topLogprobs ?? 0) > 0
  return defined({ ...sampling, logprobs: request.boolean("logprobs") ?? (wanted || undefined) })
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

/** One end user in two spellings; where both are said and differ, the second goes on as it came. */
const decodeUser = (request: Fields): { readonly user: string | undefined; readonly rest: JsonObject } => {
  const [user, identifier] = [request.string("user"), request.string("safety_identifier")]
  const isOther = user !== undefined && identifier !== undefined && user !== identifier
  return { user: user ?? identifier, rest: isOther ? { safety_identifier: identifier } : {} }
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
  const metadata = readMetadata(request)
  const truncation = request.string("truncation")
  const sampling = decodeSampling(request, include.logprobs)
  const fields = defined({
    tools,
    toolChoice: decodeToolChoice(request, namespaces),
    parallelToolCalls: request.boolean("parallel_tool_calls"),
    responseFormat,
    reasoning,
    maxOutputTokens: request.integer("max_output_tokens", 0),
    stop: readStop(request),
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
  const reading = readFileParser(said.plugins)
  const { own, gateway } = partFields(said, gatewayKeys)
  const extras = requestExtras(dialectName, own, { ...keepEcho(body, metadata), ...gateway })
  return { model, messages, sampling, stream, ...fields, ...reading, ...extras }
}
