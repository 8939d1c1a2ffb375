import { describe, expect, test } from "bun:test"
import type { Loss } from "../../../src/contract/index.ts"
import { chatCompletions, claudeProfile, openAiProfile, seal } from "../../../src/dialects/index.ts"
import { contentOf, decode, encode, minimal } from "../../kit/messages.ts"

const fable = claudeProfile("claude-opus-5-5")

/** What Claude Code sends, in its form and with its fields; the texts are ours. */
const claudeCode = {
  model: "claude-opus-5-5",
  max_tokens: 32000,
  system: [
    { type: "text", text: "header" },
    { type: "text", text: "who you are", cache_control: { type: "ephemeral" } },
    { type: "text", text: "what to do", cache_control: { type: "ephemeral" } },
  ],
  messages: [
    { role: "user", content: [{ type: "text", text: "list the files" }] },
    {
      role: "system",
      content: [{ type: "text", text: "reminder", cache_control: { type: "ephemeral" } }],
      output_config: { effort: "high" },
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "", signature: "Er8CCkYI" },
        { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } },
        { type: "tool_use", id: "toolu_2", name: "Read", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_1", content: "a.txt", is_error: false },
        {
          type: "tool_result",
          tool_use_id: "toolu_2",
          content: [{ type: "text", text: "no such file" }],
          is_error: true,
          cache_control: { type: "ephemeral" },
        },
        { type: "text", text: "go on" },
      ],
    },
  ],
  tools: [
    {
      name: "Bash",
      description: "Runs a command",
      input_schema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: { command: { type: "string" } },
        required: ["command"],
        additionalProperties: false,
      },
    },
    { name: "Read", input_schema: { type: "object", properties: {} }, defer_loading: true },
  ],
  metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"s"}' },
  thinking: { type: "adaptive", display: "omitted" },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  output_config: { effort: "high" },
  stream: true,
}

describe("what Claude Code sends", () => {
  test("comes back as it was for a Claude upstream, but for spellings", () => {
    const { body, losses } = encode(decode(claudeCode), { ...fable, eagerToolInput: false }, "claude-opus-5-5")
    const { messages, ...fields } = claudeCode
    expect(losses).toEqual([])
    const { messages: sent, ...others } = body
    expect(others).toEqual(fields)
    expect((sent as { role: string }[]).map(({ role }) => role)).toEqual(["user", "system", "assistant", "user"])
    expect((sent as object[])[1]).toMatchObject({ output_config: { effort: "high" } })
    expect((sent as { content: unknown }[])[2]?.content).toEqual(messages[2]!.content)
    expect((sent as { content: object[] }[])[3]?.content).toMatchObject([
      { type: "tool_result", tool_use_id: "toolu_1", content: "a.txt" },
      { type: "tool_result", tool_use_id: "toolu_2", content: "no such file", is_error: true },
      { type: "text", text: "go on" },
    ])
  })

  test("reaches an OpenAI upstream with its system message in place; what cannot go is reported", () => {
    const losses: Loss[] = []
    const body = chatCompletions.encodeRequest(decode(claudeCode), {
      model: "gpt-4.1",
      profile: openAiProfile("gpt-4.1"),
      lose: (loss) => losses.push(loss),
    })
    const roles = (body.messages as { role: string }[]).map(({ role }) => role)
    expect(roles[0]).toMatch(/system|developer/)
    expect(roles.slice(1)).toEqual(["user", roles[0]!, "assistant", "tool", "tool", "user"])
    const lost = losses.map(({ path }) => path)
    expect(lost).toContain("context_management")
    expect(lost.some((path) => path.includes("defer_loading"))).toBe(true)
    expect(losses.some(({ code }) => code === "foreign_reasoning")).toBe(true)
    expect(JSON.stringify(body)).not.toContain("Er8CCkYI")
  })
})

test("what Pi sends: a budget, eager tools, a breakpoint on the last tool", () => {
  const request = decode({
    ...minimal,
    stream: true,
    max_tokens: 16_000,
    thinking: { type: "enabled", budget_tokens: 8192, display: "summarized" },
    tools: [
      {
        name: "edit",
        description: "d",
        input_schema: { type: "object", properties: {} },
        eager_input_streaming: true,
        cache_control: { type: "ephemeral" },
      },
    ],
  })
  expect(request.reasoning).toEqual({ enabled: true, budget: 8192, display: "summarized" })
  expect(request.tools).toEqual([
    {
      type: "function",
      name: "edit",
      description: "d",
      parameters: { type: "object", properties: {} },
      cache: {},
      extras: { messages: { eager_input_streaming: true } },
    },
  ])
  expect(encode(request, claudeProfile("claude-sonnet-4-5")).body.thinking).toEqual({
    type: "enabled",
    budget_tokens: 8192,
    display: "summarized",
  })
})

