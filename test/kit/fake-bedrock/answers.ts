import type { JsonObject } from "../../../src/contract/index.ts"
import { eventFrame } from "./frames.ts"

export interface FakeReply {
  readonly content: readonly JsonObject[]
  readonly stopReason?: string
  readonly stopSequence?: string
  readonly usage?: JsonObject
}

const call = (id: string, name: string, input: JsonObject): JsonObject => ({ toolUse: { toolUseId: id, name, input } })

/** What Converse answers, by the first words of the last user text. */
export const replies: Readonly<Record<string, FakeReply>> = {
  tool: { content: [{ text: "Let me look." }, call("tooluse_1", "weather", { city: "Köln" })], stopReason: "tool_use" },
  "parallel tools": {
    content: [call("tooluse_1", "weather", { city: "Köln" }), call("tooluse_2", "weather", { city: "Oslo" })],
    stopReason: "tool_use",
  },
  "zero tool": { content: [call("tooluse_1", "now", {})], stopReason: "tool_use" },
  "thinking tool": {
    content: [
      { reasoningContent: { reasoningText: { text: "The user wants the weather.", signature: "c2lnbmF0dXJl" } } },
      call("tooluse_1", "get_weather", { city: "Köln" }),
    ],
    stopReason: "tool_use",
  },
  "empty answer": { content: [] },
  "answer tool": { content: [{ text: "Sure." }, call("tooluse_1", "json", { city: "Köln" })], stopReason: "tool_use" },
  thinking: {
    content: [
      { reasoningContent: { reasoningText: { text: "Two and two.", signature: "c2lnbmF0dXJl" } } },
      { text: "The answer is 4." },
    ],
  },
  redacted: { content: [{ reasoningContent: { redactedContent: "AAECAwQFBgcICQ==" } }, { text: "Done." }] },
  cited: {
    content: [
      {
        citationsContent: {
          content: [{ text: "Water is wet." }],
          citations: [
            {
              title: "Water",
              sourceContent: [{ text: "wet" }],
              location: { web: { url: "https://example.com/water" } },
            },
            { title: "Page", location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } },
          ],
        },
      },
    ],
  },
  "max tokens": { content: [{ text: "It begins" }], stopReason: "max_tokens" },
  "stop sequence": { content: [{ text: "One, two" }], stopReason: "stop_sequence", stopSequence: "three" },
  guardrail: { content: [{ text: "Sorry, no." }], stopReason: "guardrail_intervened" },
  malformed: { content: [{ text: "Oops" }], stopReason: "malformed_tool_use" },
  cache: {
    content: [{ text: "Cached." }],
    usage: {
      inputTokens: 5,
      outputTokens: 7,
      totalTokens: 412,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 300,
      cacheDetails: [
        { ttl: "1h", inputTokens: 200 },
        { ttl: "5m", inputTokens: 100 },
      ],
    },
  },
}

export const hello: FakeReply = { content: [{ text: "Hello from the fake, said word by word." }] }

const usual: JsonObject = { inputTokens: 11, outputTokens: 9, totalTokens: 20 }

export const wholeReply = ({
  content,
  stopReason = "end_turn",
  stopSequence,
  usage = usual,
}: FakeReply): JsonObject => ({
  output: { message: { role: "assistant", content: [...content] } },
  stopReason,
  usage,
  metrics: { latencyMs: 42 },
  ...(stopSequence === undefined ? {} : { additionalModelResponseFields: { stop_sequence: stopSequence } }),
})

const pieces = (text: string): string[] => text.match(/.{1,5}/gsu) ?? []

const deltas = (block: JsonObject): JsonObject[] => {
  const { text, toolUse, reasoningContent, citationsContent } = block as Record<string, JsonObject | string | undefined>
  if (typeof text === "string") return pieces(text).map((piece) => ({ text: piece }))
  if (typeof toolUse === "object") {
    const input = JSON.stringify(toolUse.input)
    return input === "{}" ? [] : pieces(input).map((piece) => ({ toolUse: { input: piece } }))
  }
  if (typeof citationsContent === "object") {
    const texts = citationsContent.content as { text: string }[]
    const citations = citationsContent.citations as JsonObject[]
    return [
      ...texts.flatMap(({ text: whole }) => pieces(whole).map((piece) => ({ text: piece }))),
      ...citations.map((citation) => ({ citation })),
    ]
  }
  if (typeof reasoningContent !== "object") return []
  const { reasoningText, redactedContent } = reasoningContent as {
    reasoningText?: JsonObject
    redactedContent?: string
  }
  if (redactedContent !== undefined) {
    const bytes = Buffer.from(redactedContent, "base64")
    // Each piece is base64 of its own.
    return [bytes.subarray(0, 4), bytes.subarray(4)].map((part) => ({
      reasoningContent: { redactedContent: part.toString("base64") },
    }))
  }
  return [
    ...pieces(String(reasoningText?.text)).map((piece) => ({ reasoningContent: { text: piece } })),
    { reasoningContent: { signature: String(reasoningText?.signature) } },
  ]
}

/** The same answer as frames: only tools have a start event, every payload has padding, the usage comes last. */
export const streamReply = (reply: FakeReply): Uint8Array[] => {
  const { content, stopReason = "end_turn", stopSequence, usage = usual } = reply
  const frames = [eventFrame("messageStart", { role: "assistant", p: "ab" })]
  for (const [contentBlockIndex, block] of content.entries()) {
    if (block.toolUse) {
      const { toolUseId, name } = block.toolUse as { toolUseId: string; name: string }
      frames.push(
        eventFrame("contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId, name } }, p: "abc" }),
      )
    }
    for (const delta of deltas(block))
      frames.push(eventFrame("contentBlockDelta", { contentBlockIndex, delta, p: "abcdef" }))
    frames.push(eventFrame("contentBlockStop", { contentBlockIndex, p: "a" }))
  }
  const fields =
    stopSequence === undefined ? {} : { additionalModelResponseFields: { delta: { stop_sequence: stopSequence } } }
  frames.push(eventFrame("messageStop", { stopReason, ...fields, p: "abcdefghi" }))
  frames.push(eventFrame("metadata", { usage, metrics: { latencyMs: 42 }, p: "abcd" }))
  return frames
}

/** Anthropic's own message and events for a text, as Claude gives them by InvokeModel. */
export const claudeMessage = (text: string): JsonObject => ({
  id: "msg_bdrk_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 11, output_tokens: 9 },
})

export const claudeEvents = (text: string): JsonObject[] => [
  {
    type: "message_start",
    message: { ...claudeMessage(""), content: [], stop_reason: null, usage: { input_tokens: 11, output_tokens: 1 } },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ...pieces(text).map((piece) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: piece },
  })),
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 9 } },
  { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 11, outputTokenCount: 9 } },
]
