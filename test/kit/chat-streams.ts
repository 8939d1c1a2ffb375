/** Streams as vendors send them, shortened. Every one is whole: it ends with a finish reason and [DONE]. */

const event = (data: unknown) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`
const base = (id: string, model: string, more: object = {}) => ({
  id,
  object: "chat.completion.chunk",
  created: 1790000000,
  model,
  ...more,
})
const delta = (fields: object, finish: string | null = null, more: object = {}) => [
  { index: 0, delta: fields, logprobs: null, finish_reason: finish, ...more },
]

const openai = (): string => {
  const head = base("chatcmpl-Abc123", "gpt-4o-mini-2024-07-18", {
    service_tier: "default",
    system_fingerprint: "fp_1",
  })
  const words = ["Grüße", " from", ' "Köln"', "\n\t", "😀", " a\\b", " ", "end"]
  return [
    event({
      ...head,
      choices: delta({ role: "assistant", content: "", refusal: null }),
      usage: null,
      obfuscation: "x1",
    }),
    ...words.map((content, index) =>
      event({ ...head, choices: delta({ content }), usage: null, obfuscation: "y".repeat(index) }),
    ),
    event({ ...head, choices: delta({}, "stop"), usage: null, obfuscation: "zz" }),
    event({
      ...head,
      choices: [],
      usage: {
        prompt_tokens: 20,
        completion_tokens: 9,
        total_tokens: 29,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, accepted_prediction_tokens: 1 },
      },
      obfuscation: "q",
    }),
    event("[DONE]"),
  ].join("")
}

const vllmReasoning = (): string => {
  const head = base("chatcmpl-77", "qwen3", { system_fingerprint: null })
  const thoughts = ["Let", " me", " think", " reasoning", ' "q"', " ü"]
  const words = ["The", " answer", " is", " 42"]
  return [
    event({ ...head, choices: delta({ role: "assistant", content: null, reasoning_content: null, tool_calls: null }) }),
    ...thoughts.map((text) =>
      event({ ...head, choices: delta({ reasoning_content: text, content: null, tool_calls: null }) }),
    ),
    ...words.map((text) =>
      event({ ...head, choices: delta({ content: text, reasoning_content: null, tool_calls: null }) }),
    ),
    event({ ...head, choices: delta({ content: "" }, "stop", { stop_reason: null }) }),
    event({
      ...head,
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15, prompt_tokens_details: null },
    }),
    event("[DONE]"),
  ].join("")
}

const tools = (): string => {
  const head = base("chatcmpl-tools", "gpt-4o")
  const call = (index: number, fields: object) => delta({ tool_calls: [{ index, ...fields }] })
  return [
    event({ ...head, choices: delta({ role: "assistant", content: null }) }),
    event({
      ...head,
      choices: call(0, { id: "call_a", type: "function", function: { name: "weather", arguments: "" } }),
    }),
    ...['{"ci', 'ty":', '"Kö', 'ln"}'].map((text) =>
      event({ ...head, choices: call(0, { function: { arguments: text } }) }),
    ),
    event({ ...head, choices: call(1, { id: "call_b", type: "function", function: { name: "now", arguments: "" } }) }),
    event({ ...head, choices: delta({}, "tool_calls") }),
    event({ ...head, choices: [], usage: { prompt_tokens: 7, completion_tokens: 8, total_tokens: 15 } }),
    event("[DONE]"),
  ].join("")
}

/** No index, no ids, a whole call in one chunk, two calls in one chunk, usage on the finish chunk. */
const sloppyTools = (): string => {
  const head = base("x", "local")
  const named = (name: string, text: string) => ({ type: "function", function: { name, arguments: text } })
  return [
    event({
      ...head,
      choices: delta({ role: "assistant", tool_calls: [named("one", '{"a":1}'), named("two", "{}")] }),
    }),
    event({ ...head, choices: delta({ tool_calls: [named("three", "")] }) }),
    event({ ...head, choices: delta({}, "stop"), usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 } }),
    event("[DONE]"),
  ].join("")
}

const azure = (): string => {
  const head = base("az", "gpt-4o")
  return [
    event({ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: [{ prompt_index: 0 }] }),
    ": keep-alive\n\n",
    event({ ...head, choices: null }),
    event({ ...head, choices: delta({ role: "assistant", content: "Hel" }) }),
    event({ ...head, choices: delta({ content: "lo" }) }),
    event({ ...head, choices: delta({}, "stop") }),
    event("[DONE]"),
  ].join("")
}

/** OpenRouter's own shape: both reasoning spellings in every delta, comments, a cost. */
const openrouter = (): string => {
  const head = base("gen-1-abc", "anthropic/claude-sonnet-4.5", { provider: "Anthropic" })
  const think = (text: string) =>
    delta({
      role: "assistant",
      content: "",
      reasoning: text,
      reasoning_details: [{ type: "reasoning.text", text, format: "anthropic-claude-v1", index: 0 }],
    })
  const sign = { type: "reasoning.text", signature: "c2ln", format: "anthropic-claude-v1", index: 0 }
  return [
    ": OPENROUTER PROCESSING\n\n",
    event({ ...head, choices: think("Hm") }),
    event({ ...head, choices: think(", so") }),
    event({ ...head, choices: delta({ role: "assistant", content: "", reasoning: null, reasoning_details: [sign] }) }),
    event({ ...head, choices: delta({ role: "assistant", content: "Yes" }) }),
    event({ ...head, choices: delta({ role: "assistant", content: "." }) }),
    event({
      ...head,
      choices: delta({ role: "assistant", content: "" }, "stop", { native_finish_reason: "end_turn" }),
    }),
    event({
      ...head,
      choices: delta({ role: "assistant", content: "" }),
      usage: { prompt_tokens: 9, completion_tokens: 6, total_tokens: 15, cost: 0.002, is_byok: false },
    }),
    event("[DONE]"),
  ].join("")
}

const severalChoices = (): string => {
  const head = base("n2", "gpt-4o")
  const at = (index: number, fields: object, finish: string | null = null) => [
    { index, delta: fields, finish_reason: finish },
  ]
  return [
    event({ ...head, choices: at(0, { role: "assistant", content: "a" }) }),
    event({ ...head, choices: at(1, { role: "assistant", content: "x" }) }),
    ...[0, 1, 0, 1].map((index) => event({ ...head, choices: at(index, { content: index === 0 ? "b" : "y" }) })),
    event({ ...head, choices: at(1, {}, "length") }),
    event({ ...head, choices: at(0, {}, "stop") }),
    event({ ...head, choices: [], usage: { prompt_tokens: 1, completion_tokens: 6, total_tokens: 7 } }),
    event("[DONE]"),
  ].join("")
}

export const chatStreams: Readonly<Record<string, string>> = {
  openai: openai(),
  "vllm with reasoning": vllmReasoning(),
  "parallel tool calls": tools(),
  "tool calls without index and id": sloppyTools(),
  azure: azure(),
  openrouter: openrouter(),
  "two choices": severalChoices(),
  "windows line ends": tools().replaceAll("\n", "\r\n"),
  "a byte order mark and no last blank line": `\ufeff${openai().trimEnd()}`,
}
