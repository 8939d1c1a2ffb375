import {
  type ChatRequest,
  type EncodeTarget,
  type Extras,
  isObject,
  type Json,
  type JsonObject,
} from "../../../contract/index.ts"
import { defined } from "../../body/fields.ts"
import { dialectName as chatCompletions } from "../../chat-completions/names.ts"
import { dropForeignExtras, type NameRule, toolNames } from "../../translate/index.ts"
import { dialectName, gatewayKeys } from "../names.ts"
import { ownExtras, type RequestContext } from "./context.ts"
import { encodeInput } from "./input.ts"
import { encodeReasoning, encodeSampling, encodeText, mayReason } from "./settings.ts"
import { encodeTools } from "./tools.ts"

/** What tools may be called (platform.openai.com/docs, function calling). */
const nameRule: NameRule = { allowed: /^[a-zA-Z0-9_-]{1,64}$/, forbidden: /[^a-zA-Z0-9_-]/g, length: 64 }

/** The names of a request's tools as this upstream takes them, and back. */
export const responsesToolNames = (request: ChatRequest) => toolNames(request, nameRule)

/** Written from the internal form, or answered by the gateway itself; never taken over from a client's own fields. */
const ownFields: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "stream",
  "store",
  "background",
  "conversation",
  "previous_response_id",
])

/** Fields that say the same in both of OpenAI's formats, and nothing in the internal form. */
const sharedWithChat = ["safety_identifier", "prompt_cache_retention", "prompt_cache_options"] as const

/** The request's extras with those fields as this format's own, wherever the client wrote them. */
const adopted = (extras: Extras | undefined): Extras | undefined => {
  const { [chatCompletions]: chat, ...others } = extras ?? {}
  if (!chat || !sharedWithChat.some((field) => field in chat)) return extras
  const rest = { ...chat }
  const own: JsonObject = { ...others[dialectName] }
  for (const field of sharedWithChat) {
    const value = rest[field]
    delete rest[field]
    if (value !== undefined && value !== null) own[field] ??= value
  }
  return { ...others, [chatCompletions]: rest, [dialectName]: own }
}

const encryptedReasoning = "reasoning.encrypted_content"

/** What the answer shall tell beside its text: what clients wished for, and what must not get lost between turns. */
const encodeInclude = (request: ChatRequest, context: RequestContext, body: JsonObject): JsonObject => {
  const asked = ownExtras(request.extras).include
  const include = new Set(Array.isArray(asked) ? asked.filter((entry) => typeof entry === "string") : [])
  // Nothing is stored upstream, so the model's thoughts have to travel with the conversation.
  if (mayReason(context)) include.add(encryptedReasoning)
  else include.delete(encryptedReasoning)
  const refusesLogprobs = context.profile.noSampling && body.top_logprobs === undefined
  if ((request.sampling.logprobs || body.top_logprobs !== undefined) && !refusesLogprobs)
    include.add("message.output_text.logprobs")
  return include.size > 0 ? { include: [...include] } : {}
}

/** Fields without a meaning here, as they came; under `text` and `reasoning` beside what the internal form says. */
const addExtras = (body: JsonObject, extras: Extras | undefined): void => {
  for (const [key, value] of Object.entries(ownExtras(extras))) {
    if (ownFields.has(key) || gatewayKeys.has(key)) continue
    const present = body[key]
    if (present === undefined) body[key] = value
    else if (isObject(present) && isObject(value)) body[key] = { ...value, ...present }
  }
}

/** Adds what the operator set for this upstream; objects are merged, the client's own fields win. */
const addExtraBody = (body: JsonObject, extraBody: Readonly<Record<string, unknown>>): void => {
  for (const [key, value] of Object.entries(extraBody)) {
    const present = body[key]
    if (present === undefined) body[key] = value as Json
    else if (isObject(present) && isObject(value)) body[key] = { ...value, ...present }
  }
}

/** The wish for automatic caching: OpenAI caches without being asked. */
const loseCacheWish = (request: ChatRequest, { profile, lose }: RequestContext): void => {
  if (!request.cache || profile.cacheFormat === "openai") return
  const reason = "the upstream has no switch for automatic caching"
  lose({ path: "cache_control", action: "dropped", code: "cache_breakpoint_lost", reason })
}

/** The internal form as an upstream of this dialect wants it. Whatever the profile forbids is reported through `target.lose`. */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile, lose } = target
  const context: RequestContext = { ...target, names: responsesToolNames(request) }
  const { instructions, items } = encodeInput(request, context)
  const body: JsonObject = defined({
    model: target.model,
    instructions,
    input: [...items],
    ...encodeTools(request, context),
    text: encodeText(request, context),
    reasoning: encodeReasoning(request, context),
    max_output_tokens: request.maxOutputTokens,
    ...encodeSampling(request, context),
    service_tier: request.serviceTier,
    user: request.user,
    metadata: request.metadata === undefined ? undefined : { ...request.metadata },
    prompt_cache_key: request.promptCacheKey,
  })
  Object.assign(body, encodeInclude(request, context, body))
  const extras = adopted(request.extras)
  addExtras(body, extras)
  dropForeignExtras(extras, dialectName, "", lose)
  loseCacheWish(request, context)
  for (const field of profile.dropFields ?? []) {
    if (body[field] === undefined) continue
    delete body[field]
    // Its only wish is the gateway's own.
    if (field !== "include")
      lose({ path: field, action: "dropped", code: "parameter_unsupported", reason: "the upstream refuses this field" })
  }
  addExtraBody(body, profile.extraBody ?? {})
  if (request.stream) body.stream = true
  if (!profile.dropFields?.includes("store")) body.store = false
  return body
}
