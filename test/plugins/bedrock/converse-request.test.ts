import { afterAll, describe, expect, test } from "bun:test"
import {
  type ChatRequest,
  GatewayError,
  isObject,
  type JsonObject,
  type Message,
  type Tool,
} from "../../../src/contract/index.ts"
import { requestCorpus } from "../../../src/contract-suite/corpus.ts"
import { converseProblem } from "../../kit/fake-bedrock/validate.ts"
import { startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { chat, user } from "../../kit/wire-client.ts"
import { encodeFor, keyed, provider, tell, wireFor } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())

const nova = "eu.amazon.nova-pro-v1:0"
const claude = "anthropic.claude-sonnet-4-5-20250929-v1:0"
const converseOnly = provider({ url: fake.url, options: { ...keyed, wires: ["converse"] } })

const encode = (model: string, fields: Partial<ChatRequest> & { text?: string } = {}) =>
  encodeFor(wireFor(converseOnly, model), model, chat(fields))
const bodyOf = (model: string, fields: Partial<ChatRequest> & { text?: string } = {}): JsonObject =>
  encode(model, fields).body
const lossesOf = (model: string, fields: Partial<ChatRequest>) =>
  encode(model, fields).losses.map(({ path, code }) => [path, code])

const weather: Tool = {
  type: "function",
  name: "weather",
  description: " ",
  parameters: { properties: { city: { type: "string" } } },
}
const now: Tool = { type: "function", name: "now" }
const call = (id: string, name = "weather", input = '{"city":"Rome"}') =>
  ({ type: "tool-call", id, name, arguments: input, kind: "function" }) as const
const history: readonly Message[] = [
  user("Weather?"),
  { role: "assistant", content: [{ type: "text", text: "Let me look." }, call("call_1")] },
  { role: "tool", callId: "call_1", content: [{ type: "text", text: "sunny" }] },
]
const turns = (body: JsonObject) => body.messages as { role: string; content: JsonObject[] }[]

test("a whole conversation, written out", () => {
  const body = bodyOf(nova, {
    messages: [
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      { role: "developer", content: [{ type: "text", text: "Speak English.", cache: {} }] },
      ...history,
    ],
    tools: [weather, now],
    toolChoice: "required",
    maxOutputTokens: 100,
    sampling: { temperature: 0.5, topP: 0.9, topK: 40 },
    stop: ["END"],
    serviceTier: "priority",
    metadata: { team: "a" },
    user: "u-1",
  })
  expect(body).toEqual({
    system: [{ text: "Be brief." }, { text: "Speak English." }, { cachePoint: { type: "default" } }],
    messages: [
      { role: "user", content: [{ text: "Weather?" }] },
      {
        role: "assistant",
        content: [
          { text: "Let me look." },
          { toolUse: { toolUseId: "call_1", name: "weather", input: { city: "Rome" } } },
        ],
      },
      { role: "user", content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "sunny" }] } }] },
    ],
    inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
    toolConfig: {
      tools: [
        {
          toolSpec: {
            name: "weather",
            inputSchema: { json: { properties: { city: { type: "string" } }, type: "object" } },
          },
        },
        { toolSpec: { name: "now", inputSchema: { json: { properties: {}, type: "object" } } } },
      ],
      toolChoice: { any: {} },
    },
    additionalModelRequestFields: { inferenceConfig: { topK: 40 } },
    serviceTier: { type: "priority" },
    requestMetadata: { team: "a", user: "u-1" },
  })
})

describe("what Bedrock would refuse is never sent", () => {
  const models = [
    nova,
    "amazon.nova-2-lite-v1:0",
    "amazon.titan-text-express-v1",
    "openai.gpt-oss-120b-1:0",
    "us.openai.gpt-5.6-luna",
    "mistral.mistral-large-2402-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "meta.llama4-maverick-17b-instruct-v1:0",
    "meta.llama3-8b-instruct-v1:0",
    "cohere.command-r-plus-v1:0",
    "deepseek.r1-v1:0",
    "qwen.qwen3-32b-v1:0",
    claude,
    "anthropic.claude-opus-5",
  ]
  for (const model of models)
    test(model, () => {
      for (const [name, request] of Object.entries(requestCorpus)) {
        let body: JsonObject
        try {
          body = encodeFor(wireFor(converseOnly, model), model, request).body
        } catch (thrown) {
          // URLs, which the host has replaced before.
          expect(GatewayError.is(thrown) && thrown.param).toContain("messages[")
          continue
        }
        expect(`${name}: ${converseProblem(body, model)}`).toBe(`${name}: undefined`)
      }
    })
})

