import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { GatewayError, isObject, type Json, type JsonObject, type Loss } from "../../../src/contract/index.ts"
import { chatCompletions, messages } from "../../../src/dialects/index.ts"
import { seal } from "../../../src/dialects/translate/index.ts"
import { decode } from "../../kit/responses-client.ts"

/** Bodies with the fields that the tools were seen to send, and what becomes of them behind upstreams of other formats. */

const schema = {
  type: "object",
  properties: { command: { type: "array", items: { type: "string" } } },
  additionalProperties: false,
}

const codex: JsonObject = {
  model: "anthropic/claude-sonnet-4",
  stream: true,
  input: [
    { type: "message", id: "msg_0", role: "developer", content: [{ type: "input_text", text: "You are Codex." }] },
    { type: "message", id: "msg_1", role: "user", content: [{ type: "input_text", text: "Fix the test." }] },
    {
      type: "reasoning",
      summary: [{ type: "summary_text", text: "Look first." }],
      content: null,
      encrypted_content: seal({ format: "anthropic-claude-v1", signature: "sig" }),
    },
    {
      type: "function_call",
      id: "fc_1",
      call_id: "c1",
      name: "shell",
      arguments: '{"command":["ls"]}',
      status: "completed",
    },
    {
      type: "custom_tool_call",
      id: "ctc_1",
      call_id: "c2",
      name: "apply_patch",
      input: "*** Begin Patch",
      status: "completed",
    },
    {
      type: "function_call",
      id: "fc_2",
      call_id: "c3",
      name: "spawn",
      namespace: "agents",
      arguments: "{}",
      status: "completed",
    },
    { type: "function_call_output", id: "o1", call_id: "c1", output: "a.ts" },
    { type: "custom_tool_call_output", id: "o2", call_id: "c2", output: "Done" },
    { type: "function_call_output", id: "o3", call_id: "c3", output: "ok" },
  ],
  tools: [
    { type: "function", name: "shell", description: "Runs a command", strict: false, parameters: schema },
    {
      type: "custom",
      name: "apply_patch",
      description: "Edits",
      format: { type: "grammar", syntax: "lark", definition: "start: x" },
    },
    {
      type: "namespace",
      name: "agents",
      description: "Sub-agents",
      tools: [{ type: "function", name: "spawn", strict: false, parameters: schema }],
    },
    { type: "web_search", external_web_access: true, search_content_types: ["text"] },
    { type: "tool_search", execution: "client", description: "Finds tools", parameters: schema },
  ],
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: { effort: "medium", summary: "auto" },
  text: { verbosity: "low" },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "0f8fad5b",
  client_metadata: { turn: "{}" },
}

const openCode: JsonObject = {
  model: "openai/gpt-4o-mini",
  input: [
    { role: "system", content: "You are OpenCode." },
    { role: "user", content: [{ type: "input_text", text: "Hi" }] },
  ],
  max_output_tokens: 32_000,
  store: false,
  prompt_cache_key: "ses_1",
  include: ["reasoning.encrypted_content"],
  tools: [{ type: "function", name: "bash", description: "d", parameters: schema, strict: false }],
  tool_choice: "auto",
  stream: true,
}

const pi: JsonObject = {
  model: "openai/gpt-5",
  input: [
    { role: "developer", content: "You are Pi." },
    {
      role: "user",
      content: [
        { type: "input_text", text: "Hi" },
        { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBORw0KGgo=" },
      ],
    },
    { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" },
    { type: "function_call", id: "fc_1", call_id: "call_1", name: "read", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: [{ type: "input_text", text: "x" }] },
  ],
  reasoning: { effort: "medium", summary: "auto" },
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "k",
  prompt_cache_retention: "24h",
  store: false,
  stream: true,
  tools: [{ type: "function", name: "read", description: "d", parameters: schema, strict: null }],
}

const n8n: JsonObject = {
  model: "openai/gpt-4o",
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "Summarise" },
        { type: "input_file", filename: "a.pdf", file_url: "https://x/a.pdf" },
      ],
    },
  ],
  text: { format: { type: "text" } },
  tools: [
    {
      type: "web_search_preview",
      search_context_size: "medium",
      user_location: { type: "approximate", country: "DE" },
    },
  ],
  metadata: { workflow: "1" },
  truncation: "auto",
  background: false,
  temperature: 0.7,
}

