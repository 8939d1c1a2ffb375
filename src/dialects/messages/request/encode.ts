import { type ChatRequest, type EncodeTarget, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { dropForeignExtras, type Lose } from "../../translate/index.ts"
import { dialectName, messagesToolNames } from "../formats.ts"
import { cacheControl } from "./blocks.ts"
import { limitBreakpoints } from "./cache-limit.ts"
import { encodeConversation, type Turn } from "./conversation.ts"
import { lacksThinking, settlePrefill } from "./prefill.ts"
import { encodeSampling } from "./sampling.ts"
import { encodeStructured } from "./structured.ts"
import { encodeThinking, type Thinking } from "./thinking.ts"
import { encodeTools } from "./tools.ts"

/** For models that nobody knows anything about. */
export const cautiousOutput = 4096

const outputLimit = (request: ChatRequest, target: EncodeTarget): number => {
  const most = target.maxOutput ?? target.profile.maxOutput
  const asked = request.maxOutputTokens
  if (asked === undefined) return most ?? cautiousOutput
  if (most === undefined || asked <= most) return asked
  target.lose({
    path: "max_tokens",
    action: "clamped",
    code: "parameter_clamped",
    reason: `${asked} to ${most}, the model's largest output`,
  })
  return most
}

const dropUnsupported = (request: ChatRequest, lose: Lose): void => {
  const drop = (path: string, reason: string) =>
    lose({ path, action: "dropped", code: "parameter_unsupported", reason })
  if ((request.choices ?? 1) > 1) drop("n", "the upstream gives one answer per request")
  if (request.metadata && Object.keys(request.metadata).length > 0)
    drop("metadata", "the upstream takes only a user id")
  if (request.promptCacheKey !== undefined) drop("prompt_cache_key", "the upstream caches by breakpoints")
  if (request.modalities?.some((modality) => modality !== "text"))
    drop("modalities", "the upstream answers in text only")
  dropForeignExtras(request.extras, dialectName, "", lose)
}

const tiers: Readonly<Record<string, string>> = {
  auto: "auto",
  priority: "auto",
  default: "standard_only",
  standard: "standard_only",
  standard_only: "standard_only",
}

const serviceTier = (request: ChatRequest, lose: Lose): JsonObject => {
  if (request.serviceTier === undefined) return {}
  const tier = tiers[request.serviceTier]
  if (tier === undefined) {
    lose({
      path: "service_tier",
      action: "dropped",
      code: "parameter_unsupported",
      reason: `the upstream has no tier "${request.serviceTier}"`,
    })
    return {}
  }
  return { service_tier: tier }
}

const stopSequences = (request: ChatRequest, lose: Lose): JsonObject => {
  const stop = request.stop?.filter((sequence) => sequence.trim() !== "") ?? []
  if (stop.length < (request.stop?.length ?? 0))
    lose({
      path: "stop",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream refuses stop sequences of whitespace only",
    })
  return stop.length > 0 ? { stop_sequences: stop } : {}
}

const withoutLostThinking = (thinking: Thinking, turns: readonly Turn[], lose: Lose): Thinking => {
  if (thinking.thinking?.type !== "enabled" || !lacksThinking(turns)) return thinking
  const reason =
    "the tool calls of the last turn came without their signed thinking; the model does not think in this one"
  lose({ path: "reasoning", action: "dropped", code: "reasoning_unsupported", reason })
  return { thinking: { type: "disabled" }, active: false }
}

/** What losses call fields that this format names otherwise. */
const usualNames: Readonly<Record<string, string>> = {
  stop_sequences: "stop",
  metadata: "user",
  thinking: "reasoning",
  output_config: "response_format",
}

/** Drops what the vendor refuses and adds what it wants; a field that the client set stays. */
const finish = (body: JsonObject, target: EncodeTarget): JsonObject => {
  for (const field of target.profile.dropFields ?? []) {
    if (body[field] === undefined) continue
    delete body[field]
    target.lose({
      path: usualNames[field] ?? field,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream refuses this field",
    })
  }
  for (const [field, value] of Object.entries(target.profile.extraBody ?? {})) body[field] ??= value as Json
  limitBreakpoints(body, target.lose)
  return body
}

/** A chat request as the body of `POST /v1/messages`. */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile, lose } = target
  const own = request.extras?.[dialectName]
  const names = messagesToolNames(request)
  const maxTokens = outputLimit(request, target)
  dropUnsupported(request, lose)
  const conversation = encodeConversation(request, { profile, names, lose })
  const asked = encodeThinking(request, profile, maxTokens, lose)
  const thinking = withoutLostThinking(asked, conversation.turns, lose)
  const structured = encodeStructured(request, profile, lose)
  const noForce = thinking.active || profile.noForcedTool === true
  const { tools, toolChoice } = encodeTools(request, { profile, names, lose, noForce, jsonTool: structured.tool })
  const noPrefill = profile.noPrefill === true || thinking.active || structured.format !== undefined
  const turns = settlePrefill(conversation.turns, noPrefill, lose)
  const system: JsonObject[] = [...conversation.system]
  if (structured.instruction) system.push({ type: "text", text: structured.instruction })
  const outputConfig: JsonObject = {
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(structured.format === undefined ? {} : { format: structured.format }),
    ...(isObject(own?.output_config) ? own.output_config : {}),
  }
  const body: JsonObject = {
    model: target.model,
    max_tokens: maxTokens,
    ...(request.cache ? { cache_control: cacheControl(request.cache) } : {}),
    ...(system.length > 0 ? { system } : {}),
    messages: turns.map(({ role, blocks, extras }): JsonObject => ({ role, content: blocks, ...extras })),
    ...(tools ? { tools } : {}),
    ...(toolChoice ? { tool_choice: toolChoice } : {}),
    ...(thinking.thinking ? { thinking: thinking.thinking } : {}),
    ...encodeSampling(request.sampling, profile, thinking.active, lose),
    ...stopSequences(request, lose),
    ...(request.user === undefined ? {} : { metadata: { user_id: request.user } }),
    ...serviceTier(request, lose),
    ...(request.stream ? { stream: true } : {}),
    ...own,
    ...(Object.keys(outputConfig).length > 0 ? { output_config: outputConfig } : {}),
  }
  return finish(body, target)
}