describe("tools", () => {
  test("a tool history without tools goes as text, and is told", () => {
    const { body, losses } = encode(nova, { messages: history })
    expect(body.toolConfig).toBeUndefined()
    expect(turns(body)[1]?.content).toEqual([
      { text: "Let me look." },
      { text: '[Called the tool weather with {"city":"Rome"}]' },
    ])
    expect(turns(body)[2]?.content).toEqual([{ text: "[Result of the tool weather]\nsunny" }])
    expect(losses.map(({ path }) => path)).toEqual(["messages[1].content[1]", "messages[2]"])
  })

  test("there is no choice `none`: the tools are left out", () => {
    const { body, losses } = encode(nova, { tools: [weather], toolChoice: "none" })
    expect(body.toolConfig).toBeUndefined()
    expect(losses[0]).toMatchObject({ path: "tool_choice", code: "tool_choice_unsupported" })
  })

  test("a named tool is named where models know that, and elsewhere the only one", () => {
    const choice = { name: "now" }
    expect((bodyOf(nova, { tools: [weather, now], toolChoice: choice }).toolConfig as JsonObject).toolChoice).toEqual({
      tool: { name: "now" },
    })
    const config = bodyOf("mistral.mistral-large-2402-v1:0", { tools: [weather, now], toolChoice: choice })
      .toolConfig as JsonObject
    expect(config.toolChoice).toEqual({ any: {} })
    expect(config.tools).toHaveLength(1)
    const llama = encode("meta.llama4-maverick-17b-instruct-v1:0", { tools: [weather, now], toolChoice: choice })
    expect((llama.body.toolConfig as JsonObject).toolChoice).toEqual({ auto: {} })
    expect(llama.losses.map(({ code }) => code)).toContain("tool_choice_unsupported")
  })

  test("Mistral's ids have nine letters or digits, the same for call and result each time", () => {
    const ids = () => {
      const [, asked, answered] = turns(
        bodyOf("mistral.mistral-large-2402-v1:0", { messages: history, tools: [weather] }),
      )
      const [use, result] = [asked?.content[1]?.toolUse, answered?.content[0]?.toolResult]
      return [isObject(use) && use.toolUseId, isObject(result) && result.toolUseId]
    }
    expect(ids()[0]).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(ids()[1]).toBe(ids()[0] as never)
    expect(ids()).toEqual(ids())
  })

  test("names that Bedrock refuses come back as the client's", async () => {
    const odd: Tool = { type: "function", name: "files.read/all" }
    const wire = wireFor(converseOnly, nova)
    const { body } = encode(nova, { tools: [odd] })
    const [first] = (body.toolConfig as { tools: { toolSpec: { name: string } }[] }).tools
    expect(first?.toolSpec.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    const source = {
      model: nova,
      profile: wire.profile(nova),
      request: chat({ tools: [odd] }),
      newId: (prefix: string) => prefix,
    }
    const reply = {
      output: { message: { content: [{ toolUse: { toolUseId: "t", name: first?.toolSpec.name ?? "", input: {} } }] } },
      stopReason: "tool_use",
    }
    expect(wire.dialect.decodeReply(reply, source).find(({ type }) => type === "tool-call-start")).toMatchObject({
      name: "files.read/all",
    })
  })

  test("results of parallel calls stand first in one turn, whatever stood between", () => {
    const messages: Message[] = [
      user("go"),
      { role: "assistant", content: [call("a"), call("b")] },
      { role: "tool", callId: "b", content: [] },
      user("wait"),
      { role: "tool", callId: "a", content: [{ type: "text", text: "A" }], isError: true },
    ]
    expect(turns(bodyOf(nova, { messages, tools: [weather] }))[2]?.content).toEqual([
      { toolResult: { toolUseId: "a", content: [{ text: "A" }], status: "error" } },
      { toolResult: { toolUseId: "b", content: [{ text: "(no output)" }] } },
      { text: "wait" },
    ])
  })
})

describe("reasoning", () => {
  const additional = (model: string, effort: "none" | "minimal" | "high" | "max", fields: Partial<ChatRequest> = {}) =>
    bodyOf(model, { reasoning: { effort }, ...fields }).additionalModelRequestFields

  test("each family has its own field", () => {
    expect(additional("amazon.nova-2-lite-v1:0", "minimal")).toEqual({
      reasoningConfig: { type: "enabled", maxReasoningEffort: "low" },
    })
    expect(additional("amazon.nova-2-lite-v1:0", "none")).toEqual({ reasoningConfig: { type: "disabled" } })
    expect(additional("openai.gpt-oss-120b-1:0", "max")).toEqual({ reasoning_effort: "high" })
    expect(additional("us.openai.gpt-5.4", "high")).toEqual({ reasoning: { effort: "high" } })
    expect(additional(claude, "high", { maxOutputTokens: 8000 })).toMatchObject({
      thinking: { type: "enabled", budget_tokens: 6400 },
    })
    expect(additional("anthropic.claude-opus-4-6-v1", "high")).toMatchObject({
      thinking: { type: "adaptive" },
      output_config: { effort: "high" },
    })
  })

  test("Nova with high effort takes neither limit nor sampling", () => {
    const { body, losses } = encode("amazon.nova-2-lite-v1:0", {
      reasoning: { effort: "high" },
      maxOutputTokens: 100,
      sampling: { temperature: 0.5 },
    })
    expect(body.inferenceConfig).toBeUndefined()
    expect(losses.map(({ path, code }) => [path, code])).toEqual([
      ["max_tokens", "parameter_conflict"],
      ["temperature", "parameter_conflict"],
    ])
  })

  test("a model that cannot be told is told nothing", () => {
    expect(lossesOf("deepseek.r1-v1:0", { reasoning: { effort: "high" } })).toEqual([
      ["reasoning", "reasoning_unsupported"],
    ])
  })

  test("signed and redacted thinking of Claude goes back, anybody else's does not", () => {
    const messages: Message[] = [
      user("one"),
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", signature: "c2ln", format: "anthropic-claude-v1" },
          { type: "reasoning", encrypted: "ZW5j", format: "anthropic-claude-v1" },
          { type: "reasoning", text: "unsigned", format: "unknown" },
          { type: "text", text: "two" },
        ],
      },
      user("three"),
    ]
    expect(turns(bodyOf(claude, { messages }))[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: "hm", signature: "c2ln" } } },
      { reasoningContent: { redactedContent: "ZW5j" } },
      { text: "two" },
    ])
    expect(lossesOf(nova, { messages }).map(([, code]) => code)).toEqual([
      "foreign_reasoning",
      "foreign_reasoning",
      "foreign_reasoning",
    ])
  })
})

