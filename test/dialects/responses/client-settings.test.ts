import { describe, expect, test } from "bun:test"
import type { Json, JsonObject } from "../../../src/contract/index.ts"
import { decode } from "../../kit/responses-client.ts"

const toolsOf = (...tools: Json[]) => decode({ model: "a/b", input: "hi", tools }).tools

describe("tools", () => {
  test("functions and free-text tools, with what is unknown of them", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: x" }
    expect(
      toolsOf(
        {
          type: "function",
          name: "f",
          description: "d",
          parameters: { type: "object" },
          strict: false,
          defer_loading: true,
        },
        { type: "custom", name: "patch", description: "p", format },
        { type: "function", name: "g", parameters: null, strict: null },
      ),
    ).toEqual([
      {
        type: "function",
        name: "f",
        description: "d",
        parameters: { type: "object" },
        strict: false,
        extras: { responses: { defer_loading: true } },
      },
      { type: "custom", name: "patch", description: "p", format },
      { type: "function", name: "g" },
    ])
  })

  test.each<[string, JsonObject, unknown]>([
    ["plain", { type: "web_search" }, { type: "web-search" }],
    [
      "preview",
      { type: "web_search_preview_2025_03_11", search_context_size: "low" },
      { type: "web-search", contextSize: "low", extras: { responses: { type: "web_search_preview_2025_03_11" } } },
    ],
    [
      "all of OpenAI's fields",
      {
        type: "web_search",
        filters: { allowed_domains: ["a.de"], blocked_domains: ["b.de"] },
        user_location: { type: "approximate", country: "DE", city: null },
        external_web_access: false,
      },
      {
        type: "web-search",
        allowedDomains: ["a.de"],
        blockedDomains: ["b.de"],
        userLocation: { country: "DE" },
        extras: { responses: { external_web_access: false } },
      },
    ],
    [
      "OpenRouter's",
      {
        type: "openrouter:web_search",
        parameters: { max_results: 3, max_uses: 2, excluded_domains: ["c.de"], engine: "exa" },
      },
      {
        type: "web-search",
        maxResults: 3,
        maxUses: 2,
        blockedDomains: ["c.de"],
        engine: "exa",
      },
    ],
  ])("search: %s", (_name, tool, expected) => {
    expect(toolsOf(tool)).toEqual([expected] as never)
  })

  test.each([
    "tool_search",
    "computer_use_preview",
    "mcp",
    "file_search",
    "code_interpreter",
    "shell",
    "apply_patch",
    "openrouter:datetime",
  ])("%s is kept for upstreams that have it", (type) => {
    const tool = { type, name: "x", deep: { a: [1] } }
    expect(toolsOf(tool)).toEqual([{ type: "opaque", dialect: "responses", data: tool }])
  })

  test("tools of namespaces stand alone under joined names, in place, without taking another's name", () => {
    const spawn = { type: "function", name: "spawn", description: "Starts one.", parameters: { type: "object" } }
    const tools = toolsOf(
      {
        type: "namespace",
        name: "agents",
        description: "Sub-agents.",
        tools: [spawn, { type: "custom", name: "run" }],
      },
      { type: "namespace", name: "mcp__files__", tools: [{ type: "function", name: "read" }] },
      { type: "function", name: "agents__spawn" },
    )
    expect(tools?.map((tool) => "name" in tool && tool.name)).toEqual([
      expect.stringMatching(/^agents__spawn_\w{6}$/),
      "agents__run",
      "mcp__files__read",
      "agents__spawn",
    ] as never)
    expect(tools?.[0]).toMatchObject({
      type: "function",
      description: "Sub-agents.\n\nStarts one.",
      parameters: { type: "object" },
    })
  })

  test("calls and choices of such tools get the same names", () => {
    const request = decode({
      model: "a/b",
      tools: [{ type: "namespace", name: "agents", description: "", tools: [{ type: "function", name: "spawn" }] }],
      tool_choice: { type: "function", name: "spawn", namespace: "agents" },
      input: [
        { role: "user", content: "go" },
        { type: "function_call", call_id: "c", name: "spawn", namespace: "agents", arguments: "{}" },
        { type: "function_call", call_id: "d", name: "old", namespace: "gone", arguments: "{}" },
      ],
    })
    expect(request.toolChoice).toEqual({ name: "agents__spawn" })
    expect(request.messages[1]?.content).toMatchObject([{ name: "agents__spawn" }, { name: "gone__old" }])
  })

  test.each<[Json, unknown]>([
    ["auto", "auto"],
    ["required", "required"],
    [{ type: "custom", name: "patch" }, { name: "patch" }],
    [{ type: "web_search" }, { opaque: { type: "web_search" }, dialect: "responses" }],
    [
      {
        type: "allowed_tools",
        mode: "auto",
        tools: [
          { type: "function", name: "f" },
          { type: "function", name: "s", namespace: "n" },
        ],
      },
      {
        opaque: {
          type: "allowed_tools",
          mode: "auto",
          tools: [
            { type: "function", name: "f" },
            { type: "function", name: "n__s" },
          ],
        },
        dialect: "responses",
      },
    ],
  ])("tool_choice %j", (choice, expected) => {
    expect(decode({ model: "a/b", input: "hi", tool_choice: choice }).toolChoice).toEqual(expected as never)
  })
})