describe("blocks", () => {
  const back = (block: object) => {
    const request = decode({ ...minimal, messages: [{ role: "user", content: [block] }] })
    const { body, losses } = encode(request, claudeProfile("claude-sonnet-4-5"))
    return { block: (body.messages as { content: object[] }[])[0]!.content[0], losses }
  }
  const pdf = "JVBERi0xLjQ="
  const blocks: readonly (readonly [string, object])[] = [
    ["text", { type: "text", text: "t", cache_control: { type: "ephemeral", ttl: "1h" } }],
    ["text with citations", { type: "text", text: "t", citations: [{ type: "char_location", document_index: 0 }] }],
    ["image base64", { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } }],
    ["image url", { type: "image", source: { type: "url", url: "https://e.org/a.png" } }],
    ["image file", { type: "image", source: { type: "file", file_id: "file_1" } }],
    [
      "document base64",
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: pdf },
        title: "T",
        context: "C",
        citations: { enabled: true },
        cache_control: { type: "ephemeral" },
      },
    ],
    ["document url", { type: "document", source: { type: "url", url: "https://e.org/a.pdf" } }],
    ["document text", { type: "document", source: { type: "text", media_type: "text/plain", data: "Grüße" } }],
    ["document file", { type: "document", source: { type: "file", file_id: "file_1" }, title: "T" }],
    [
      "document content",
      { type: "document", source: { type: "content", content: [{ type: "text", text: "one" }] }, title: "T" },
    ],
    [
      "search result",
      {
        type: "search_result",
        source: "https://e.org",
        title: "T",
        content: [{ type: "text", text: "found" }],
        citations: { enabled: true },
      },
    ],
    ["container upload", { type: "container_upload", file_id: "file_1" }],
    ["of tomorrow", { type: "hologram", data: { x: 1 }, cache_control: { type: "ephemeral" } }],
  ]
  for (const [name, block] of blocks)
    test(`${name} comes back unchanged`, () => {
      expect(back(block)).toEqual({ block, losses: [] })
    })

  test("documents and search results are text files to others", () => {
    const [document, result] = contentOf(
      { type: "document", source: { type: "content", content: [{ type: "text", text: "one" }] } },
      { type: "search_result", source: "https://e.org", title: "T", content: [{ type: "text", text: "found" }] },
    )
    for (const part of [document, result])
      expect(part).toMatchObject({ type: "media", kind: "file", mime: "text/plain" })
    expect(result).toMatchObject({ source: { base64: Buffer.from("T\nhttps://e.org\nfound").toString("base64") } })
  })

  test("assistant blocks keep their order, server tools among them", () => {
    const content = [
      { type: "thinking", thinking: "hm", signature: "sig" },
      { type: "redacted_thinking", data: "ZGF0YQ==" },
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } },
      { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
      { type: "compaction", content: "so far" },
      { type: "text", text: "said" },
      { type: "tool_use", id: "toolu_1", name: "t", input: { a: 1 }, caller: { type: "direct" } },
    ]
    const messages = [
      { role: "user", content: "q" },
      { role: "assistant", content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1" }] },
    ]
    const request = decode({ ...minimal, messages })
    expect(request.messages[1]?.content.map(({ type }) => type)).toEqual([
      "reasoning",
      "reasoning",
      "opaque",
      "opaque",
      "opaque",
      "text",
      "tool-call",
    ])
    const { body, losses } = encode(request, claudeProfile("claude-sonnet-4-5"))
    expect(losses).toEqual([])
    expect((body.messages as { content: unknown }[])[1]!.content).toEqual(content)
  })

  test("thinking is Claude's, ours, or nobody's", () => {
    const sealed = seal({ format: "openai-responses-v1", encrypted: "e", id: "rs_1" })
    const damaged = "sbx1.@@@"
    expect(
      contentOf(
        { type: "thinking", thinking: "a", signature: "s" },
        { type: "thinking", thinking: "b", signature: sealed },
        { type: "thinking", thinking: "c", signature: damaged },
        { type: "thinking", thinking: "d", signature: "" },
        { type: "redacted_thinking", data: sealed },
        { type: "redacted_thinking", data: damaged },
      ),
    ).toEqual([
      { type: "reasoning", text: "a", signature: "s", format: "anthropic-claude-v1" },
      { type: "reasoning", text: "b", encrypted: "e", id: "rs_1", format: "openai-responses-v1" },
      { type: "reasoning", text: "c", format: "unknown" },
      { type: "reasoning", text: "d", format: "unknown" },
      { type: "reasoning", encrypted: "e", id: "rs_1", format: "openai-responses-v1" },
      { type: "reasoning", format: "unknown" },
    ])
  })
})

