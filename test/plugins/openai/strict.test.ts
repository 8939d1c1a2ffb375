import { describe, expect, test } from "bun:test"
import type { ChatRequest, JsonObject, Loss, Tool } from "../../../src/contract/index.ts"
import { chatCompletions } from "../../../src/dialects/index.ts"
import { openAiProfile } from "../../../src/dialects/model-profiles/openai.ts"
import { validateRequest } from "../../kit/fake-openai/validate.ts"

const models = [
  "gpt-4o-mini",
  "gpt-4o-search-preview",
  "o3",
  "o4-mini",
  "gpt-5",
  "gpt-5-chat-latest",
  "gpt-5.1",
  "gpt-5.4-mini",
  "gpt-5.6",
  "gpt-6-luna",
  "gpt-6-terra",
] as const

const encode = (model: string, request: Partial<ChatRequest>): { body: JsonObject; losses: readonly Loss[] } => {
  const losses: Loss[] = []
  const target = { model, profile: openAiProfile(model), lose: (loss: Loss) => void losses.push(loss) }
  const plain: ChatRequest = {
    model: `openai/${model}`,
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    sampling: {},
    stream: false,
  }
  return { body: chatCompletions.encodeRequest({ ...plain, ...request }, target), losses }
}

const weather: Tool = {
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: {} },
}

/** Requests that clients really send to whatever model, each with something that some OpenAI model refuses. */
const requests: Readonly<Record<string, Partial<ChatRequest>>> = {
  sampling: {
    sampling: {
      temperature: 0.3,
      topP: 0.9,
      topK: 40,
      minP: 0.1,
      topA: 0.2,
      frequencyPenalty: 0.5,
      presencePenalty: 0.5,
      repetitionPenalty: 1.1,
      seed: 7,
      logitBias: { 50256: -100 },
      logprobs: true,
      topLogprobs: 3,
    },
    maxOutputTokens: 100,
    stop: ["END"],
  },
  "sampling without thinking": { sampling: { temperature: 0.3 }, reasoning: { effort: "none" } },
  "least effort": { reasoning: { effort: "minimal" } },
  "most effort": { reasoning: { effort: "max" }, maxOutputTokens: 4000 },
  "a budget": { reasoning: { budget: 2000 }, maxOutputTokens: 8000 },
  "thinking switched off": { reasoning: { enabled: false } },
  tools: { tools: [weather], toolChoice: "required", parallelToolCalls: true },
  "tools while thinking": { tools: [weather], reasoning: { effort: "high" } },
  "a choice without tools": { toolChoice: "auto", tools: [] },
  stream: { stream: true },
  cache: {
    messages: [{ role: "user", content: [{ type: "text", text: "long", cache: { ttl: "1h" } }] }],
    extras: { "chat-completions": { prompt_cache_retention: "24h" } },
  },
  "system and developer": {
    messages: [
      { role: "system", content: [{ type: "text", text: "a" }] },
      { role: "developer", content: [{ type: "text", text: "b" }] },
      { role: "user", content: [{ type: "text", text: "c" }] },
    ],
  },
  "a tool turn with foreign thoughts": {
    tools: [weather],
    messages: [
      { role: "user", content: [{ type: "text", text: "weather?" }] },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", signature: "sig", format: "anthropic-claude-v1" },
          { type: "tool-call", id: "call_1", name: "get_weather", arguments: "{}", kind: "function" },
        ],
      },
      { role: "tool", callId: "call_1", content: [{ type: "text", text: "20" }] },
    ],
  },
}

describe("the strict API takes what is encoded for it", () => {
  for (const model of models)
    for (const [name, request] of Object.entries(requests))
      test(`${model}: ${name}`, () => {
        const refusal = validateRequest(encode(model, request).body)
        expect(refusal?.body).toBeUndefined()
      })
})

describe("what is left out is told", () => {
  test("sampling of a reasoning model", () => {
    const { body, losses } = encode("gpt-5", requests.sampling ?? {})
    const paths = losses.map(({ path }) => path)
    for (const field of ["temperature", "top_p", "top_k", "frequency_penalty", "logit_bias", "logprobs", "stop"]) {
      expect(body).not.toHaveProperty(field)
      expect(paths).toContain(field)
    }
    expect(body).toMatchObject({ max_completion_tokens: 100, seed: 7 })
  })
  test("nothing is lost where the model takes it", () => {
    const { body, losses } = encode("gpt-4o", { sampling: { temperature: 0.3, topP: 0.9, logprobs: true } })
    expect(body).toMatchObject({ temperature: 0.3, top_p: 0.9, logprobs: true })
    expect(losses).toEqual([])
  })
  test("sampling stays while 5.1 does not think", () => {
    const { body, losses } = encode("gpt-5.1", { sampling: { temperature: 0.3 }, reasoning: { effort: "none" } })
    expect(body).toMatchObject({ temperature: 0.3, reasoning_effort: "none" })
    expect(losses).toEqual([])
  })
  test("thinking with tools on 5.6", () => {
    const { body, losses } = encode("gpt-5.6", { tools: [weather], reasoning: { effort: "high" } })
    expect(body.reasoning_effort).toBe("none")
    expect(losses).toHaveLength(1)
  })
  test("gpt-5 thinks as little as it can when it should not", () => {
    const { body, losses } = encode("gpt-5", { reasoning: { effort: "none" } })
    expect(body.reasoning_effort).toBe("minimal")
    expect(losses).toHaveLength(1)
  })
  test("breakpoints reach 5.6 and are a loss before", () => {
    expect(JSON.stringify(encode("gpt-5.6", requests.cache ?? {}).body)).toContain("prompt_cache_breakpoint")
    expect(encode("gpt-5.5", requests.cache ?? {}).losses.map(({ path }) => path)).toContainEqual(
      expect.stringContaining("cache_control"),
    )
  })
})