test.each<[string, JsonObject]>([
  ["Codex", codex],
  ["OpenCode", openCode],
  ["Pi", pi],
  ["n8n", n8n],
])("%s is understood", (_name, body) => {
  const request = decode(body)
  expect(request.messages.length).toBeGreaterThan(0)
  expect(request.model).toBe(String(body.model))
  expect(decode(body)).toEqual(request)
})

const behind = (dialect: typeof messages, body: JsonObject) => {
  const losses: Loss[] = []
  const lose = (loss: Loss) => void losses.push(loss)
  const sent = dialect.encodeRequest(decode(body), {
    model: "up",
    profile: { webSearch: "tool" },
    maxOutput: 8000,
    lose,
  })
  return { sent, losses }
}

describe("Codex behind Claude", () => {
  const { sent, losses } = behind(messages, codex)

  test("what Claude thought and signed is there again, before its calls", () => {
    const turn = (sent.messages as JsonObject[]).find(({ role }) => role === "assistant")
    expect(turn?.content).toMatchObject([
      { type: "thinking", thinking: "Look first.", signature: "sig" },
      { type: "tool_use", id: "c1", name: "shell", input: { command: ["ls"] } },
      { type: "tool_use", id: "c2", name: "apply_patch" },
      { type: "tool_use", id: "c3", name: "agents__spawn" },
    ])
  })

  test("every tool that can be carried is", () => {
    const names = (sent.tools as JsonObject[]).map(({ name }) => name as Json)
    expect(names).toEqual(["shell", "apply_patch", "agents__spawn", "web_search"])
  })

  test("what cannot be carried is told, and nothing of what the gateway does by itself", () => {
    const told = losses.map(({ path }) => path)
    expect(told).toEqual(expect.arrayContaining(["tools[4]", "client_metadata"]))
    for (const quiet of ["include", "store", "prompt_cache_key.x", "tools[2].namespace", "responses_echo"])
      expect(told).not.toContain(quiet)
  })
})

test("Codex behind chat completions: calls and results pair, none is parted", () => {
  const { sent } = behind(chatCompletions, codex)
  const turns = sent.messages as JsonObject[]
  const at = turns.findIndex(({ role }) => role === "assistant")
  expect((turns[at]!.tool_calls as JsonObject[]).map(({ id }) => id)).toEqual(["c1", "c2", "c3"])
  expect(turns.slice(at + 1).map(({ role, tool_call_id }) => [role, tool_call_id])).toEqual([
    ["tool", "c1"],
    ["tool", "c2"],
    ["tool", "c3"],
  ] as never)
})

/** The value with one of its insides replaced; `at` says which. */
const damaged = (value: Json, at: number[], by: Json): Json => {
  const [first, ...rest] = at
  const keys = isObject(value) || Array.isArray(value) ? Object.keys(value) : []
  const key = first === undefined ? undefined : keys[first % keys.length]
  if (key === undefined) return by
  const inside = damaged((value as JsonObject)[key] ?? null, rest, by)
  return Array.isArray(value) ? value.with(Number(key), inside) : { ...(value as JsonObject), [key]: inside }
}

test("whatever is wrong inside of a body, it is read or refused with a place, never a fault", () => {
  const bodies = fc.constantFrom(codex, openCode, pi, n8n)
  const junk = fc.constantFrom<Json>(
    null,
    0,
    -1,
    "",
    "x",
    true,
    [],
    {},
    [null],
    [[]],
    { type: 5 },
    { type: "x" },
    "data:,",
  )
  let refused = 0
  fc.assert(
    fc.property(bodies, fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), junk, (body, at, by) => {
      try {
        decode(damaged(body, at, by))
      } catch (thrown) {
        refused++
        expect(GatewayError.is(thrown) && thrown.code).toBe("invalid_request")
        expect(GatewayError.is(thrown) && thrown.param).toBeString()
      }
    }),
    { numRuns: 3000, seed: 5 },
  )
  expect(refused).toBeGreaterThan(300)
})
