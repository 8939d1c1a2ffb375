import type { Json, JsonObject } from "../../../src/contract/json.ts"

/** Manners of servers that are only nearly OpenAI's. */
export const quirkNames = [
  "no-usage",
  "usage-on-finish",
  "usage-in-choice",
  "no-done",
  "no-finish",
  "no-tool-index",
  "no-tool-id",
  "reused-tool-id",
  "blank-names",
  "whole-call",
  "calls-in-one-chunk",
  "null-choices",
  "no-details",
  "no-nulls",
] as const
export type Quirk = (typeof quirkNames)[number]

export interface FakeCall {
  readonly id: string
  readonly name: string
  /** The pieces in which the arguments are streamed. */
  readonly arguments: readonly string[]
}

export interface FakeUsage {
  readonly prompt: number
  readonly completion: number
  readonly cached?: number
  readonly reasoning?: number
  readonly audioIn?: number
  readonly audioOut?: number
}

/** An answer, whole; how it is cut into deltas is part of it. */
export interface FakeReply {
  readonly reasoning?: readonly string[]
  readonly reasoningField?: "reasoning_content" | "reasoning"
  /** OpenRouter's: what the next turn must bring back. */
  readonly details?: readonly JsonObject[]
  readonly content?: readonly string[]
  readonly refusal?: readonly string[]
  readonly calls?: readonly FakeCall[]
  readonly annotations?: Json[]
  readonly finish: string
  readonly usage: FakeUsage
}

/** What of the request shows in the answer. */
export interface ReplyContext {
  readonly id: string
  readonly createdSeconds: number
  readonly model: string
  readonly choices: number
  readonly includeUsage: boolean
  readonly obfuscate: boolean
  readonly logprobs: boolean
  readonly quirks: ReadonlySet<Quirk>
}

/** The real API answers with the dated name of the model behind an alias. */
const datedModel = (model: string) =>
  /^(gpt-|o\d)/.test(model) && !/\d{4}/.test(model) ? `${model}-2026-02-03` : model

export const usageBody = (usage: FakeUsage, quirks: ReadonlySet<Quirk>): JsonObject => ({
  prompt_tokens: usage.prompt,
  completion_tokens: usage.completion,
  total_tokens: usage.prompt + usage.completion,
  ...(quirks.has("no-details")
    ? {}
    : {
        prompt_tokens_details: { cached_tokens: usage.cached ?? 0, audio_tokens: usage.audioIn ?? 0 },
        completion_tokens_details: {
          reasoning_tokens: usage.reasoning ?? 0,
          audio_tokens: usage.audioOut ?? 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      }),
})

const joined = (pieces: readonly string[] | undefined): string | null => pieces?.join("") ?? null

const logprobsOf = (text: string): Json => ({
  content: [{ token: text, logprob: -0.1, bytes: [...new TextEncoder().encode(text)], top_logprobs: [] }],
  refusal: null,
})

const callBody = (call: FakeCall): JsonObject => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: call.arguments.join("") },
})

/** The body of an answer in one piece. */
export const wholeReply = (reply: FakeReply, context: ReplyContext): JsonObject => ({
  id: context.id,
  object: "chat.completion",
  created: context.createdSeconds,
  model: datedModel(context.model),
  choices: Array.from({ length: context.choices }, (_, index) => ({
    index,
    message: {
      role: "assistant",
      content: joined(reply.content),
      ...(reply.reasoning ? { [reply.reasoningField ?? "reasoning_content"]: joined(reply.reasoning) } : {}),
      ...(reply.details ? { reasoning_details: [...reply.details] } : {}),
      ...(reply.calls ? { tool_calls: reply.calls.map(callBody) } : {}),
      refusal: joined(reply.refusal),
      annotations: reply.annotations ?? [],
    },
    logprobs: context.logprobs && reply.content ? logprobsOf(reply.content.join("")) : null,
    finish_reason: reply.finish,
  })),
  ...(context.quirks.has("no-usage") ? {} : { usage: usageBody(reply.usage, context.quirks) }),
  service_tier: "default",
  system_fingerprint: null,
})

const wholeCalls = (calls: readonly FakeCall[], quirks: ReadonlySet<Quirk>): JsonObject[] => {
  const bodies = calls.map((call, index) => ({ ...(quirks.has("no-tool-index") ? {} : { index }), ...callBody(call) }))
  return quirks.has("calls-in-one-chunk") ? [{ tool_calls: bodies }] : bodies.map((body) => ({ tool_calls: [body] }))
}

