import { describe, expect, test } from "bun:test"
import { GatewayError, type ModelListing } from "../../src/contract/index.ts"
import { definitions, listingOf, readList } from "../kit/listings.ts"

const bedrock = { options: { region: "eu-central-1" } }

describe("where the list is", () => {
  test.each([
    ["openai", "https://api.openai.com/v1/models", "authorization", "Bearer key-1"],
    ["groq", "https://api.groq.com/openai/v1/models", "authorization", "Bearer key-1"],
    ["openrouter", "https://openrouter.ai/api/v1/models", "authorization", "Bearer key-1"],
    ["github-models", "https://models.github.ai/catalog/models", "authorization", "Bearer key-1"],
    ["vllm", "http://127.0.0.1:8000/v1/models", "authorization", "Bearer key-1"],
    ["ollama", "http://127.0.0.1:11434/api/tags", "authorization", "Bearer key-1"],
    ["anthropic", "https://api.anthropic.com/v1/models?limit=1000", "x-api-key", "key-1"],
    ["google", "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000", "x-goog-api-key", "key-1"],
    ["cohere", "https://api.cohere.com/v1/models?page_size=1000", "authorization", "Bearer key-1"],
    ["mistral", "https://api.mistral.ai/v1/models", "authorization", "Bearer key-1"],
  ])("%s: %s", (id, url, header, value) => {
    const endpoint = listingOf(id).endpoint()
    expect(endpoint.url).toBe(url)
    expect(endpoint.headers[header]).toBe(value)
    expect(endpoint.headers).not.toHaveProperty("content-type")
  })

  test("behind an address of one's own it is there", () => {
    const own = { baseUrl: "http://127.0.0.1:9/proxy/v1" }
    expect(listingOf("openai", own).endpoint().url).toBe("http://127.0.0.1:9/proxy/v1/models")
    expect(listingOf("anthropic", own).endpoint().url).toBe("http://127.0.0.1:9/proxy/v1/models?limit=1000")
  })

  test.each(["perplexity", "voyage", "databricks", "mock"])("%s has none", (id) => {
    const options = id === "databricks" ? { host: "a.example.com" } : {}
    const { listing } = definitions.get(id)!.create({ id, apiKey: "k", headers: {}, options })
    expect(listing).toBeUndefined()
  })

  test("every list is at the host that requests go to", () => {
    for (const [id, definition] of definitions) {
      const settings = { id, apiKey: "k", baseUrl: "http://127.0.0.1:9/v1", headers: {}, options: {} }
      let listing: ModelListing | undefined
      try {
        listing = definition.create(settings).listing
      } catch (thrown) {
        // It wants more than a key and an address.
        if (!GatewayError.is(thrown)) throw thrown
      }
      if (listing) expect([id, new URL(listing.endpoint().url).origin]).toEqual([id, "http://127.0.0.1:9"])
    }
  })
})

