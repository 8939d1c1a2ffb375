import { describe, expect, test } from "bun:test"
import type { ChatRequest, JsonObject, Loss, ProviderSettings } from "../../../src/contract/index.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"
import { createProvider, createWire, wiresOf } from "./kit.ts"

const names = (slug: string, options: ProviderSettings["options"] = {}) =>
  wiresOf(createProvider(slug, { options })).map(({ dialect }) => dialect.name)

describe("options.formats", () => {
  test("names those that a server has, preferred first", () => {
    expect(names("vllm", { formats: ["chat-completions"] })).toEqual(["chat-completions"])
    expect(names("openrouter", { formats: ["messages", "chat-completions"] })).toEqual(["messages", "chat-completions"])
  })
  test("adds routes that a row does not name, below the same address", () => {
    const more = { baseUrl: "http://10.0.0.1/v1/", options: { formats: ["chat-completions", "messages", "responses"] } }
    const wires = wiresOf(createProvider("openai-compatible", more))
    expect(wires.map((wire) => wire.endpoint({ model: "m", stream: false }).url)).toEqual([
      "http://10.0.0.1/v1/chat/completions",
      "http://10.0.0.1/v1/messages",
      "http://10.0.0.1/v1/responses",
    ])
  })
  for (const formats of [["chat"], [], ["messages", "messages"]])
    test(`refuses ${JSON.stringify(formats)}`, () => {
      expect(() => names("vllm", { formats })).toThrow(
        "options.formats must be a list of chat-completions, messages, responses",
      )
    })
})

describe("an operator's own", () => {
  test("key header holds for every format", () => {
    const { headers } = createWire("deepseek", { options: { auth: { header: "x-team-key" } } }, "messages").endpoint({
      model: "m",
      stream: false,
    })
    expect(headers).toMatchObject({ "x-team-key": "sk-test" })
    expect(headers).not.toHaveProperty("x-api-key")
  })
  test("flags hold where they mean the same", () => {
    const options = { profile: { images: false, reasoningFormat: "none", maxTemperature: 0.5 } }
    const profile = createWire("vllm", { options }, "messages").profile("m")
    expect(profile).toMatchObject({ images: false, maxTemperature: 0.5, thinking: "budget" })
    expect(profile.reasoningFormat).toBeUndefined()
  })
  test("address moves every route", () => {
    const { url } = createWire("moonshotai", { baseUrl: "http://10.0.0.1/v1" }, "messages").endpoint({
      model: "m",
      stream: false,
    })
    expect(url).toBe("http://10.0.0.1/anthropic/v1/messages")
  })
})

describe("Anthropic's headers of a client", () => {
  const forwarded = { "anthropic-version": "2026-10-21", "anthropic-beta": "a" }
  const sent = (model: string) =>
    createWire("openrouter", {}, "messages").endpoint({ model, stream: true, forwarded }).headers
  test("go on with Claude", () => {
    expect(sent("anthropic/claude-opus-5")).toMatchObject(forwarded)
  })
  test("stay here with others", () => {
    expect(sent("z-ai/glm-4.6")["anthropic-version"]).toBe("2023-06-01")
    expect(sent("z-ai/glm-4.6")).not.toHaveProperty("anthropic-beta")
  })
})

describe("a route that an older server does not have", () => {
  const failure = (status: number, body: string) => ({ status, body, headers: new Headers() })
  test("is told by name, and the next upstream is tried", () => {
    const error = createWire("ollama", {}, "responses").classify?.(failure(404, "404 page not found"))
    expect(error).toMatchObject({ code: "bad_provider_response", retry: "next" })
    expect(error?.message).toContain("options.formats")
  })
  test("is not mistaken for a missing model", () => {
    const body = '{"error":"model \\"x\\" not found"}'
    expect(createWire("ollama", {}, "messages").classify?.(failure(404, body))).toBeUndefined()
    expect(createWire("ollama").classify?.(failure(404, "404 page not found"))).toBeUndefined()
  })
  for (const format of ["chat-completions", "messages", "responses"])
    test(`LM Studio tells it with 200 and a text: ${format}`, () => {
      const wire = createWire("lmstudio", {}, format)
      const source = { profile: wire.profile("m"), model: "m", newId: (prefix: string) => prefix, request: plain }
      const body = { error: "Unexpected endpoint or method. (POST /v1/messages)" }
      expect(() => wire.dialect.decodeReply(body, source)).toThrow("Unexpected endpoint")
    })
})

const plain: ChatRequest = { model: "m", messages: [], sampling: {}, stream: false }

const encode = (slug: string, format: string, model: string, request: Partial<ChatRequest>) => {
  const losses: Loss[] = []
  const wire = createWire(slug, {}, format)
  const target = { model, profile: wire.profile(model), lose: (loss: Loss) => void losses.push(loss) }
  const messages: ChatRequest["messages"] = [{ role: "user", content: [{ type: "text", text: "hi" }] }]
  const body = wire.dialect.encodeRequest({ ...plain, messages, ...request }, target)
  return { body, losses: losses.map(({ path }) => path) }
}