describe("fields", () => {
  const claude = claudeProfile("claude-opus-4-8")
  const same = (fields: object, profile = claude) => {
    const { body, losses } = encode(decode({ ...minimal, ...fields }), profile)
    return { sent: Object.fromEntries(Object.keys(fields).map((key) => [key, body[key]])), losses }
  }
  const unchanged: readonly object[] = [
    { stop_sequences: ["END"] },
    { metadata: { user_id: "u", team: "t" } },
    { service_tier: "standard_only" },
    { cache_control: { type: "ephemeral" } },
    { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "medium" } },
    { thinking: { type: "between_tools" } },
    { thinking: { type: "disabled" }, output_config: { effort: "low" } },
    { output_config: { effort: "xhigh" } },
    { output_config: { effort: "high", task_budget: { type: "tokens", total: 20_000 } } },
    { output_config: { effort: "galactic" } },
    { speed: "fast", container: "c", inference_geo: "us", mcp_servers: [{ type: "url", url: "https://e", name: "n" }] },
    { context_management: { edits: [] } },
  ]
  for (const fields of unchanged)
    test(`${JSON.stringify(fields)} comes back unchanged`, () => {
      expect(same(fields)).toEqual({ sent: fields as never, losses: [] })
    })

  test("tool choice and its inverted switch", () => {
    const tools = [{ name: "t", input_schema: { type: "object" } }]
    for (const choice of [
      { type: "auto", disable_parallel_tool_use: true },
      { type: "any" },
      { type: "none" },
      { type: "tool", name: "t" },
      { type: "of_tomorrow", x: 1 },
    ]) {
      const request = decode({ ...minimal, tools, tool_choice: choice })
      expect(encode(request, claudeProfile("claude-sonnet-4-5")).body.tool_choice).toEqual(choice)
    }
  })

  test("built-in tools: web search in the internal words, all others as they are", () => {
    const tools = [
      {
        type: "web_search_20260209",
        name: "web_search",
        max_uses: 3,
        allowed_domains: ["e.org"],
        user_location: { type: "approximate", country: "DE" },
        allowed_callers: ["direct"],
      },
      { type: "bash_20250124", name: "bash" },
      { type: "custom", name: "t", input_schema: { type: "object" }, strict: true },
    ]
    const request = decode({ ...minimal, tools })
    expect(request.tools?.map(({ type }) => type)).toEqual(["web-search", "opaque", "function"])
    expect(request.tools?.[0]).toMatchObject({
      maxUses: 3,
      allowedDomains: ["e.org"],
      userLocation: { country: "DE" },
      extras: { messages: tools[0] },
    })
    const { body, losses } = encode(request, claudeProfile("claude-sonnet-4-5"))
    expect(losses).toEqual([])
    expect((body.tools as object[]).slice(0, 2)).toEqual(tools.slice(0, 2))
  })

  test("a schema for the answer, by either of its names", () => {
    const format = { type: "json_schema", schema: { type: "object", properties: {}, additionalProperties: false } }
    for (const fields of [{ output_config: { format } }, { output_format: format }])
      expect(encode(decode({ ...minimal, ...fields }), claude).body.output_config).toEqual({ format })
  })

  test("an effort alone leaves the habit of thinking to the model", () => {
    const request = decode({ ...minimal, output_config: { effort: "high" } })
    expect(request.reasoning).toEqual({ effort: "high", implicit: true })
    expect(encode(request, claude).body.thinking).toBeUndefined()
    expect(encode(request, claudeProfile("claude-3-7-sonnet")).lost).toEqual(["output_config.effort dropped"])
  })

  test("fields for the gateway go to nobody and are no loss", () => {
    const fields = {
      models: ["c/d"],
      fallbacks: [{ model: "e/f" }],
      provider: {},
      session_id: "s",
      requesty: {},
      trace: {},
    }
    const request = decode({ ...minimal, ...fields })
    expect(request.extras).toEqual({ gateway: fields })
    const { body, losses } = encode(request, claude)
    expect(Object.keys(body).sort()).toEqual(["max_tokens", "messages", "model"])
    expect(losses).toEqual([])
  })

  test("results are messages of their own, in their place", () => {
    const content = [
      { type: "text", text: "before" },
      { type: "tool_result", tool_use_id: "a", content: "x" },
      { type: "text", text: "after" },
    ]
    const { messages } = decode({ ...minimal, messages: [{ role: "user", content }] })
    expect(messages.map(({ role }) => role)).toEqual(["user", "tool", "user"])
  })

  test("an unknown role is carried, and stays a turn of its own", () => {
    const messages = [
      { role: "user", content: "q" },
      { role: "narrator", content: "meanwhile" },
    ]
    const { body } = encode(decode({ ...minimal, messages }), claude)
    expect(body.messages).toMatchObject([{ role: "user" }, { role: "narrator" }])
  })
})