describe("what lists in forms of their own say", () => {
  test("Anthropic, page by page", () => {
    const data = [
      {
        type: "model",
        id: "claude-opus-4-5-20251101",
        display_name: "Claude Opus 4.5",
        created_at: "2025-11-24T00:00:00Z",
        max_input_tokens: 200000,
        max_tokens: 64000,
      },
    ]
    expect(readList("anthropic", { data, has_more: true, last_id: "claude-opus-4-5-20251101" })).toEqual([
      {
        upstream: "claude-opus-4-5-20251101",
        name: "Claude Opus 4.5",
        context: 200000,
        maxOutput: 64000,
        created: 1763942400,
      },
    ])
    const listing = listingOf("anthropic")
    expect(listing.next?.({ data: [], has_more: true, last_id: "a b" })?.url).toBe(
      "https://api.anthropic.com/v1/models?limit=1000&after_id=a+b",
    )
    expect(listing.next?.({ data: [], has_more: false, last_id: "a" })).toBeUndefined()
    expect(listing.next?.({ data: [], has_more: true, last_id: null })).toBeUndefined()
  })

  test("Google, page by page", () => {
    const models = [
      {
        name: "models/gemini-3-pro",
        displayName: "Gemini 3 Pro",
        inputTokenLimit: 1048576,
        outputTokenLimit: 65536,
        supportedGenerationMethods: ["generateContent", "countTokens"],
        thinking: true,
      },
      { name: "models/gemini-2.5-flash-preview-tts", supportedGenerationMethods: ["generateContent"] },
      { name: "models/gemini-embedding-001", inputTokenLimit: 2048, supportedGenerationMethods: ["embedContent"] },
      { name: "models/imagen-4.0", supportedGenerationMethods: ["predict"] },
      { name: "models/veo-3", supportedGenerationMethods: ["predictLongRunning"] },
      { name: "models/gemini-live", supportedGenerationMethods: ["bidiGenerateContent"] },
    ]
    expect(readList("google", { models })).toEqual([
      {
        upstream: "gemini-3-pro",
        name: "Gemini 3 Pro",
        context: 1048576,
        maxOutput: 65536,
        traits: { reasoning: true },
      },
      { upstream: "gemini-2.5-flash-preview-tts", kind: "speech" },
      { upstream: "gemini-embedding-001", kind: "embeddings", context: 2048 },
      { upstream: "imagen-4.0", kind: "images" },
    ])
    const next = listingOf("google").next?.({ models: [], nextPageToken: "t&1" })
    expect(new URL(next!.url).searchParams.get("pageToken")).toBe("t&1")
    expect(next?.headers["x-goog-api-key"]).toBe("key-1")
    expect(listingOf("google").next?.({ models: [] })).toBeUndefined()
  })

  test("Cohere, page by page", () => {
    const models = [
      {
        name: "command-a-03-2025",
        endpoints: ["chat", "generate"],
        context_length: 288000,
        features: ["tools", "json_mode"],
      },
      { name: "embed-v4.0", endpoints: ["embed"], context_length: 128000, is_deprecated: true },
      { name: "rerank-v3.5", endpoints: ["rerank"] },
      { name: "old", endpoints: ["classify"] },
    ]
    expect(readList("cohere", { models })).toEqual([
      { upstream: "command-a-03-2025", context: 288000, traits: { tools: true, vision: false } },
      { upstream: "embed-v4.0", kind: "embeddings", context: 128000, deprecated: true },
      { upstream: "rerank-v3.5", kind: "rerank" },
    ])
    expect(listingOf("cohere").next?.({ models: [], next_page_token: "x" })?.url).toContain("page_token=x")
  })

  test("Ollama: what is on the disk, and what each can do", () => {
    const models = [
      {
        name: "llama3.2:latest",
        model: "llama3.2:latest",
        modified_at: "2026-01-01T00:00:00Z",
        details: { quantization_level: "Q4_K_M" },
      },
      { name: "gpt-oss:20b", model: "gpt-oss:20b", details: { quantization_level: "MXFP4" } },
    ]
    expect(readList("ollama", { models })).toEqual([
      { upstream: "llama3.2:latest", quantization: "int4", openWeights: true },
      { upstream: "gpt-oss:20b", quantization: "mxfp4", openWeights: true },
    ])
    const details = listingOf("ollama").details!
    expect(details.request("llama3.2:latest")).toMatchObject({
      url: "http://127.0.0.1:11434/api/show",
      body: '{"model":"llama3.2:latest"}',
    })
    const info = { "general.architecture": "llama", "llama.context_length": 131072 }
    expect(details.read({ model_info: info, capabilities: ["completion", "tools"] })).toEqual({
      context: 131072,
      traits: { tools: true, vision: false, reasoning: false },
    })
    expect(details.read({ model_info: info, parameters: "stop x\nnum_ctx    8192" })).toEqual({ context: 8192 })
    expect(details.read({ capabilities: ["embedding"] })).toEqual({ kind: "embeddings" })
  })

  test("Bedrock: models that can be called, then inference profiles, signed for GET", async () => {
    const secret = { ...bedrock, options: { ...bedrock.options, access_key_id: "AKIA", secret_access_key: "s" } }
    const { apiKey: _, ...settings } = { id: "mine", apiKey: "", headers: {}, ...secret }
    const listing = definitions.get("amazon-bedrock")!.create(settings).listing!
    expect(listing.endpoint().url).toBe("https://bedrock.eu-central-1.amazonaws.com/foundation-models")
    const modelSummaries = [
      {
        modelId: "amazon.nova-lite-v1:0",
        modelName: "Nova Lite",
        inputModalities: ["TEXT", "IMAGE"],
        outputModalities: ["TEXT"],
        inferenceTypesSupported: ["ON_DEMAND"],
        modelLifecycle: { status: "LEGACY" },
      },
      {
        modelId: "amazon.titan-embed-text-v2:0",
        inputModalities: ["TEXT"],
        outputModalities: ["EMBEDDING"],
        inferenceTypesSupported: ["ON_DEMAND"],
      },
      { modelId: "anthropic.claude-x", outputModalities: ["TEXT"], inferenceTypesSupported: ["INFERENCE_PROFILE"] },
    ]
    expect(listing.read({ modelSummaries })).toEqual([
      {
        upstream: "amazon.nova-lite-v1:0",
        name: "Nova Lite",
        input: ["text", "image"],
        traits: { vision: true },
        deprecated: true,
      },
      { upstream: "amazon.titan-embed-text-v2:0", kind: "embeddings", input: ["text"], traits: { vision: false } },
    ])
    const profiles = listing.next!({ modelSummaries: [] })!
    expect(profiles.url).toContain("/inference-profiles?maxResults=1000&type=SYSTEM_DEFINED")
    const inferenceProfileSummaries = [
      { inferenceProfileId: "eu.anthropic.claude-x", inferenceProfileName: "EU Claude", status: "ACTIVE" },
    ]
    expect(listing.read({ inferenceProfileSummaries })).toEqual([
      { upstream: "eu.anthropic.claude-x", name: "EU Claude" },
    ])
    expect(listing.next!({ inferenceProfileSummaries, nextToken: "a/b" })?.url).toContain("nextToken=a%2Fb")
    expect(listing.next!({ inferenceProfileSummaries })).toBeUndefined()
    const signed = await listing.sign!({ ...profiles, body: "" }, new AbortController().signal)
    expect(signed.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
    )
    expect(listing.partial).toBe(true)
  })

  test("a document of another form is told as such, by every vendor", () => {
    for (const id of ["openai", "openrouter", "anthropic", "google", "cohere", "mistral", "ollama", "vllm"])
      for (const document of [null, "down", {}, { error: { message: "no" } }])
        expect(() => listingOf(id).read(document)).toThrow("no list of models")
  })
})