describe("xAI by Responses", () => {
  const wire = createWire("xai", {}, "responses")
  test("takes sampling that OpenAI's has not, and no stop", () => {
    const { body, losses } = encode("xai", "responses", "grok-4.3", {
      sampling: { topK: 3, minP: 0.1, seed: 7, frequencyPenalty: 1 },
      stop: ["x"],
    })
    expect(body).toMatchObject({ top_k: 3, min_p: 0.1, seed: 7, store: false })
    expect(losses.sort()).toEqual(["frequency_penalty", "stop"])
  })
  test("an effort where the model takes one", () => {
    expect(encode("xai", "responses", "grok-4.3", { reasoning: { effort: "max" } }).body.reasoning).toEqual({
      effort: "high",
    })
  })
  for (const model of ["grok-4", "grok-4.20-reasoning"])
    test(`none for ${model}, whose thoughts come back nevertheless`, () => {
      const { body, losses } = encode("xai", "responses", model, { reasoning: { effort: "high" } })
      expect(body).not.toHaveProperty("reasoning")
      expect(body.include).toEqual(["reasoning.encrypted_content"])
      expect(losses).toEqual(["reasoning"])
    })
  test("keeps its own encrypted thoughts and nobody else's", () => {
    const reasoning = (format: string) => ({
      messages: [
        { role: "user" as const, content: [{ type: "text" as const, text: "a" }] },
        {
          role: "assistant" as const,
          content: [
            { type: "reasoning" as const, id: "rs_1", encrypted: "secret", format },
            { type: "text" as const, text: "b" },
          ],
        },
      ],
    })
    const sent = (format: string) => JSON.stringify(encode("xai", "responses", "grok-4.3", reasoning(format)).body)
    expect(sent("xai-responses-v1")).toContain("secret")
    expect(sent("openai-responses-v1")).not.toContain("secret")
  })
  test("its errors are a code and a text", () => {
    const body = '{"code":"Some requested entity was not found","error":"The model grok-9 does not exist"}'
    const error = wire.dialect.decodeError({ status: 404, headers: new Headers(), body }, "xai")
    expect(error.code).toBe("upstream_model_not_found")
    expect(error.message).toContain("grok-9")
  })
  test("a search goes there, whatever the client speaks", () => {
    const search = { ...plain, tools: [{ type: "web-search" as const }] }
    expect(createWire("xai").declines?.(search, "grok-4.3")).toBe(true)
    expect(wire.declines?.(search, "grok-4.3")).toBe(false)
    expect(createWire("xai").declines?.(plain, "grok-4.3")).toBe(false)
  })
})

describe("OpenAI's models behind others keep their rules", () => {
  test("by Responses", () => {
    expect(createWire("openrouter", {}, "responses").profile("openai/gpt-5.6:floor")).toMatchObject({
      noSampling: true,
    })
    expect(createWire("openrouter", {}, "responses").profile("qwen/qwen3").emptySignatures).toBe(true)
  })
  test("Claude by Messages", () => {
    expect(createWire("openrouter", {}, "messages").profile("anthropic/claude-opus-4.8").thinking).toBe("adaptive")
    expect(createWire("openrouter", {}, "messages").profile("qwen/qwen3").emptySignatures).toBe(true)
  })
})

describe("Fireworks by Messages", () => {
  const breakpoint = { ttl: "5m" } as const
  const tools = [{ type: "function" as const, name: "f", cache: breakpoint }]
  test("takes no breakpoints on tools, and that is told", () => {
    const { body, losses } = encode("fireworks", "messages", "m", { tools })
    expect(JSON.stringify(body.tools)).not.toContain("cache_control")
    expect(losses).toEqual(["tools[0].cache_control"])
    expect(JSON.stringify(encode("moonshotai", "messages", "m", { tools }).body.tools)).toContain("cache_control")
  })
  test("and a client's body with one is not sent as it is", () => {
    const body: JsonObject = {
      model: "x",
      max_tokens: 9,
      messages: [{ role: "user", content: "hi" }],
      tools: [{ name: "f", input_schema: { type: "object" }, cache_control: { type: "ephemeral" } }],
    }
    const native = (slug: string) => {
      const { dialect, profile } = createWire(slug, {}, "messages")
      return dialect.native?.request(JSON.stringify(body), { model: "m", profile: profile("m") })
    }
    expect(native("fireworks")).toBeUndefined()
    expect(native("moonshotai")).toContain('"cache_control"')
  })
})

test("vLLM counts tokens without answering", async () => {
  await using server = startMediaServer(() => ({ input_tokens: 12 }))
  const { abilities } = createProvider("vllm", { baseUrl: `${server.url}/v1` })
  const { call } = abilityCall("m")
  const request = { ...plain, messages: [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }] }
  expect(await abilities?.countTokens?.run(request, call)).toBe(12)
  expect(server.requests[0]?.path).toBe("/v1/messages/count_tokens")
  expect(server.requests[0]?.json).toEqual({
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
  })
})
