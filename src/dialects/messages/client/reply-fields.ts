import {
  type ChatPart,
  type Face,
  GatewayError,
  isObject,
  type JsonObject,
  outputTokens,
  type ReplyIdentity,
  type Usage,
} from "../../../contract/index.ts"
import { dialectName } from "../formats.ts"
import { finishReason, isStopReason } from "../reply/finish.ts"

type Finish = Extract<ChatPart, { type: "finish" }>

/** Fields of the face's usage that are no counters: money, and whose key was used. */
const moneyFields = ["cost", "cost_details", "is_byok"] as const

/** The face's words about money, for any usage object of this format. */
export const moneyOf = (usage: Usage, face: Face, costUsd: number): JsonObject => {
  const all = face.usage(usage, costUsd)
  return Object.fromEntries(moneyFields.flatMap((key) => (all[key] === undefined ? [] : [[key, all[key]]])))
}

/** OpenRouter reports the base tier under this format's name for it. */
const tiers: Readonly<Record<string, string>> = { default: "standard", auto: "standard", standard: "standard" }

const tierOf = (tier: string | undefined): string | null => {
  if (tier === undefined) return null
  if (Object.hasOwn(tiers, tier)) return tiers[tier]!
  return tier === "priority" || tier === "batch" ? tier : null
}

/** Anthropic's disjoint counters. Every field that its SDKs declare is there, null where nothing is known. */
export const usageOf = (usage: Usage, face: Face, costUsd: number, tier: string | undefined): JsonObject => {
  const { input, output, counters } = usage
  const searches = counters?.webSearch
  const fetches = counters?.webFetch
  return {
    input_tokens: input.fresh + input.audio + input.image,
    cache_creation_input_tokens: input.cacheWrite + input.cacheWrite1h,
    cache_read_input_tokens: input.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: input.cacheWrite,
      ephemeral_1h_input_tokens: input.cacheWrite1h,
    },
    output_tokens: outputTokens(usage),
    output_tokens_details: { thinking_tokens: output.reasoning },
    server_tool_use:
      searches === undefined && fetches === undefined
        ? null
        : { web_search_requests: searches ?? 0, web_fetch_requests: fetches ?? 0 },
    service_tier: tierOf(tier),
    inference_geo: null,
    ...moneyOf(usage, face, costUsd),
  }
}

/** What of a message stands before its content: the same in a whole message and in the first event of a stream. */
export const messageHead = (identity: ReplyIdentity): JsonObject => ({
  id: identity.id,
  type: "message",
  role: "assistant",
  model: identity.model,
  provider: identity.providerName,
})

export interface Ending {
  readonly stop_reason: string
  readonly stop_sequence: string | null
  readonly stop_details: JsonObject | null
  readonly container: JsonObject | null
  readonly context_management: JsonObject | undefined
  /** Fields of the usage that only this format understands. */
  readonly usage: JsonObject
  /** A refusal that has to be said in a text. */
  readonly words: string
}

const stopReason = (finish: Finish | undefined, calledTools: boolean, refused: boolean): string => {
  const raw = finish?.raw ?? undefined
  // Anthropic's own word, unless the decoder knew better.
  if (raw !== undefined && isStopReason(raw) && finishReason(raw) === finish?.reason) return raw
  switch (finish?.reason) {
    case "length":
      return "max_tokens"
    case "tool-calls":
      return "tool_use"
    case "content-filter":
      return "refusal"
    default:
      if (refused) return "refusal"
      if (finish?.stopSequence !== undefined) return "stop_sequence"
      return calledTools ? "tool_use" : "end_turn"
  }
}

const objectOf = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined)

/**
 * How an answer ended. What another vendor's model said when it refused is the text that its user reads; Anthropic's classifiers explain
 * themselves in `stop_details` alone. An answer that its upstream broke off is thrown.
 */
export const endingOf = (finish: Finish | undefined, calledTools: boolean, refusal: string): Ending => {
  if (finish?.reason === "error")
    throw new GatewayError("provider_down", `The upstream broke the answer off: ${finish.raw ?? "no reason given"}`)
  const own = finish?.extras?.[dialectName]
  const details = objectOf(own?.stop_details)
  const explained = refusal === "" ? null : { type: "refusal", category: null, explanation: refusal }
  return {
    stop_reason: stopReason(finish, calledTools, refusal !== ""),
    stop_sequence: finish?.stopSequence ?? null,
    stop_details: details ?? explained,
    container: objectOf(own?.container) ?? null,
    context_management: objectOf(own?.context_management),
    usage: objectOf(own?.usage) ?? {},
    words: details ? "" : refusal,
  }
}
