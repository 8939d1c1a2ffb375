import { describe, expect, test } from "bun:test"
import type { Json, Message, Profile, Tool } from "../../../src/contract/index.ts"
import { encodeUp } from "../../kit/responses-upstream.ts"

const user: Message = { role: "user", content: [{ type: "text", text: "hi" }] }

describe("tools", () => {
  const tools: Tool[] = [
    { type: "function", name: "weather", description: "d", parameters: { type: "object" }, strict: true },
    { type: "function", name: "now" },
    { type: "custom", name: "patch", format: { type: "grammar", grammar: { syntax: "lark", definition: "x" } } },
    {
      type: "web-search",
      contextSize: "high",
      allowedDomains: ["a.example"],
      userLocation: { country: "DE" },
      maxUses: 3,
      extras: { responses: { external_web_access: true } },
    },
    { type: "opaque", dialect: "responses", data: { type: "tool_search" } },
    { type: "opaque", dialect: "messages", data: { type: "bash_20250124" } },
  ]

  test("are flat; what no one here knows is lost", () => {
    const { body, lost } = encodeUp({ messages: [user], tools, parallelToolCalls: false }, { webSearch: "tool" })
    expect(body.tools).toEqual([
      { type: "function", name: "weather", description: "d", parameters: { type: "object" }, strict: true },
      { type: "function", name: "now", parameters: { type: "object", properties: {} }, strict: false },
      { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "x" } },
      {
        type: "web_search",
        search_context_size: "high",
        filters: { allowed_domains: ["a.example"] },
        user_location: { type: "approximate", country: "DE" },
        external_web_access: true,
      },
      { type: "tool_search" },
    ])
    expect(body.parallel_tool_calls).toBe(false)
    expect(lost).toEqual(["tools[3].max_uses dropped parameter_unsupported", "tools[5] dropped tool_unsupported"])
  })

  test("no search where there is none, nothing to send where it is always on", () => {
    const search: Tool[] = [{ type: "web-search" }]
    expect(encodeUp({ messages: [user], tools: search })).toMatchObject({
      lost: ["tools[0] dropped search_unsupported"],
    })
    const always = encodeUp({ messages: [user], tools: search, toolChoice: "auto" }, { webSearch: "always" })
    expect(always.body).not.toHaveProperty("tools")
    expect(always.body).not.toHaveProperty("tool_choice")
    expect(always.lost).toEqual([])
  })

  const choose = (toolChoice: NonNullable<Parameters<typeof encodeUp>[0]["toolChoice"]>) =>
    encodeUp({ messages: [user], tools, toolChoice }, { webSearch: "tool" })
  test.each([
    ["required", "required"],
    [{ name: "weather" }, { type: "function", name: "weather" }],
    [{ name: "patch" }, { type: "custom", name: "patch" }],
    [{ opaque: { type: "web_search" }, dialect: "responses" }, { type: "web_search" }],
    [
      {
        opaque: {
          type: "allowed_tools",
          allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "weather" } }] },
        },
        dialect: "chat-completions",
      },
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "weather" }] },
    ],
  ])("choice %o", (choice, expected) =>
    expect(choose(choice as Parameters<typeof choose>[0]).body.tool_choice).toEqual(expected as string),
  )

  test("another format's choice is lost", () =>
    expect(choose({ opaque: { type: "x" }, dialect: "messages" }).lost).toContain(
      "tool_choice dropped tool_choice_unsupported",
    ))
})