describe("settings", () => {
  const settings = (body: JsonObject) => {
    const { extras, ...request } = decode({ model: "a/b", input: "hi", ...body })
    const { responses_echo: _echo, ...gateway } = extras?.gateway ?? {}
    return { ...request, own: extras?.responses, gateway }
  }

  test("those with a meaning everywhere", () => {
    const format = { type: "json_schema", name: "n", schema: { type: "object" }, strict: true }
    expect(
      settings({
        text: { format, verbosity: "low" },
        reasoning: { effort: "high", summary: "auto" },
        max_output_tokens: 99,
        temperature: 0.2,
        top_p: 0.9,
        top_logprobs: 3,
        parallel_tool_calls: false,
        metadata: { a: "b", n: 1 },
        safety_identifier: "u",
        prompt_cache_key: "k",
        service_tier: "flex",
        modalities: ["text", "image"],
        cache_control: { type: "ephemeral", ttl: "1h" },
        stream: true,
      }),
    ).toMatchObject({
      responseFormat: { type: "json-schema", name: "n", schema: { type: "object" }, strict: true },
      verbosity: "low",
      reasoning: { effort: "high", summary: "auto" },
      maxOutputTokens: 99,
      sampling: { temperature: 0.2, topP: 0.9, topLogprobs: 3, logprobs: true },
      parallelToolCalls: false,
      metadata: { a: "b", n: "1" },
      user: "u",
      promptCacheKey: "k",
      serviceTier: "flex",
      modalities: ["text", "image"],
      cache: { ttl: "1h" },
      stream: true,
      own: undefined,
    })
  })

  test("what the gateway does by itself, or what asks for nothing, is nobody's field", () => {
    const body = {
      store: true,
      background: false,
      previous_response_id: null,
      conversation: null,
      truncation: "disabled",
      user: null,
    }
    expect(settings({ ...body, include: ["reasoning.encrypted_content"], temperature: null })).toMatchObject({
      own: undefined,
      gateway: {},
      sampling: {},
    })
  })

  test("fields for the gateway and fields of this format alone are kept apart", () => {
    const found = settings({
      models: ["a/c"],
      provider: { order: ["x"] },
      requesty: { tags: ["t"] },
      max_tool_calls: 3,
      client_metadata: { a: "b" },
      truncation: "auto",
      include: ["web_search_call.action.sources"],
      reasoning: { effort: "ultra", context: "auto" },
      text: { odd: 1 },
      user: "u",
      safety_identifier: "s",
    })
    expect(found.gateway).toEqual({ models: ["a/c"], provider: { order: ["x"] }, requesty: { tags: ["t"] } })
    expect(found.own).toEqual({
      max_tool_calls: 3,
      client_metadata: { a: "b" },
      truncation: "auto",
      include: ["web_search_call.action.sources"],
      reasoning: { effort: "ultra", context: "auto" },
      text: { odd: 1 },
      safety_identifier: "s",
    })
    expect(found.user).toBe("u")
  })

  test("chances of tokens by include", () => {
    expect(settings({ include: ["message.output_text.logprobs"] }).sampling).toEqual({ logprobs: true })
  })
})