describe("sampling", () => {
  test("temperature is clamped, but OpenAI's models refuse all of it", () => {
    expect(bodyOf(nova, { sampling: { temperature: 1.7 } }).inferenceConfig).toEqual({ temperature: 1 })
    expect(bodyOf("us.openai.gpt-5.4", { sampling: { temperature: 0.2 }, stop: ["x"] }).inferenceConfig).toBeUndefined()
    expect(lossesOf("openai.gpt-oss-120b-1:0", { sampling: { temperature: 0.2, seed: 7 }, stop: ["x"] })).toEqual([
      ["seed", "parameter_unsupported"],
      ["stop", "parameter_unsupported"],
    ])
  })
})

describe("structured answers", () => {
  const responseFormat: ChatRequest["responseFormat"] = {
    type: "json-schema",
    name: "answer",
    schema: { type: "object", properties: { city: { type: "string" } } },
  }

  test("Claude has a field for them, others a tool, the simplest are asked in words", () => {
    expect(bodyOf(claude, { responseFormat }).additionalModelRequestFields).toMatchObject({
      output_config: { format: { type: "json_schema" } },
    })
    expect(bodyOf(nova, { responseFormat }).toolConfig).toMatchObject({ toolChoice: { tool: { name: "json" } } })
    const titan = encode("amazon.titan-text-express-v1", { responseFormat })
    expect(titan.body.toolConfig).toBeUndefined()
    expect(titan.losses.map(({ code }) => code)).toContain("format_approximated")
  })
})

test("a conversation that ends with the model's words is continued where the model can", () => {
  const messages: Message[] = [user("Count"), { role: "assistant", content: [{ type: "text", text: "One, \n" }] }]
  expect(turns(bodyOf(nova, { messages })).at(-1)).toEqual({ role: "assistant", content: [{ text: "One," }] })
  expect(turns(bodyOf("qwen.qwen3-32b-v1:0", { messages })).at(-1)?.role).toBe("user")
})

test("the fake takes what is written for it, tools and all", async () => {
  const wire = wireFor(converseOnly, nova)
  expect((await tell(wire, nova, chat({ messages: history, tools: [weather] }))).parts.at(-1)?.type).toBe("usage")
})
