import { describe, expect, test } from "bun:test"
import { nativeRequest } from "../../../src/dialects/chat-completions/native/request.ts"
import { chatCompletions, chatCompletionsClient } from "../../../src/dialects/index.ts"
import { openAiProfile } from "../../../src/dialects/model-profiles/openai.ts"
import { validateRequest } from "../../kit/fake-openai/validate.ts"

const models = [
  "gpt-4o-mini",
  "gpt-4o-search-preview",
  "o4-mini",
  "gpt-5",
  "gpt-5.1",
  "gpt-5.6",
  "gpt-6-luna",
  "gpt-6-terra",
]

const hi = [{ role: "user", content: "hi" }]
const tool = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } }

/** Bodies as clients of either face send them. */
const bodies: Readonly<Record<string, object>> = {
  plain: { messages: hi },
  stream: { messages: hi, stream: true },
  "a limit by its old name": { messages: hi, max_tokens: 50 },
  "both limits": { messages: hi, max_tokens: 50, max_completion_tokens: 60 },
  sampling: { messages: hi, temperature: 0.2, top_p: 0.9, top_k: 3, frequency_penalty: 0.1, seed: 3, stop: ["x"] },
  effort: { messages: hi, reasoning_effort: "xhigh" },
  "no effort": { messages: hi, reasoning_effort: "none", temperature: 0.5 },
  "OpenRouter's fields": {
    messages: hi,
    provider: { sort: "price" },
    models: ["a/b"],
    usage: { include: true },
    transforms: [],
  },
  "OpenRouter's reasoning": { messages: hi, reasoning: { effort: "high" } },
  "stream options without a stream": { messages: hi, stream_options: { include_usage: true } },
  tools: { messages: hi, tools: [tool], tool_choice: "auto", parallel_tool_calls: false },
  "a choice without tools": { messages: hi, tools: [], tool_choice: "auto" },
  "roles of all kinds": { messages: [{ role: "system", content: "a" }, { role: "developer", content: "b" }, ...hi] },
  "a reply sent back with everything it had": {
    messages: [
      ...hi,
      {
        role: "assistant",
        content: null,
        refusal: null,
        reasoning: "hm",
        reasoning_details: [{ type: "reasoning.text", text: "hm" }],
        tool_calls: [call],
      },
      { role: "tool", tool_call_id: "c1", content: "done" },
    ],
    tools: [tool],
  },
  "Anthropic's breakpoints": {
    messages: [{ role: "user", content: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }] }],
  },
  "cache fields": { messages: hi, prompt_cache_key: "k", prompt_cache_retention: "24h" },
}

describe("what goes up, read or unread, is taken by the strict API", () => {
  for (const model of models)
    for (const [name, body] of Object.entries(bodies))
      test(`${model}: ${name}`, () => {
        const text = JSON.stringify({ model: `openai/${model}`, ...body })
        const native = nativeRequest(text, { model, profile: openAiProfile(model) })
        // Undefined sends it to the translated lane, which is judged beside this.
        const refusal = native === undefined ? undefined : validateRequest(JSON.parse(native))
        expect(refusal?.body).toBeUndefined()
      })
  for (const model of models)
    for (const [name, body] of Object.entries(bodies))
      test(`${model}: ${name}, translated`, () => {
        const request = chatCompletionsClient.decodeRequest({ model: `openai/${model}`, ...body })
        const target = { model, profile: openAiProfile(model), lose: () => undefined }
        expect(validateRequest(chatCompletions.encodeRequest(request, target))?.body).toBeUndefined()
      })
  test("and a plain request does go untranslated", () => {
    for (const model of models) {
      const text = JSON.stringify({ model: `openai/${model}`, ...bodies.stream })
      const native = nativeRequest(text, { model, profile: openAiProfile(model) })
      expect(JSON.parse(native ?? "{}")).toMatchObject({ model, stream: true, stream_options: { include_usage: true } })
    }
  })
})
