import { describe, expect, test } from "bun:test"
import type { ChatRequest, Tool } from "../../../src/contract/index.ts"
import { chat, encode } from "../../kit/wire-client.ts"
import { create } from "./kit.ts"

const deployments = {
  fast: "gpt-4o-mini",
  thinker: "openai/gpt-5",
  newest: "gpt-5.6",
  coder: "gpt-5.1-codex",
  seek: "DeepSeek-V3.1",
  vectors: "text-embedding-3-large",
  ears: "whisper-1",
  own: "acme/tuned-model",
}
const provider = create({ options: { resource: "acme", deployments } })
const [responsesWire] = provider.otherWires ?? []

test("mapped deployments are offers under the models' public names", () => {
  expect(provider.models).toEqual([
    { model: "openai/gpt-4o-mini", upstream: "fast" },
    { model: "openai/gpt-5", upstream: "thinker" },
    { model: "openai/gpt-5.6", upstream: "newest" },
    { model: "openai/gpt-5.1-codex", upstream: "coder" },
    { model: "deepseek/DeepSeek-V3.1", upstream: "seek" },
    { model: "openai/text-embedding-3-large", upstream: "vectors", kind: "embeddings" },
    { model: "openai/whisper-1", upstream: "ears", kind: "transcription" },
    { model: "acme/tuned-model", upstream: "own" },
  ])
  expect(create().models).toEqual([])
})

test("list prices know a deployment by its model", () => {
  for (const [deployment, name] of [
    ["thinker", "gpt-5"],
    ["gpt-35-turbo", "gpt-3.5-turbo"],
    ["gpt-41-mini", "gpt-4.1-mini"],
    ["constructor", "constructor"],
  ])
    expect(provider.listName?.(deployment!)).toBe(name!)
})

describe("what a deployment takes follows its model", () => {
  test("a reasoning model behind any name", () => {
    const request = chat({ sampling: { temperature: 0.2 }, maxOutputTokens: 9, reasoning: { effort: "low" } })
    const { body, losses } = encode(provider.wire!, "thinker", request)
    expect(body).toEqual({
      model: "thinker",
      messages: [{ role: "user", content: "hello" }],
      max_completion_tokens: 9,
      reasoning_effort: "low",
    })
    expect(losses.map(({ path }) => path)).toEqual(["temperature"])
  })
  test("Azure's spelling of old ids is no generation of its own", () => {
    expect(provider.wire?.profile("gpt-35-turbo")).not.toHaveProperty("noSampling")
    expect(provider.wire?.profile("gpt-41")).not.toHaveProperty("noSampling")
  })
  test("models of other makers in the plain form", () => {
    expect(provider.wire?.profile("seek")).toMatchObject({ maxTokensField: "max_tokens", developerRole: false })
    expect(provider.wire?.profile("gpt-oss-120b")).toMatchObject({ reasoningFormat: "effort", thinkingMandatory: true })
  })
})

describe("which of both formats carries a request", () => {
  const weather: Tool = { type: "function", name: "get_weather", parameters: { type: "object" } }
  const declines = (model: string, request: Partial<ChatRequest>) => provider.wire?.declines?.(chat(request), model)

  test("reasoning beside tools, where only Responses allow it", () => {
    expect(declines("newest", { tools: [weather], reasoning: { effort: "high" } })).toBe(true)
    // It reasons unless it is told not to.
    expect(declines("newest", { tools: [weather] })).toBe(true)
    expect(declines("newest", { tools: [weather], reasoning: { effort: "none" } })).toBe(false)
    expect(declines("thinker", { tools: [weather], reasoning: { effort: "high" } })).toBe(false)
  })
  test("the search of the web", () => {
    expect(declines("fast", { tools: [{ type: "web-search" }] })).toBe(true)
    expect(declines("seek", { tools: [{ type: "web-search" }] })).toBe(false)
  })
  test("models that are in one of both only", () => {
    expect(provider.wire?.serves?.("coder")).toBe(false)
    expect(responsesWire?.serves?.("coder")).toBe(true)
    expect(provider.wire?.serves?.("seek")).toBe(true)
    expect(responsesWire?.serves?.("seek")).toBe(false)
  })
  test("Responses are at their own route, with encrypted reasoning of Azure's own kind", () => {
    expect(responsesWire?.endpoint({ model: "thinker", stream: true }).url).toBe(
      "https://acme.openai.azure.com/openai/v1/responses",
    )
    expect(responsesWire?.profile("newest")).toMatchObject({
      reasoningWithTools: true,
      reasoningOrigins: ["azure-openai-responses-v1"],
    })
    expect(responsesWire?.profile("newest").effortMap).not.toHaveProperty("max")
    expect(responsesWire?.profile("gpt-5.2").effortMap).toMatchObject({ max: "xhigh" })
  })
})

describe("Foundry projects want every item's type", () => {
  const project = create({ baseUrl: "https://x.services.ai.azure.com/api/projects/p" }).otherWires![0]!
  const typesOf = (input: unknown) =>
    Array.isArray(input) ? input.map((item) => (item as { type?: string }).type) : []

  test("in what is translated", () => {
    const { body } = encode(project, "gpt-5", chat({ text: "hello" }))
    expect(typesOf(body.input)).toEqual(["message"])
  })
  test("in a client's own text, which is translated where one is missing", () => {
    const native = (input: string) =>
      project.dialect.native?.request(`{"model":"m","store":false,"input":${input}}`, {
        model: "gpt-4o",
        profile: project.profile("gpt-4o"),
      })
    expect(native('[{"role":"user","content":"hi"}]')).toBeUndefined()
    expect(native('[{"type":"message","role":"user","content":"hi"}]')).toContain('"type":"message"')
    expect(native('"hi"')).toContain('"input":"hi"')
  })
})
