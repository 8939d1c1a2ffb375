import { describe, expect, test } from "bun:test"
import { emptyUsage, GatewayError, type Json, type RerankRequest } from "../../../src/contract/index.ts"
import {
  decodeRerankRequest,
  encodeRerankReply,
  mediaEndpoint,
  openAiLikeRerank,
  openrouterFace,
  type RerankQuirks,
  requestyFace,
} from "../../../src/dialects/index.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"

const decode = (more: Readonly<Record<string, Json>>) =>
  decodeRerankRequest({ model: "cohere/rerank-v3.5", query: "fox", documents: ["a", "b"], ...more })

describe("a request", () => {
  test("as OpenRouter's clients write it", () => {
    expect(
      decode({ documents: ["a", { text: "b" }, { image: "https://example.com/c.png" }], top_n: 2, provider: {} }),
    ).toEqual({
      model: "cohere/rerank-v3.5",
      query: "fox",
      documents: [{ text: "a" }, { text: "b" }, { image: "https://example.com/c.png" }],
      topN: 2,
    })
  })

  test("as Cohere's, Jina's and Voyage's clients write it", () => {
    expect(decode({ top_k: 3, return_documents: false, max_tokens_per_doc: 50, query: { text: "fox" } })).toEqual({
      model: "cohere/rerank-v3.5",
      query: "fox",
      documents: [{ text: "a" }, { text: "b" }],
      topN: 3,
      returnDocuments: false,
      extras: { max_tokens_per_doc: 50 },
    })
  })

  test("documents with fields of their own are lines, in the fields that count", () => {
    const documents = [{ title: "A", body: "x", year: 1999 }]
    expect(decode({ documents }).documents).toEqual([{ text: "title: A\nbody: x\nyear: 1999" }])
    expect(decode({ documents, rank_fields: ["title", "year"] }).documents).toEqual([{ text: "title: A\nyear: 1999" }])
    expect(decode({ documents: [{ text: "a", id: "1" }], rank_fields: ["text"] }).documents).toEqual([{ text: "a" }])
  })

  const refusals: readonly (readonly [string, Readonly<Record<string, Json>>, string])[] = [
    ["no model", { model: null }, "model"],
    ["no query", { query: null }, "query"],
    ["an empty query", { query: "" }, "query"],
    ["a query that is no text", { query: 1 }, "query"],
    ["no documents", { documents: null }, "documents"],
    ["an empty list", { documents: [] }, "documents"],
    ["documents that are no list", { documents: "a" }, "documents"],
    ["a number", { documents: ["a", 1] }, "documents[1]"],
    ["an empty object", { documents: [{}] }, "documents[0]"],
    ["a text that is none", { documents: [{ text: 1 }] }, "documents[0].text"],
    ["none at all", { top_n: 0 }, "top_n"],
  ]
  for (const [name, more, param] of refusals)
    test(`refused: ${name}`, () => {
      let thrown: unknown
      try {
        decode(more)
      } catch (error) {
        thrown = error
      }
      expect(GatewayError.is(thrown)).toBe(true)
      expect(thrown).toMatchObject({ code: "invalid_request", param })
    })
})

describe("an answer", () => {
  const identity = { id: "gen-rerank-1", model: "a/b", provider: "p", providerName: "P", createdSeconds: 1 }
  const request = decode({ documents: ["a", { image: "u" }, "c"] })
  const reply = {
    results: [
      { index: 0, score: 0.1 },
      { index: 1, score: 0.9 },
      { index: 2, score: 0.5 },
    ],
    usage: { ...emptyUsage, counters: { searches: 1 } },
  }

  test("is sorted, with an object for each document and what it cost", () => {
    expect(encodeRerankReply(reply, request, identity, openrouterFace, 0.002)).toEqual({
      id: "gen-rerank-1",
      object: "list",
      model: "a/b",
      provider: "P",
      results: [
        { index: 1, relevance_score: 0.9, document: { image: "u" } },
        { index: 2, relevance_score: 0.5, document: { text: "c" } },
        { index: 0, relevance_score: 0.1, document: { text: "a" } },
      ],
      usage: { search_units: 1, cost: 0.002 },
      meta: { billed_units: { search_units: 1 } },
    })
  })

  test("holds no more than were asked for, and no documents where they are not wanted", () => {
    const short: RerankRequest = { ...request, topN: 1, returnDocuments: false }
    const { usage: _, ...uncounted } = reply
    expect(encodeRerankReply(uncounted, short, identity, requestyFace, 0)).toMatchObject({
      results: [{ index: 1, relevance_score: 0.9, document: {} }],
      usage: { total_tokens: 0, cost: 0 },
    })
  })
})

