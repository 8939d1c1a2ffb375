import { describe, expect, test } from "bun:test"
import type { Profile } from "../../../src/contract/index.ts"
import { createWire } from "./kit.ts"

/** Vendor, model, and flags that must be so; `undefined` = must not be there. */
const cases: readonly (readonly [string, string, { readonly [K in keyof Profile]: Profile[K] | undefined }])[] = [
  [
    "deepseek",
    "deepseek-v4-pro",
    {
      reasoningFormat: "deepseek",
      reasoningEcho: "reasoning_content",
      reasoningEchoTurns: "all",
      reasoningEchoEmpty: true,
    },
  ],
  [
    "deepseek",
    "deepseek-chat",
    { reasoningEcho: "reasoning_content", reasoningEchoTurns: "current", reasoningEchoEmpty: undefined },
  ],
  ["deepseek", "deepseek-r1", { reasoningEcho: undefined, thinkingMandatory: true }],
  [
    "groq",
    "openai/gpt-oss-120b",
    {
      reasoningFormat: "effort",
      reasoningEcho: "reasoning",
      maxTokensField: "max_completion_tokens",
      developerRole: true,
    },
  ],
  ["groq", "qwen/qwen3-32b", { extraBody: { reasoning_format: "parsed" } }],
  ["groq", "llama-3.3-70b-versatile", { reasoningFormat: "none", extraBody: undefined }],
  ["perplexity", "sonar-pro", { tools: false, usageQuirk: "reasoning-outside", reasoningFormat: "none" }],
  ["perplexity", "sonar-reasoning-pro", { thinkTags: true, reasoningFormat: "effort" }],
  ["moonshotai", "kimi-k2.5", { reasoningFormat: "moonshot", usageQuirk: "cached-top-level", noSampling: true }],
  ["moonshotai", "kimi-k3", { reasoningFormat: "none", reasoningEcho: "reasoning_content", thinkingMandatory: true }],
  ["moonshotai", "moonshot-v1-8k", { reasoningFormat: "none", noSampling: undefined, maxTemperature: 1 }],
  ["alibaba", "qwen3-max", { reasoningFormat: "qwen", cacheFormat: "anthropic", usageQuirk: "cache-write-inside" }],
  ["zai", "glm-4.6", { reasoningFormat: "zai", extraBody: { tool_stream: true } }],
  ["zai", "glm-4-plus", { reasoningFormat: "none", extraBody: undefined }],
  ["together", "Qwen/Qwen3-235B", { reasoningFormat: "together", strictTools: false }],
  ["together", "openai/gpt-oss-20b", { reasoningFormat: "effort" }],
  ["cerebras", "zai-glm-4.7", { maxTokensField: "max_completion_tokens" }],
  ["baseten", "deepseek-ai/DeepSeek-V3.2", { reasoningFormat: "chat-template", templateField: "chat_template_args" }],
  ["nvidia", "nvidia/nemotron", { reasoningFormat: "none" }],
  ["xai", "grok-4", { reasoningFormat: "none" }],
  ["xai", "grok-4.20-reasoning", { reasoningFormat: "none" }],
  ["xai", "grok-3-mini", { reasoningFormat: "effort" }],
  [
    "openrouter",
    "anthropic/claude-sonnet-4",
    { developerRole: true, cacheFormat: "anthropic", reasoningEcho: "reasoning_details" },
  ],
  [
    "openrouter",
    "meta-llama/llama-3.3",
    { developerRole: false, cacheFormat: undefined, reasoningFormat: "openrouter" },
  ],
  [
    "github-models",
    "openai/gpt-5-mini",
    { developerRole: true, maxTokensField: "max_completion_tokens", noSampling: true },
  ],
  ["github-models", "openai/gpt-5-chat", { developerRole: false, noSampling: undefined }],
  ["litellm", "claude", { toolsWithToolHistory: true }],
  ["vllm", "Qwen/Qwen3-8B", { reasoningFormat: "chat-template", developerRole: false, strictTools: false }],
  ["ollama", "llama3.2", { reasoningFormat: "effort", mediaUrls: false }],
  [
    "openai-compatible",
    "anything",
    { developerRole: false, maxTokensField: "max_tokens", reasoningFormat: "none", strictTools: false },
  ],
]

describe("a model's flags", () => {
  for (const [slug, model, wanted] of cases)
    test(`${slug} ${model}`, () => {
      const own = slug === "openai-compatible" ? { baseUrl: "http://127.0.0.1:9/v1" } : {}
      const profile = createWire(slug, own).profile(model)
      for (const [flag, value] of Object.entries(wanted))
        expect([flag, profile[flag as keyof Profile]]).toEqual([flag, value])
    })
})

test("the operator's flags win over those of the row and of its model rules", () => {
  const profile = createWire("groq", {
    options: { profile: { reasoningFormat: "none", maxTokensField: "max_tokens", dropFields: [], thinkTags: true } },
  }).profile("openai/gpt-oss-20b")
  expect(profile).toMatchObject({
    reasoningFormat: "none",
    maxTokensField: "max_tokens",
    dropFields: [],
    thinkTags: true,
  })
  expect(profile.reasoningEcho).toBe("reasoning")
})