const callDeltas = (calls: readonly FakeCall[], quirks: ReadonlySet<Quirk>): JsonObject[] => {
  if (quirks.has("whole-call") || quirks.has("calls-in-one-chunk")) return wholeCalls(calls, quirks)
  return calls.flatMap((call, position) => {
    const index = quirks.has("no-tool-index") ? {} : { index: position }
    const id = quirks.has("no-tool-id") ? {} : { id: quirks.has("reused-tool-id") ? "call_0" : call.id }
    const again = quirks.has("blank-names") ? { id: "", type: "function" } : {}
    const name = quirks.has("blank-names") ? { name: "" } : {}
    const opening = { ...index, ...id, type: "function", function: { name: call.name, arguments: "" } }
    const rest = call.arguments.map((piece) => ({ ...index, ...again, function: { ...name, arguments: piece } }))
    return [opening, ...rest].map((delta) => ({ tool_calls: [delta] }))
  })
}

const deltasOf = (reply: FakeReply, quirks: ReadonlySet<Quirk>): JsonObject[] => {
  const role = { role: "assistant", content: reply.content ? "" : null, refusal: null }
  const reasoningField = reply.reasoningField ?? "reasoning_content"
  return [
    role,
    ...(reply.reasoning ?? []).map((piece) => ({ [reasoningField]: piece })),
    ...(reply.details ?? []).map((detail) => ({ reasoning_details: [detail] })),
    ...(reply.content ?? []).map((piece) => ({ content: piece })),
    ...(reply.refusal ?? []).map((piece) => ({ refusal: piece })),
    ...callDeltas(reply.calls ?? [], quirks),
    ...(reply.annotations ? [{ annotations: reply.annotations }] : []),
  ]
}

/** Pads an event, so that its length tells an eavesdropper nothing; lengths vary by position, not by chance. */
const padding = (position: number) => "aB3xQ9zLk7Pw2TnR".slice(position % 16).repeat(1 + (position % 2))

/** OpenRouter's and Requesty's own servers leave out what is null, finish reasons apart, and their SDKs count on it. */
const withoutNulls = (key: string, value: unknown): unknown => (key === "finish_reason" ? value : (value ?? undefined))

/** The text of every event of a streamed answer, terminator included. */
export const streamEvents = (reply: FakeReply, context: ReplyContext): string[] => {
  const { quirks } = context
  const head = {
    id: context.id,
    object: "chat.completion.chunk",
    created: context.createdSeconds,
    model: datedModel(context.model),
    service_tier: "default",
    system_fingerprint: null,
  }
  const usage = usageBody(reply.usage, quirks)
  const asked = context.includeUsage && !quirks.has("no-usage")
  let position = 0
  const event = (body: JsonObject) => {
    const pad = context.obfuscate ? { obfuscation: padding(position++) } : {}
    const tail = asked && body.usage === undefined && !quirks.has("usage-on-finish") ? { usage: null } : {}
    return `data: ${JSON.stringify({ ...head, ...body, ...tail, ...pad }, quirks.has("no-nulls") ? withoutNulls : undefined)}\n\n`
  }
  const events: string[] = []
  if (quirks.has("null-choices")) events.push(event({ choices: null }))
  for (let index = 0; index < context.choices; index++) {
    for (const delta of deltasOf(reply, quirks)) {
      const text = typeof delta.content === "string" && delta.content !== "" ? delta.content : undefined
      const logprobs = context.logprobs && text !== undefined ? logprobsOf(text) : null
      events.push(event({ choices: [{ index, delta, logprobs, finish_reason: null }] }))
    }
    if (quirks.has("no-finish")) continue
    const inChoice = quirks.has("usage-in-choice") ? { usage } : {}
    const finish = { index, delta: {}, logprobs: null, finish_reason: reply.finish, ...inChoice }
    events.push(event({ choices: [finish], ...(quirks.has("usage-on-finish") ? { usage } : {}) }))
  }
  const elsewhere = quirks.has("usage-on-finish") || quirks.has("usage-in-choice")
  if (asked && !elsewhere) events.push(event({ choices: [], usage }))
  if (!quirks.has("no-done")) events.push("data: [DONE]\n\n")
  return events
}
