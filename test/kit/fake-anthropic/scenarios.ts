import { isObject, type JsonObject } from "../../../src/contract/index.ts"
import { signatureOf } from "./validate.ts"

export interface Answer {
  readonly content: readonly JsonObject[]
  readonly stop?: string
  readonly stopFields?: JsonObject
  readonly usage?: JsonObject
}

const plain = (text: string): Answer => ({ content: [{ type: "text", text }] })

const think = (thinking: string): JsonObject => ({ type: "thinking", thinking, signature: signatureOf(thinking) })

const call = (body: JsonObject, id: string, input: JsonObject, at = 0): JsonObject => {
  const tools = (Array.isArray(body.tools) ? body.tools : []).filter(isObject)
  const name = (tools[at] ?? tools[0])?.name ?? "get_weather"
  const turn = Array.isArray(body.messages) ? body.messages.length : 1
  // An id of its own in every turn of a conversation.
  return { type: "tool_use", id: turn > 1 ? `toolu_${id}_${turn}` : `toolu_${id}`, name, input }
}

/** First words of the last user text → what the model answers. The first tool of the request is the one that is called. */
export const answers: Readonly<Record<string, (body: JsonObject) => Answer>> = {
  "parallel tools": (body) => ({
    content: [
      { type: "text", text: "Looking at both." },
      call(body, "01a", { city: "Paris" }),
      call(body, "01b", { city: "Oslo" }, 1),
    ],
    stop: "tool_use",
  }),
  "zero tool": (body) => ({ content: [call(body, "02", {})], stop: "tool_use" }),
  "thinking tool": (body) => ({
    content: [think("The user wants the weather."), call(body, "03", { city: "Paris" })],
    stop: "tool_use",
    usage: { output_tokens: 40, output_tokens_details: { thinking_tokens: 25 } },
  }),
  thinking: () => ({
    content: [think("Six times seven is 42."), { type: "text", text: "The answer is 42." }],
    usage: { output_tokens: 40, output_tokens_details: { thinking_tokens: 25 } },
  }),
  redacted: () => ({
    content: [
      { type: "redacted_thinking", data: "cmVkYWN0ZWQ=" },
      { type: "text", text: "Done." },
    ],
  }),
  tool: (body) => ({ content: [call(body, "04", { city: "Paris", days: 3 })], stop: "tool_use" }),
  json: (body) => {
    const tools = (Array.isArray(body.tools) ? body.tools : []).filter(isObject)
    const tool = tools.find(({ name }) => String(name).startsWith("json"))
    const answer = { answer: 42 }
    if (tool)
      return {
        content: [
          { type: "text", text: "Here it is:" },
          { type: "tool_use", id: "toolu_05", name: tool.name ?? "", input: answer },
        ],
        stop: "tool_use",
      }
    return plain(JSON.stringify(answer))
  },
  "web search": () => ({
    content: [
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "moon" } },
      {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_1",
        content: [
          { type: "web_search_result", url: "https://example.com/moon", title: "Moon", encrypted_content: "e" },
        ],
      },
      { type: "text", text: "As is known, " },
      {
        type: "text",
        text: "the moon is round.",
        citations: [
          {
            type: "web_search_result_location",
            url: "https://example.com/moon",
            title: "Moon",
            cited_text: "round",
            encrypted_index: "x",
          },
        ],
      },
    ],
    usage: { server_tool_use: { web_search_requests: 1 } },
  }),
  "max tokens": () => ({ ...plain("This goes on and"), stop: "max_tokens" }),
  "stop sequence": () => ({ ...plain("Up to here"), stop: "stop_sequence", stopFields: { stop_sequence: "END" } }),
  refusal: () => ({
    content: [],
    stop: "refusal",
    stopFields: { stop_details: { type: "refusal", category: "bio", explanation: "Not about that." } },
  }),
  "empty answer": () => ({ content: [] }),
  pause: () => ({ ...plain("Still searching."), stop: "pause_turn" }),
  cache: () => ({
    ...plain("Read from the cache."),
    usage: {
      input_tokens: 7,
      cache_read_input_tokens: 1000,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
    },
  }),
}

/** The same for failures before the first byte. */
export const failures: Readonly<
  Record<string, { status: number; error: JsonObject; headers?: Record<string, string> }>
> = {
  "rate limit": {
    status: 429,
    error: { type: "rate_limit_error", message: "This request would exceed your organization's rate limit" },
    headers: { "retry-after": "7" },
  },
  "spend limit": {
    status: 429,
    error: {
      type: "rate_limit_error",
      message: "You have reached your specified API usage limits",
      details: { error_code: "enforced_spend_limit_reached" },
    },
    headers: { "x-should-retry": "false" },
  },
  overloaded: { status: 529, error: { type: "overloaded_error", message: "Overloaded" } },
  "server error": { status: 500, error: { type: "api_error", message: "Internal server error" } },
  "bad key": { status: 401, error: { type: "authentication_error", message: "invalid x-api-key" } },
  "no money": {
    status: 400,
    error: { type: "invalid_request_error", message: "Your credit balance is too low to access the Anthropic API" },
  },
  "missing model": { status: 404, error: { type: "not_found_error", message: "model: claude-nothing" } },
  overflow: {
    status: 400,
    error: { type: "invalid_request_error", message: "prompt is too long: 213462 tokens > 200000 maximum" },
  },
  "too large": { status: 413, error: { type: "request_too_large", message: "Request exceeds the maximum size" } },
  "bad request": {
    status: 400,
    error: { type: "invalid_request_error", message: "max_tokens: Input should be positive" },
  },
}
