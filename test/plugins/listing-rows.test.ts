import { describe, expect, test } from "bun:test"
import { readList } from "../kit/listings.ts"

describe("what lists in the form of OpenAI's say", () => {
  test("OpenAI: names tell what models are for, and the day they go", () => {
    const data = [
      { id: "gpt-5", object: "model", created: 1754425777, owned_by: "system", shutdown_date: null },
      { id: "gpt-4-0314", object: "model", created: 1687882410, owned_by: "openai", shutdown_date: "2026-03-26" },
      { id: "text-embedding-3-small", created: 1705948997 },
      { id: "gpt-4o-mini-tts" },
      { id: "gpt-4o-transcribe" },
      { id: "gpt-image-1" },
      { id: "omni-moderation-latest" },
      { id: "gpt-realtime" },
      { id: "sora-2" },
    ]
    expect(readList("openai", { object: "list", data })).toEqual([
      { upstream: "gpt-5", created: 1754425777 },
      { upstream: "gpt-4-0314", created: 1687882410, shutdown: "2026-03-26" },
      { upstream: "text-embedding-3-small", kind: "embeddings", created: 1705948997 },
      { upstream: "gpt-4o-mini-tts", kind: "speech" },
      { upstream: "gpt-4o-transcribe", kind: "transcription" },
      { upstream: "gpt-image-1", kind: "images" },
    ])
  })

  test("OpenRouter: prices per token as texts, parameters, modalities", () => {
    const row = {
      id: "anthropic/claude-sonnet-4.5",
      canonical_slug: "anthropic/claude-4.5-sonnet-20250929",
      name: "Anthropic: Claude Sonnet 4.5",
      created: 1759161676,
      description: "Text",
      context_length: 1000000,
      architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"] },
      pricing: {
        prompt: "0.000003",
        completion: "0.000015",
        input_cache_read: "0.0000003",
        internal_reasoning: "0",
        request: "0",
      },
      top_provider: { context_length: 1000000, max_completion_tokens: 64000 },
      supported_parameters: ["tools", "reasoning", "temperature"],
      expiration_date: null,
    }
    const variable = { ...row, id: "openrouter/auto", name: "Auto", pricing: { prompt: "-1", completion: "-1" } }
    const [facts, auto] = readList("openrouter", { data: [row, variable] })
    expect(facts).toEqual({
      upstream: "anthropic/claude-sonnet-4.5",
      name: "Anthropic: Claude Sonnet 4.5",
      description: "Text",
      context: 1000000,
      maxOutput: 64000,
      price: { input: 3, output: 15, cacheRead: 0.3 },
      traits: { tools: true, vision: true, reasoning: true, pdf: true, audio: false, structuredOutput: false },
      input: ["text", "image", "file"],
      output: ["text"],
      parameters: ["tools", "reasoning", "temperature"],
      created: 1759161676,
    })
    expect(auto).not.toHaveProperty("price")
  })

  test("Requesty: prices per token as numbers, with bands", () => {
    const row = {
      id: "vertex/claude-sonnet-4-5",
      api: "chat",
      input_price: 3e-6,
      output_price: 1.5e-5,
      cached_price: 3e-7,
      caching_price: 3.75e-6,
      pricing: [
        { prompt_tokens_threshold: 0, input_price: 3e-6, output_price: 1.5e-5 },
        { prompt_tokens_threshold: 200000, input_price: 6e-6, output_price: 2.25e-5, cached_price: 6e-7 },
      ],
      context_window: 200000,
      max_output_tokens: 64000,
      supports_vision: true,
      supports_reasoning: true,
      supports_tool_calling: true,
    }
    expect(readList("requesty", { data: [row] })).toEqual([
      {
        upstream: "vertex/claude-sonnet-4-5",
        context: 200000,
        maxOutput: 64000,
        price: {
          input: 3,
          output: 15,
          cacheRead: 0.3,
          cacheWrite: 3.75,
          tiers: [{ above: 200000, input: 6, output: 22.5, cacheRead: 0.6 }],
        },
        traits: { tools: true, vision: true, reasoning: true },
      },
    ])
  })

  test("Together: a bare list, prices per million, kinds", () => {
    const rows = [
      {
        id: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        type: "chat",
        display_name: "Llama 3.3",
        context_length: 131072,
        pricing: { hourly: 0, input: 0.88, output: 0.88, base: 0 },
      },
      { id: "BAAI/bge-large", type: "embedding", pricing: { input: 0.02, output: 0 } },
      { id: "x/guard", type: "moderation" },
    ]
    expect(readList("together", rows)).toEqual([
      {
        upstream: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        name: "Llama 3.3",
        context: 131072,
        price: { input: 0.88, output: 0.88 },
      },
      { upstream: "BAAI/bge-large", kind: "embeddings", price: { input: 0.02, output: 0 } },
    ])
  })

  test("DeepInfra: prices per million in the metadata", () => {
    const metadata = {
      context_length: 163840,
      pricing: { input_tokens: 0.5, output_tokens: 2.15, cache_read_tokens: 0.4 },
    }
    expect(readList("deepinfra", { data: [{ id: "deepseek-ai/DeepSeek-R1", metadata }] })).toEqual([
      { upstream: "deepseek-ai/DeepSeek-R1", context: 163840, price: { input: 0.5, output: 2.15, cacheRead: 0.4 } },
    ])
  })

  test("Groq: windows; what is not active is not there", () => {
    const data = [
      {
        id: "llama-3.3-70b-versatile",
        active: true,
        context_window: 131072,
        max_completion_tokens: 32768,
        created: 1733447754,
      },
      { id: "old", active: false },
    ]
    expect(readList("groq", { data })).toEqual([
      { upstream: "llama-3.3-70b-versatile", context: 131072, maxOutput: 32768, created: 1733447754 },
    ])
  })

  test("vLLM: the window, and no date, which is that of the question", () => {
    expect(readList("vllm", { data: [{ id: "qwen", created: 1763000000, max_model_len: 32768 }] })).toEqual([
      { upstream: "qwen", context: 32768 },
    ])
  })

  test("numbers of a server that nobody knows are no prices, for they could be per token or per million", () => {
    const data = [{ id: "a", pricing: { prompt: 3, completion: 15 } }]
    expect(readList("openai-compatible", { data }, { baseUrl: "http://127.0.0.1:9/v1" })).toEqual([{ upstream: "a" }])
  })

  test("Mistral: capabilities", () => {
    const can = { completion_chat: true, function_calling: true, vision: false }
    const data = [
      {
        id: "mistral-large-latest",
        created: 1763000000,
        capabilities: can,
        name: "mistral-large-2512",
        max_context_length: 131072,
        deprecation: "2027-01-31T00:00:00Z",
        type: "base",
      },
      { id: "mistral-embed", capabilities: { ...can, completion_chat: false }, type: "base" },
      { id: "voxtral-mini-transcribe", capabilities: { completion_chat: false, audio_transcription: true } },
      { id: "mistral-ocr-latest", capabilities: { completion_chat: false } },
    ]
    expect(readList("mistral", { data })).toMatchObject([
      {
        upstream: "mistral-large-latest",
        context: 131072,
        shutdown: "2027-01-31",
        traits: { tools: true, vision: false },
      },
      { upstream: "mistral-embed", kind: "embeddings" },
      { upstream: "voxtral-mini-transcribe", kind: "transcription" },
    ])
  })
})