describe("settings", () => {
  const settings = (request: Parameters<typeof encodeUp>[0], profile: Profile = {}) =>
    encodeUp({ messages: [user], ...request }, profile)

  test("nothing is stored, and reasoning travels encrypted", () => {
    expect(settings({}).body).toMatchObject({ store: false, include: ["reasoning.encrypted_content"] })
    expect(settings({ stream: true }).body.stream).toBe(true)
    const plain = settings({}, { reasoningFormat: "none" }).body
    expect(plain.store).toBe(false)
    expect(plain).not.toHaveProperty("include")
    expect(settings({}, { dropFields: ["store"] })).toMatchObject({ lost: [] })
    expect(settings({}, { dropFields: ["store"] }).body).not.toHaveProperty("store")
  })

  test("what has a field goes, what has none is lost", () => {
    const { body, lost } = settings({
      maxOutputTokens: 99,
      sampling: { temperature: 0.5, topP: 0.9, topLogprobs: 2, logprobs: true, topK: 4, seed: 1, presencePenalty: 0 },
      stop: ["x"],
      choices: 2,
      serviceTier: "flex",
      user: "u",
      metadata: { a: "b" },
      promptCacheKey: "k",
      verbosity: "low",
      responseFormat: { type: "json-schema", name: "n", schema: { type: "object" }, strict: true },
      reasoning: { effort: "high", summary: "auto" },
    })
    expect(body).toMatchObject({
      max_output_tokens: 99,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 2,
      include: ["reasoning.encrypted_content", "message.output_text.logprobs"],
      service_tier: "flex",
      user: "u",
      metadata: { a: "b" },
      prompt_cache_key: "k",
      text: {
        verbosity: "low",
        format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
      },
      reasoning: { effort: "high", summary: "auto" },
    })
    expect(lost.sort()).toEqual([
      "n dropped parameter_unsupported",
      "seed dropped parameter_unsupported",
      "stop dropped parameter_unsupported",
      "top_k dropped parameter_unsupported",
    ])
  })

  test("an upstream like xAI's takes more, by its profile", () => {
    const { body, lost } = settings({ sampling: { topK: 4, seed: 1 }, stop: ["x"] }, { takesFields: ["top_k", "seed"] })
    expect(body).toMatchObject({ top_k: 4, seed: 1 })
    expect(lost).toEqual(["stop dropped parameter_unsupported"])
  })

  test("sampling that the model refuses is dropped, unless it does not reason", () => {
    const profile: Profile = { noSampling: true, samplingAtEffortNone: true }
    const refused = settings({ sampling: { temperature: 0.5, logprobs: true } }, profile)
    expect(refused.lost).toEqual([
      "temperature dropped parameter_unsupported",
      "logprobs dropped parameter_unsupported",
    ])
    expect(refused.body.include).toEqual(["reasoning.encrypted_content"])
    expect(settings({ sampling: { temperature: 0.5 }, reasoning: { effort: "none" } }, profile).body.temperature).toBe(
      0.5,
    )
  })

  test.each<[Parameters<typeof encodeUp>[0]["reasoning"] & object, Profile, Json | undefined, number]>([
    [{ effort: "max" }, { effortMap: { max: "xhigh" } }, { effort: "xhigh" }, 1],
    [{ effort: "none" }, {}, { effort: "none" }, 0],
    [{ effort: "none" }, { thinkingMandatory: true, effortMap: { none: "minimal" } }, { effort: "minimal" }, 1],
    [{ budget: 16_000 }, {}, { effort: "medium" }, 1],
    [{ enabled: true }, {}, { effort: "medium" }, 0],
    [{ exclude: true }, {}, undefined, 0],
    [{ effort: "low" }, { reasoningFormat: "none" }, undefined, 1],
    [{ summary: "auto" }, { reasoningFormat: "none" }, undefined, 1],
  ])("reasoning %o with %o", (reasoning, profile, expected, losses) => {
    const { body, lost } = settings({ reasoning }, profile)
    expect(body.reasoning).toEqual(expected)
    expect(lost).toHaveLength(losses)
  })

  test("fields of its own are merged; nobody's state, the gateway's and other formats' are not", () => {
    const { body, lost } = settings({
      reasoning: { effort: "low" },
      extras: {
        responses: {
          truncation: "auto",
          store: true,
          input: "no",
          provider: {},
          max_tool_calls: 2,
          include: ["file_search_call.results"],
          reasoning: { context: "auto", effort: "odd" },
        },
        gateway: { models: ["x"] },
        messages: { container: "c" },
      },
    })
    expect(body).toMatchObject({
      truncation: "auto",
      store: false,
      max_tool_calls: 2,
      include: ["file_search_call.results", "reasoning.encrypted_content"],
      reasoning: { context: "auto", effort: "low" },
    })
    expect(body).not.toHaveProperty("provider")
    expect(Array.isArray(body.input)).toBe(true)
    expect(lost).toEqual(["container dropped foreign_field"])
  })

  test("the operator's fields are added, refused ones reported", () => {
    const { body, lost } = settings(
      { user: "u", metadata: { a: "1" } },
      { dropFields: ["user"], extraBody: { metadata: { b: "2" }, service_tier: "flex" } },
    )
    expect(body).toMatchObject({ metadata: { a: "1", b: "2" }, service_tier: "flex" })
    expect(lost).toEqual(["user dropped parameter_unsupported"])
  })

  test("a temperature too high is clamped", () =>
    expect(settings({ sampling: { temperature: 2 } }, { maxTemperature: 1 })).toMatchObject({
      body: { temperature: 1 },
      lost: ["temperature clamped parameter_clamped"],
    }))
})
