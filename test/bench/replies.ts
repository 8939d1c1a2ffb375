/** Canned answers as the vendors write them: one whole of about 1 KB, or the events of a stream. */
export interface Reply {
  readonly whole: string
  readonly begin: readonly string[]
  readonly middle: (at: number) => string
  readonly end: readonly string[]
}

const words = "word ".repeat(140)
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const named = (value: { readonly type: string }): string => `event: ${value.type}\n${data(value)}`

const chatIdentity = {
  id: "chatcmpl-bench0000000000000000001",
  created: 1_790_000_000,
  model: "bench-model-2026",
}
const chunkOf = (delta: unknown, finish: string | null): string =>
  data({
    id: chatIdentity.id,
    object: "chat.completion.chunk",
    created: chatIdentity.created,
    model: chatIdentity.model,
    service_tier: "default",
    system_fingerprint: "fp_bench",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
  })

export const chatCompletions: Reply = {
  whole: JSON.stringify({
    ...chatIdentity,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: words, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 20,
      completion_tokens: 140,
      total_tokens: 160,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: "default",
    system_fingerprint: "fp_bench",
  }),
  begin: [chunkOf({ role: "assistant", content: "" }, null)],
  middle: (at) => chunkOf({ content: `word${at} ` }, null),
  end: [
    chunkOf({}, "stop"),
    data({
      ...chatIdentity,
      object: "chat.completion.chunk",
      choices: [],
      usage: { prompt_tokens: 20, completion_tokens: 200, total_tokens: 220 },
    }),
    "data: [DONE]\n\n",
  ],
}

const messageUsage = {
  input_tokens: 20,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 140,
  service_tier: "standard",
}
const message = {
  model: "claude-sonnet-4-5-20250929",
  id: "msg_bench00000000000000001",
  type: "message",
  role: "assistant",
  content: [] as unknown[],
  stop_reason: null as string | null,
  stop_sequence: null,
  usage: messageUsage,
}

export const messages: Reply = {
  whole: JSON.stringify({ ...message, content: [{ type: "text", text: words }], stop_reason: "end_turn" }),
  begin: [
    named({ type: "message_start", message } as { type: string }),
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as { type: string }),
    named({ type: "ping" }),
  ],
  middle: (at) =>
    named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: `word${at} ` } } as {
      type: string
    }),
  end: [
    named({ type: "content_block_stop", index: 0 } as { type: string }),
    named({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 200 },
    } as { type: string }),
    named({ type: "message_stop" }),
  ],
}

const itemId = "msg_0bench000000000000000000000000000000000000000001"
const outputText = (text: string) => ({ type: "output_text", annotations: [], logprobs: [], text })
const outputItem = (text: string, status: string) => ({
  id: itemId,
  type: "message",
  status,
  content: text === "" ? [] : [outputText(text)],
  role: "assistant",
})
const response = (status: string, output: readonly unknown[], usage: unknown) => ({
  id: "resp_0bench00000000000000000000000000000000000000000001",
  object: "response",
  created_at: 1_790_000_000,
  status,
  background: false,
  error: null,
  incomplete_details: null,
  instructions: "You are terse.",
  max_output_tokens: 256,
  model: "gpt-4.1-2025-04-14",
  output,
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  service_tier: "default",
  store: false,
  temperature: 1,
  text: { format: { type: "text" }, verbosity: "medium" },
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  truncation: "disabled",
  usage,
  user: null,
  metadata: {},
})
const responseUsage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 140,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 160,
}
const place = { item_id: itemId, output_index: 0, content_index: 0 }
let sequence = 0
const numbered = (type: string, more: object): string => named({ type, sequence_number: sequence++, ...more } as never)

export const responses: Reply = {
  whole: JSON.stringify(response("completed", [outputItem(words, "completed")], responseUsage), null, 2),
  begin: [
    numbered("response.created", { response: response("in_progress", [], null) }),
    numbered("response.in_progress", { response: response("in_progress", [], null) }),
    numbered("response.output_item.added", { output_index: 0, item: outputItem("", "in_progress") }),
    numbered("response.content_part.added", { ...place, part: outputText("") }),
  ],
  middle: (at) =>
    named({
      type: "response.output_text.delta",
      sequence_number: at + 4,
      ...place,
      delta: `word${at} `,
      logprobs: [],
      obfuscation: "KQjYFW6nHR",
    } as { type: string }),
  end: [
    numbered("response.output_text.done", { ...place, text: words, logprobs: [] }),
    numbered("response.content_part.done", { ...place, part: outputText(words) }),
    numbered("response.output_item.done", { output_index: 0, item: outputItem(words, "completed") }),
    numbered("response.completed", {
      response: response("completed", [outputItem(words, "completed")], responseUsage),
    }),
  ],
}

const geminiUsage = {
  promptTokenCount: 20,
  candidatesTokenCount: 140,
  totalTokenCount: 160,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: 20 }],
}
const candidate = (text: string, finish?: string) => ({
  candidates: [
    {
      content: { parts: [{ text }], role: "model" },
      ...(finish === undefined ? {} : { finishReason: finish }),
      index: 0,
    },
  ],
  usageMetadata: geminiUsage,
  modelVersion: "gemini-2.5-flash",
  responseId: "bench0000000000000001",
})
const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`

export const gemini: Reply = {
  whole: JSON.stringify(candidate(words, "STOP"), null, 2),
  begin: [frame(candidate("word "))],
  middle: (at) => frame(candidate(`word${at} `)),
  end: [frame(candidate("", "STOP"))],
}
