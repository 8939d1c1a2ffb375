import type { ChatRequest, JsonObject } from "../contract/index.ts"
import { chatRequest, say } from "./case.ts"

const weather: JsonObject = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
}
const tool = { type: "function", name: "weather", description: "Tells the weather", parameters: weather } as const
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/** Requests of every kind that a client may send; no encoder may fail on one of them. */
export const requestCorpus: Readonly<Record<string, ChatRequest>> = {
  "plain text": chatRequest(),
  "not streamed": chatRequest({ stream: false }),
  "empty text": chatRequest({ messages: [say("")] }),
  "system, developer and several turns": chatRequest({
    messages: [
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      { role: "developer", content: [{ type: "text", text: "Speak English." }] },
      say("one"),
      { role: "assistant", content: [{ type: "text", text: "two" }] },
      say("three"),
      say("four"),
    ],
  }),
  "only a system message": chatRequest({
    messages: [{ role: "system", content: [{ type: "text", text: "Say hi." }] }],
  }),
  "an assistant turn last": chatRequest({
    messages: [say("one"), { role: "assistant", content: [{ type: "text", text: "The answer is" }] }],
  }),
  tools: chatRequest({ tools: [tool], toolChoice: "auto", parallelToolCalls: false }),
  "a forced tool": chatRequest({ tools: [tool], toolChoice: { name: "weather" } }),
  "a required tool": chatRequest({ tools: [tool], toolChoice: "required" }),
  "no tool": chatRequest({ tools: [tool], toolChoice: "none" }),
  "tool calls and results": chatRequest({
    tools: [tool],
    messages: [
      say("Weather in Rome and Oslo?"),
      {
        role: "assistant",
        content: [
          { type: "text", text: "Let me look." },
          { type: "tool-call", id: "call_1", name: "weather", arguments: '{"city":"Rome"}', kind: "function" },
          { type: "tool-call", id: "call_2", name: "weather", arguments: "{}", kind: "function" },
        ],
      },
      { role: "tool", callId: "call_1", content: [{ type: "text", text: "sunny" }] },
      { role: "tool", callId: "call_2", content: [], isError: true },
    ],
  }),
  "a custom tool": chatRequest({ tools: [{ type: "custom", name: "shell", format: { type: "text" } }] }),
  "images, files, audio and video": chatRequest({
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "media", kind: "image", source: { type: "data", base64: pixel }, mime: "image/png" },
          { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" }, detail: "low" },
          {
            type: "media",
            kind: "file",
            source: { type: "data", base64: "JVBERi0=" },
            mime: "application/pdf",
            name: "a.pdf",
          },
          { type: "media", kind: "file", source: { type: "id", id: "file_1" } },
          { type: "media", kind: "audio", source: { type: "data", base64: "AAAA" }, mime: "audio/wav" },
          { type: "media", kind: "video", source: { type: "url", url: "https://example.com/a.mp4" } },
        ],
      },
    ],
  }),
  "reasoning asked for": chatRequest({ reasoning: { effort: "high", summary: "auto" }, maxOutputTokens: 4000 }),
  "a reasoning budget": chatRequest({ reasoning: { budget: 2048 }, maxOutputTokens: 4000 }),
  "reasoning switched off": chatRequest({ reasoning: { effort: "none", enabled: false } }),
  "reasoning of earlier turns, of several origins": chatRequest({
    messages: [
      say("one"),
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "thinking", signature: "c2ln", format: "anthropic-claude-v1" },
          { type: "reasoning", encrypted: "ZW5j", id: "rs_1", format: "openai-responses-v1" },
          { type: "reasoning", text: "free", format: "unknown" },
          { type: "text", text: "two" },
        ],
      },
      say("three"),
    ],
  }),
  "a JSON schema": chatRequest({
    responseFormat: { type: "json-schema", name: "answer", schema: weather, strict: true },
  }),
  "a JSON object": chatRequest({ responseFormat: { type: "json-object" } }),
  "all sampling fields": chatRequest({
    sampling: {
      temperature: 1.9,
      topP: 0.5,
      topK: 40,
      minP: 0.1,
      topA: 0.2,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      repetitionPenalty: 1.1,
      seed: 7,
      logitBias: { "50256": -100 },
      logprobs: true,
      topLogprobs: 3,
    },
  }),
  "limits and stops": chatRequest({ maxOutputTokens: 1, stop: ["END", "\n"], choices: 3 }),
  "cache breakpoints": chatRequest({
    cache: { ttl: "1h" },
    promptCacheKey: "key",
    messages: [{ role: "user", content: [{ type: "text", text: "long", cache: { ttl: "5m" } }] }],
  }),
  "labels and tiers": chatRequest({
    user: "user-1",
    metadata: { team: "a" },
    serviceTier: "flex",
    verbosity: "low",
    modalities: ["text", "image"],
  }),
  "fields of another dialect": chatRequest({
    extras: { elsewhere: { field: { nested: [1, null, "x"] } } },
    messages: [
      {
        role: "user",
        content: [
          { type: "opaque", dialect: "elsewhere", data: { type: "x" } },
          { type: "text", text: "y" },
        ],
      },
    ],
  }),
}

/** What upstreams answer when they fail. `codes` are the ones that a classification may give. */
export const failureTable: readonly {
  readonly name: string
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly codes: readonly string[]
}[] = [
  {
    name: "a rate limit with Retry-After",
    status: 429,
    body: '{"error":{"message":"Rate limit reached"}}',
    headers: { "retry-after": "7" },
    codes: ["rate_limited"],
  },
  { name: "wrong credentials", status: 401, body: '{"error":{"message":"Invalid API key"}}', codes: ["provider_auth"] },
  {
    name: "an unknown model",
    status: 404,
    body: '{"error":{"message":"The model `x` does not exist"}}',
    codes: ["upstream_model_not_found"],
  },
  {
    name: "a request that the upstream refuses",
    status: 400,
    body: '{"error":{"message":"messages: something is wrong"}}',
    codes: ["upstream_invalid_request", "unsupported_parameter"],
  },
  { name: "an overloaded upstream", status: 503, body: "overloaded", codes: ["provider_overloaded", "provider_down"] },
  {
    name: "a page of a proxy",
    status: 502,
    body: "<html><h1>Bad Gateway</h1></html>",
    codes: ["provider_down", "provider_overloaded"],
  },
  { name: "an internal error", status: 500, body: "{}", codes: ["provider_down", "provider_overloaded"] },
]

/** Bodies and events that make no sense to any dialect. */
export const oddTexts: readonly string[] = [
  "",
  " ",
  "{",
  "null",
  "[]",
  "{}",
  '"text"',
  "[DONE]",
  '{"choices":null}',
  '{"type":"no_such_event"}',
  '{"candidates":[]}',
]
