import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import bedrock from "../../../plugins/bedrock/index.ts"
import { wireCases } from "../../../src/contract-suite/wire.ts"
import { startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { chat } from "../../kit/wire-client.ts"
import { keyed, provider, tell, wireFor } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())
beforeEach(() => {
  fake.calls.length = 0
})

const made = provider({ url: fake.url })
const names = (model: string, own = made) =>
  [own.wire, ...(own.otherWires ?? [])].flatMap((wire) =>
    wire && wire.serves?.(model) !== false ? [wire.dialect.name] : [],
  )

describe("which format reaches a model", () => {
  test("Claude by its own, with Converse behind", () => {
    for (const model of [
      "anthropic.claude-opus-5",
      "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    ])
      expect(names(model)).toEqual(["messages", "bedrock-converse"])
  })

  test("OpenAI's and xAI's by the OpenAI-shaped endpoint, unless the id is one of the runtime's", () => {
    for (const model of ["openai.gpt-oss-120b", "openai.gpt-5.4", "xai.grok-4", "google.gemma-4-31b"])
      expect(names(model)[0]).toBe("chat-completions")
    for (const model of ["openai.gpt-oss-120b-1:0", "us.openai.gpt-5.6-luna"])
      expect(names(model)).toEqual(["bedrock-converse"])
  })

  test("everything else by Converse", () => {
    for (const model of ["amazon.nova-pro-v1:0", "meta.llama4-scout-17b-instruct-v1:0", "qwen.qwen3-32b-v1:0"])
      expect(names(model)).toEqual(["bedrock-converse"])
  })

  test("the configuration says what a hidden name means, and which routes are open", () => {
    const arn = "arn:aws:bedrock:eu-central-1:1:application-inference-profile/abc"
    const own = provider({
      options: {
        ...keyed,
        base_models: { [arn]: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0" },
        mantle_models: ["deepseek.*"],
      },
    })
    expect(names(arn)).toEqual(["bedrock-converse"])
    expect(names(arn, own)).toEqual(["messages", "bedrock-converse"])
    expect(own.listName?.(arn)).toBe("anthropic.claude-sonnet-4-5-20250929-v1:0")
    expect(names("deepseek.v3.1", own)[0]).toBe("chat-completions")
    expect(names("openai.gpt-oss-120b", provider({ options: { ...keyed, wires: ["converse"] } }))).toEqual([
      "bedrock-converse",
    ])
  })
})

test("the OpenAI-shaped endpoint has two routes", async () => {
  for (const model of ["openai.gpt-oss-120b", "openai.gpt-5.4", "xai.grok-4"])
    await tell(wireFor(made, model, chat(), "chat-completions"), model, chat())
  expect(fake.calls.map(({ path }) => path)).toEqual([
    "/v1/chat/completions",
    "/openai/v1/chat/completions",
    "/openai/v1/chat/completions",
  ])
  expect(fake.calls.map(({ body }) => body.model)).toEqual(["openai.gpt-oss-120b", "openai.gpt-5.4", "xai.grok-4"])
})

test("clients of the Responses API keep their format, and what chat completions cannot carry goes there", () => {
  const model = "openai.gpt-5.6"
  expect(names(model)).toEqual(["chat-completions", "responses", "bedrock-converse"])
  const tools = [{ type: "function", name: "f" }] as const
  expect(wireFor(made, model, chat({ tools, reasoning: { effort: "high" } })).dialect.name).toBe("responses")
  // It reasons unless it is told not to.
  expect(wireFor(made, model, chat({ tools })).dialect.name).toBe("responses")
  expect(wireFor(made, model, chat({ tools, reasoning: { effort: "none" } })).dialect.name).toBe("chat-completions")
  const { endpoint, profile } = wireFor(made, model, chat(), "responses")
  expect(endpoint({ model, stream: true }).url).toBe(`${fake.url}/openai/v1/responses`)
  expect(profile(model)).not.toHaveProperty("webSearch")
  expect(profile("openai.gpt-5.2").effortMap?.max).toBe("xhigh")
  expect(profile(model).reasoningOrigins).toEqual(["bedrock-openai-responses-v1"])
})

test("the plugin gives one definition, which YAML has to name", async () => {
  const context = { fetch, clock: { now: () => 0 }, signal: new AbortController().signal } as Parameters<
    typeof bedrock.setup
  >[1]
  const { providers = [] } = await bedrock.setup({}, context)
  expect(providers.map(({ id, explicit, environment }) => ({ id, explicit, environment }))).toEqual([
    { id: "amazon-bedrock", explicit: true, environment: ["AWS_BEARER_TOKEN_BEDROCK"] },
  ])
})

describe("duties of a wire", () => {
  const subjects = [
    ["invoke", made.wire, ["anthropic.claude-sonnet-4-5", "anthropic.claude-opus-5"]],
    [
      "converse",
      made.otherWires?.at(-1),
      ["amazon.nova-pro-v1:0", "mistral.mistral-large-2402-v1:0", "anthropic.claude-opus-5"],
    ],
    ...(made.otherWires ?? [])
      .slice(0, -1)
      .map((wire) => [wire.dialect.name, wire, ["openai.gpt-oss-120b", "openai.gpt-5.4"]] as const),
  ] as const
  for (const [name, wire, models] of subjects)
    for (const each of wireCases)
      test(`${name}: ${each.name}`, async () => {
        if (!wire) throw new Error("no such wire")
        await each.run({ id: "bedrock", wire, models })
      })
})