describe("upstreams", () => {
  const run = async (request: Partial<RerankRequest>, quirks: RerankQuirks, answer: Json) => {
    await using server = startMediaServer(() => answer as never)
    const { call, lost } = abilityCall("the-model")
    const whole: RerankRequest = { model: "m", query: "fox", documents: [{ text: "a" }, { text: "b" }], ...request }
    const reply = await openAiLikeRerank(mediaEndpoint(`${server.url}/v1`, {}), quirks).run(whole, call)
    return { reply, lost: lost(), asked: server.requests[0] }
  }
  const results = [
    { index: 0, relevance_score: 0.1 },
    { index: 1, relevance_score: 0.9 },
  ]

  test("Jina's form: tokens, documents stay here", async () => {
    const { reply, asked } = await run(
      { topN: 5, extras: { truncate: true } },
      { returnsDocuments: true },
      { results, usage: { total_tokens: 12 } },
    )
    expect(asked?.path).toBe("/v1/rerank")
    expect(asked?.json).toEqual({
      model: "the-model",
      query: "fox",
      documents: ["a", "b"],
      top_n: 2,
      return_documents: false,
      truncate: true,
    })
    expect(reply.results).toEqual([
      { index: 1, score: 0.9 },
      { index: 0, score: 0.1 },
    ])
    expect(reply.usage?.input.fresh).toBe(12)
  })

  test("Voyage's form: other names on both sides", async () => {
    const { reply, asked, lost } = await run(
      { topN: 1, extras: { foo: 1 } },
      { topN: "top_k", fields: ["truncation"] },
      { data: results },
    )
    expect(asked?.json).toEqual({ model: "the-model", query: "fox", documents: ["a", "b"], top_k: 1 })
    expect(lost).toEqual(["dropped foo"])
    expect(reply.results[0]).toEqual({ index: 1, score: 0.9 })
    expect(reply).not.toHaveProperty("usage")
  })

  test("units of search, from Cohere's place and from OpenRouter's", async () => {
    const cohere = await run({}, {}, { id: "r1", results, meta: { billed_units: { search_units: 2 } } })
    expect(cohere.reply).toMatchObject({ id: "r1", usage: { counters: { searches: 2 } } })
    const openrouter = await run({}, {}, { results, usage: { search_units: 1, total_tokens: 9, cost: 0.1 } })
    expect(openrouter.reply.usage).toMatchObject({
      input: { fresh: 9 },
      counters: { searches: 1 },
      reportedCostUsd: 0.1,
    })
  })

  test("images go where they are taken, and are refused elsewhere", async () => {
    const documents = [{ text: "a" }, { image: "https://example.com/b.png" }]
    const { asked } = await run({ documents }, { documents: "objects" }, { results })
    expect(asked?.json).toMatchObject({ documents: ["a", { image: "https://example.com/b.png" }] })
    const refused = await run({ documents }, {}, { results }).catch((error) => error)
    expect(refused).toMatchObject({ code: "unsupported_parameter", param: "documents[1].image" })
  })

  const broken: readonly (readonly [string, Json])[] = [
    ["no results", {}],
    ["a document that was not sent", { results: [{ index: 2, relevance_score: 1 }] }],
    ["a document twice", { results: [results[0]!, results[0]!] }],
    ["no score", { results: [{ index: 0 }] }],
  ]
  for (const [name, answer] of broken)
    test(`an answer with ${name} is the upstream's failure`, async () => {
      expect(await run({}, {}, answer).catch((error) => error)).toMatchObject({ code: "bad_provider_response" })
    })
})
