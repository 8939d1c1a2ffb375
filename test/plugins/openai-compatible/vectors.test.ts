import { describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/openai-compatible/definition.ts"
import { vectorRows } from "../../../plugins/openai-compatible/vectors.ts"
import { vendors } from "../../../plugins/openai-compatible/vendors.ts"
import type { EmbeddingsRequest, JsonObject, RerankRequest } from "../../../src/contract/index.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"
import { settingsFor, vendorOf } from "./kit.ts"

const options = { account: "0123456789abcdef0123456789abcdef" }

/** What a vendor is asked, word for word. */
const golden = async (slug: string, model: string, request: Partial<EmbeddingsRequest> & Partial<RerankRequest>) => {
  await using server = startMediaServer(({ path }) =>
    path.includes("rerank")
      ? { results: [{ index: 0, relevance_score: 1 }] }
      : { data: [{ index: 0, embedding: [1] }], usage: { total_tokens: 3 } },
  )
  const { abilities } = defineVendor(vendorOf(slug)).create(
    settingsFor(slug, { baseUrl: `${server.url}/v1`, ...(vendorOf(slug).urlOptions ? { options } : {}) }),
  )
  const { call, lost } = abilityCall(model)
  if (request.documents === undefined)
    await abilities?.embeddings?.run(
      { model, input: [{ type: "text", text: "a" }], encoding: "float", ...request },
      call,
    )
  else await abilities?.rerank?.run({ model, query: "q", documents: [], ...request }, call)
  const asked = server.requests[0]
  return { path: asked?.path, body: asked?.json, lost: lost() }
}

describe("embeddings, asked for with everything", () => {
  const all = { dimensions: 256, encoding: "base64", inputType: "search_query", user: "u" } as const
  const cases: readonly (readonly [string, string, string, JsonObject, readonly string[]])[] = [
    [
      "voyage",
      "voyage-3.5",
      "/v1/embeddings",
      { input: ["a"], output_dimension: 256, encoding_format: "base64", input_type: "query" },
      ["dropped user"],
    ],
    [
      "voyage",
      "voyage-multimodal-3.5",
      "/v1/multimodalembeddings",
      {
        inputs: [{ content: [{ type: "text", text: "a" }] }],
        output_dimension: 256,
        output_encoding: "base64",
        input_type: "query",
      },
      ["dropped user"],
    ],
    [
      "jina",
      "jina-embeddings-v4",
      "/v1/embeddings",
      { input: ["a"], dimensions: 256, embedding_type: "base64", task: "retrieval.query" },
      ["dropped user"],
    ],
    [
      "nomic",
      "nomic-embed-text-v1.5",
      "/v1/embedding/text",
      { texts: ["a"], dimensionality: 256, task_type: "search_query" },
      ["dropped user"],
    ],
    [
      "mistral",
      "codestral-embed",
      "/v1/embeddings",
      { input: ["a"], output_dimension: 256 },
      ["dropped user", "dropped input_type"],
    ],
    [
      "mistral",
      "mistral-embed",
      "/v1/embeddings",
      { input: ["a"] },
      ["dropped dimensions", "dropped user", "dropped input_type"],
    ],
    [
      "nvidia",
      "nvidia/nv-embedqa",
      "/v1/embeddings",
      { input: ["a"], dimensions: 256, encoding_format: "base64", input_type: "query" },
      ["dropped user"],
    ],
    ["together", "m", "/v1/embeddings", { input: ["a"] }, ["dropped dimensions", "dropped user", "dropped input_type"]],
    ["ollama", "m", "/v1/embeddings", { input: ["a"], dimensions: 256 }, ["dropped user", "dropped input_type"]],
    [
      "openrouter",
      "openai/text-embedding-3-small",
      "/v1/embeddings",
      { input: ["a"], dimensions: 256, encoding_format: "base64", input_type: "search_query", user: "u" },
      [],
    ],
    [
      "vllm",
      "m",
      "/v1/embeddings",
      { input: ["a"], dimensions: 256, encoding_format: "base64", user: "u" },
      ["dropped input_type"],
    ],
  ]
  for (const [slug, model, path, body, lost] of cases)
    test(`${slug}, ${model}`, async () => {
      expect(await golden(slug, model, all)).toEqual({ path, body: { model, ...body }, lost: [...lost] })
    })

  test("a word that the vendor has none for is told as lost; its own words pass", async () => {
    const asked = await golden("voyage", "voyage-3.5", { inputType: "clustering" })
    expect(asked).toMatchObject({ body: { model: "voyage-3.5", input: ["a"] }, lost: ["dropped input_type"] })
    expect((await golden("jina", "m", { inputType: "text-matching" })).body).toMatchObject({ task: "text-matching" })
  })

  test("an asymmetric model gets the side that it demands", async () => {
    const { body, lost } = await golden("nvidia", "m", {})
    expect(body).toMatchObject({ input_type: "passage" })
    expect(lost).toEqual(["approximated input_type"])
  })

  test("an image, as each vendor writes it", async () => {
    const media = { type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" } } as const
    const input = [{ type: "content", content: [media] }] as const
    const url = "data:image/png;base64,iVBORw0KGgo="
    expect((await golden("jina", "m", { input })).body).toMatchObject({ input: [{ image: url }] })
    expect((await golden("voyage", "voyage-multimodal-3", { input })).body).toMatchObject({
      inputs: [{ content: [{ type: "image_base64", image_base64: url }] }],
    })
    expect((await golden("openrouter", "m", { input })).body).toMatchObject({
      input: [{ content: [{ type: "image_url", image_url: { url } }] }],
    })
  })
})

describe("rerank", () => {
  const documents = [{ text: "a" }]
  const cases: readonly (readonly [string, string, JsonObject])[] = [
    ["voyage", "rerank-2.5", { documents: ["a"], top_k: 1 }],
    ["jina", "jina-reranker-v2", { documents: ["a"], top_n: 1, return_documents: false }],
    ["together", "m", { documents: ["a"], top_n: 1 }],
    ["llama-cpp", "m", { documents: ["a"], top_n: 1 }],
    ["openrouter", "cohere/rerank-v3.5", { documents: ["a"], top_n: 1 }],
  ]
  for (const [slug, model, body] of cases)
    test(slug, async () => {
      const asked = await golden(slug, model, { documents, topN: 1 })
      expect(asked).toEqual({ path: "/v1/rerank", body: { model, query: "q", ...body }, lost: [] })
    })
})

describe("the table", () => {
  test("names vendors that there are", () => {
    const slugs = new Set(vendors.map(({ slug }) => slug))
    expect(Object.keys(vectorRows).filter((slug) => !slugs.has(slug))).toEqual([])
  })

  test("a vendor that does not talk is there for its abilities", () => {
    for (const vendor of vendors.filter(({ chat }) => chat === false)) {
      const provider = defineVendor(vendor).create(settingsFor(vendor.slug))
      expect(provider.wire).toBeUndefined()
      expect(Object.keys(provider.abilities ?? {})).not.toBeEmpty()
    }
  })

  test("a vendor that only talks has none", () => {
    expect(defineVendor(vendorOf("deepseek")).create(settingsFor("deepseek")).abilities?.embeddings).toBeUndefined()
  })

  test("a vendor's words for failures hold for abilities too", () => {
    const { abilities } = defineVendor(vendorOf("siliconflow")).create(settingsFor("siliconflow"))
    const failure = { status: 403, headers: new Headers(), body: '{"message":"balance is insufficient"}' }
    expect(abilities?.embeddings?.classify?.(failure)).toMatchObject({ code: "provider_quota" })
  })
})
