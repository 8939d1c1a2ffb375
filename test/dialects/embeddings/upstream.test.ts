import { describe, expect, test } from "bun:test"
import { type EmbeddingsRequest, isObject, type Json } from "../../../src/contract/index.ts"
import { type EmbeddingQuirks, mediaEndpoint, openAiEmbeddings, vectorAs } from "../../../src/dialects/index.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"

type Answer = Parameters<typeof startMediaServer>[0]

/** Vectors that tell the length of their text, with their places turned round. */
const lengths: Answer = ({ json }) => {
  const texts = isObject(json) ? (json.input as string[]) : []
  const data = texts.map((text, index) => ({ object: "embedding", index, embedding: [text.length, 0.5] }))
  return { object: "list", data: data.toReversed(), usage: { prompt_tokens: texts.length, total_tokens: texts.length } }
}

const run = async (request: Partial<EmbeddingsRequest>, quirks: EmbeddingQuirks = {}, answer: Answer = lengths) => {
  await using server = startMediaServer(answer)
  const { call, lost } = abilityCall("the-model")
  const whole: EmbeddingsRequest = { model: "m", input: [{ type: "text", text: "one" }], encoding: "float", ...request }
  const ability = openAiEmbeddings(mediaEndpoint(`${server.url}/v1?a=1`, { authorization: "Bearer k" }), quirks)
  const reply = await ability.run(whole, call)
  return { reply, lost: lost(), bodies: server.requests.map(({ json }) => json), requests: server.requests }
}
const texts = (...all: readonly string[]) => all.map((text) => ({ type: "text" as const, text }))
const failing = (answer: Json, count = 1) =>
  run({ input: texts(...Array.from({ length: count }, () => "x")) }, {}, () => answer as never)

describe("OpenAI's form", () => {
  test("asks where and how it should", async () => {
    const { requests, reply } = await run({
      input: [...texts("one"), { type: "tokens", tokens: [5, 6] }],
      encoding: "base64",
      dimensions: 2,
      user: "u",
      extras: { truncation: true },
    })
    expect(requests[0]).toMatchObject({ method: "POST", path: "/v1/embeddings?a=1" })
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer k")
    expect(requests[0]?.json).toEqual({
      model: "the-model",
      input: ["one", [5, 6]],
      dimensions: 2,
      encoding_format: "base64",
      user: "u",
      truncation: true,
    })
    expect(reply.usage?.input.fresh).toBe(2)
  })

  test("answers in the order of the input, whatever order they came in", async () => {
    const { reply } = await run({ input: texts("a", "bb", "ccc") })
    expect(reply.vectors).toEqual([{ floats: [1, 0.5] }, { floats: [2, 0.5] }, { floats: [3, 0.5] }])
  })

  test("vectors keep the encoding that they came in", async () => {
    const { reply } = await run({ encoding: "float" }, {}, () => ({ data: [{ index: 0, embedding: "AACAPw==" }] }))
    expect(reply.vectors).toEqual([{ base64: "AACAPw==" }])
    expect(reply).not.toHaveProperty("usage")
  })

  test("a reported cost and media tokens are told", async () => {
    const usage = { prompt_tokens: 9, total_tokens: 9, cost: 0.5, prompt_tokens_details: { image_tokens: 4 } }
    const { reply } = await run({}, {}, () => ({ id: "e1", data: [{ embedding: [1] }], usage }))
    expect(reply).toMatchObject({ id: "e1", usage: { input: { fresh: 5, image: 4 }, reportedCostUsd: 0.5 } })
  })
})

describe("batches", () => {
  test("are split at the vendor's limit, joined in order, usage summed", async () => {
    const words = Array.from({ length: 25 }, (_, index) => "x".repeat(index + 1))
    const { reply, bodies } = await run({ input: texts(...words) }, { batch: 4 })
    const sizes = bodies.map((body) => (isObject(body) ? (body.input as string[]).length : 0))
    expect(sizes.toSorted()).toEqual([1, 4, 4, 4, 4, 4, 4])
    expect(reply.vectors.map((vector) => vectorAs(vector, "float")[0])).toEqual(words.map(({ length }) => length))
    expect(reply.usage?.input.fresh).toBe(25)
  })

  test("of which one does not tell its usage have none, so that the gateway estimates", async () => {
    const { reply } = await run({ input: texts("a", "b") }, { batch: 1 }, ({ json }, index) => {
      const { usage, ...rest } = lengths({ json } as never, index) as { usage: Json }
      return index === 0 ? ({ ...rest, usage } as never) : (rest as never)
    })
    expect(reply.vectors).toHaveLength(2)
    expect(reply).not.toHaveProperty("usage")
  })

  test("stop at the first failure", async () => {
    let asked = 0
    const input = texts(...Array.from({ length: 40 }, () => "x"))
    const attempt = run({ input }, { batch: 1 }, () => {
      asked++
      return new Response("no", { status: 500 })
    })
    expect(await attempt.catch((error: Error) => error.message)).toContain("500")
    expect(asked).toBeLessThan(10)
  })
})

describe("what a vendor has not", () => {
  test("is told as lost", async () => {
    const quirks: EmbeddingQuirks = { dimensions: false, user: false, encoding: false, fields: ["truncation"] }
    const asked = { dimensions: 2, user: "u", inputType: "search_query", encoding: "base64" } as const
    const { bodies, lost } = await run({ ...asked, extras: { truncation: true, store: true } }, quirks)
    expect(bodies[0]).toEqual({ model: "the-model", input: ["one"], truncation: true })
    expect(lost).toEqual(["dropped dimensions", "dropped user", "dropped store", "dropped input_type"])
  })

  test("tokens and media are refused by name, and other upstreams may be asked", async () => {
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a" } } as const
    const tokens = run({ input: [{ type: "tokens", tokens: [1] }] }, { tokens: false })
    expect(await tokens.catch((error) => error)).toMatchObject({
      code: "unsupported_parameter",
      param: "input[0]",
      retry: "next",
    })
    const media = run({ input: [...texts("a"), { type: "content", content: [image] }] })
    expect(await media.catch((error) => error)).toMatchObject({ code: "unsupported_parameter", param: "input[1]" })
  })

  test("several texts in one input are one text", async () => {
    const content = [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ] as const
    expect((await run({ input: [{ type: "content", content }] })).bodies[0]).toMatchObject({ input: ["a\nb"] })
  })
})

describe("an answer that is none", () => {
  const cases: readonly (readonly [string, Json, string])[] = [
    ["too few vectors", { data: [] }, "0 vectors for 1 inputs"],
    ["no list", { data: "x" }, "0 vectors for 1 inputs"],
    ["no vector", { data: [{ index: 0 }] }, "not a vector"],
    ["nulls", { data: [{ embedding: [1, null] }] }, "not a vector"],
    ["several vectors for one input", { data: [{ embedding: [[1], [2]] }] }, "not a vector"],
  ]
  for (const [name, answer, words] of cases)
    test(name, async () => {
      const thrown = await failing(answer).catch((error) => error)
      expect(thrown).toMatchObject({ code: "bad_provider_response", retry: "same" })
      expect(thrown.message).toContain(words)
    })

  test("an error inside a 200 is that error", async () => {
    const thrown = await failing({ error: { message: "model 'x' not found", code: 404 } }).catch((error) => error)
    expect(thrown).toMatchObject({ code: "upstream_model_not_found" })
  })
})
