import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import Anthropic from "@anthropic-ai/sdk"
import OpenAI from "openai"
import { inferenceKey as apiKey, startGateway } from "../kit/gateway.ts"
import { families } from "../kit/scripted/families.ts"
import { task } from "../kit/scripted/script.ts"

/**
 * Requests with every field that coding agents were seen to send, over three turns: two calls at once, an edit, the last words. Whatever an
 * upstream does not know of them is translated or left out, and never a 400.
 */
const upstreams = families.map((family) => ({ family, upstream: family.start("/work") }))
const gateway = await startGateway()
afterAll(async () => {
  await gateway.stop()
  await Promise.all(upstreams.map(({ upstream }) => upstream.stop()))
})

const draft = "https://json-schema.org/draft/2020-12/schema"
const schema = (...names: string[]) => ({
  $schema: draft,
  type: "object" as const,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  required: names,
  additionalProperties: false,
})

/** About as large as the real ones: thirty tools, a hundred kilobytes. */
const padding = "The rules of the house are long and read by nobody. ".repeat(1600)
const others = Array.from({ length: 26 }, (_, index) => ({ name: `other_${index}`, words: `Does thing ${index}` }))

interface Turn {
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[]
  readonly text: string
}
interface Agent {
  readonly name: string
  /** Begins a conversation; the function takes the results of the calls before, in order. */
  begin(model: string): (results: readonly string[]) => Promise<Turn>
}

const claudeCode: Agent = {
  name: "Claude Code",
  begin(model) {
    const client = new Anthropic({
      baseURL: gateway.url,
      apiKey: null,
      authToken: apiKey,
      maxRetries: 0,
      defaultHeaders: {
        "anthropic-beta":
          "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,advanced-tool-use-2025-11-20,effort-2025-11-24,per-turn-control-2026-07-01,mid-conversation-tool-changes-2026-07-01",
        "anthropic-dangerous-direct-browser-access": "true",
        "x-app": "cli",
        "x-claude-code-session-id": "5f1c7b1e-0000-4000-8000-000000000000",
      },
    })
    const ephemeral = { type: "ephemeral" }
    const turns: object[] = [
      { role: "user", content: [{ type: "text", text: task.prompt }] },
      {
        role: "system",
        content: [{ type: "text", text: "Mind the time.", cache_control: ephemeral }],
        output_config: { effort: "medium" },
      },
    ]
    let called: readonly { id: string }[] = []
    return async (results) => {
      if (results.length > 0) {
        turns.push({
          role: "user",
          content: results.map((content, index) => ({
            type: "tool_result",
            tool_use_id: called[index]!.id,
            content,
            is_error: false,
            ...(index === results.length - 1 ? { cache_control: ephemeral } : {}),
          })),
        })
      }
      const body = {
        model,
        max_tokens: 32000,
        messages: turns,
        system: [
          { type: "text", text: "You are an agent." },
          { type: "text", text: padding, cache_control: ephemeral },
          { type: "text", text: "More rules.", cache_control: ephemeral },
        ],
        tools: [
          { name: "Bash", description: "Runs", input_schema: schema("command") },
          { name: "Read", description: "Reads", input_schema: schema("file_path") },
          { name: "Edit", description: "Edits", input_schema: schema("file_path", "old_string", "new_string") },
          { name: "ToolSearch", description: "Finds tools", input_schema: schema("query") },
          { name: "Later", description: "Deferred", input_schema: schema("x"), defer_loading: true },
          ...others.map(({ name, words }) => ({ name, description: words, input_schema: schema("x") })),
        ],
        metadata: { user_id: JSON.stringify({ device_id: "d", account_uuid: "", session_id: "s" }) },
        thinking: { type: "enabled", budget_tokens: 31999, display: "omitted" },
        context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      }
      const message = await client.beta.messages.stream(body as never).finalMessage()
      turns.push({ role: "assistant", content: message.content })
      const calls = message.content.flatMap((block) => (block.type === "tool_use" ? [block] : []))
      called = calls
      const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("")
      return { calls: calls.map(({ id, name, input }) => ({ id, name, input: JSON.stringify(input) })), text }
    }
  },
}

const codex: Agent = {
  name: "Codex",
  begin(model) {
    const run = "0f8fad5b-d9cb-469f-a165-70867728950e"
    const client = new OpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey,
      maxRetries: 0,
      defaultHeaders: { originator: "codex_exec", "session-id": run, "thread-id": run, "x-codex-turn-metadata": "{}" },
    })
    const input: object[] = [
      { type: "message", id: "m0", role: "developer", content: [{ type: "input_text", text: padding }] },
      { type: "message", id: "m1", role: "user", content: [{ type: "input_text", text: task.prompt }] },
    ]
    let called: readonly { call_id: string; type: string }[] = []
    return async (results) => {
      for (const [index, output] of results.entries()) {
        const { call_id, type } = called[index]!
        input.push({ type: `${type}_output`, id: `out_${call_id}`, call_id, output })
      }
      const own = (name: string, ...names: string[]) => ({
        type: "function",
        name,
        description: name,
        strict: false,
        parameters: schema(...names),
      })
      const stream = client.responses.stream({
        model,
        stream: true,
        input,
        tools: [
          own("exec_command", "cmd"),
          {
            type: "custom",
            name: "apply_patch",
            description: "Patches files",
            format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
          },
          { type: "namespace", name: "agents", description: "Others", tools: [own("spawn", "task")] },
          { type: "web_search", external_web_access: true, search_content_types: ["text"] },
          { type: "tool_search", execution: "client", description: "Finds", parameters: schema("query") },
          ...others.map(({ name }) => own(name, "x")),
        ],
        tool_choice: "auto",
        parallel_tool_calls: true,
        reasoning: { effort: "medium", summary: "auto" },
        text: { verbosity: "low" },
        store: false,
        include: ["reasoning.encrypted_content"],
        prompt_cache_key: run,
        client_metadata: { session: run, more: "{}" },
      } as never)
      // As Codex reads an answer: item by item, as each is done.
      const items: { type: string; call_id: string; name: string; arguments?: string; input?: string }[] = []
      let text = ""
      for await (const event of stream) {
        if (event.type === "response.output_text.delta") text += event.delta
        if (event.type === "response.output_item.done") items.push(event.item as never)
      }
      input.push(...items)
      called = items.filter(({ type }) => /^(?:function|custom_tool)_call$/.test(type))
      const calls = called as typeof items
      return {
        calls: calls.map((item) => ({ id: item.call_id, name: item.name, input: item.arguments ?? item.input ?? "" })),
        text,
      }
    }
  },
}

/** Chat completions as several tools speak them; what differs is what they add and how they write results. */
const chatAgent = (
  name: string,
  extras: object,
  write: (result: string) => unknown,
  prelude: readonly object[] = [],
): Agent => ({
  name,
  begin(model) {
    const client = new OpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey,
      maxRetries: 0,
      defaultHeaders: { "x-session-id": "s1", "x-session-affinity": "s1" },
    })
    const messages: object[] = [
      { role: "system", content: padding },
      ...prelude,
      { role: "user", content: task.prompt },
    ]
    let called: readonly { id: string }[] = []
    return async (results) => {
      for (const [index, result] of results.entries())
        messages.push({ role: "tool", tool_call_id: called[index]!.id, content: write(result) })
      const own = (tool: string, ...names: string[]) => ({
        type: "function",
        function: { name: tool, description: tool, parameters: schema(...names) },
      })
      const stream = client.chat.completions.stream({
        model,
        messages,
        stream: true,
        tools: [
          own("bash", "command"),
          own("read", "path"),
          own("edit", "file_path", "old_string", "new_string"),
          ...others.map(({ name: other }) => own(other, "x")),
        ],
        ...extras,
      } as never)
      const { message } = (await stream.finalChatCompletion()).choices[0]!
      // The SDK's own additions, which it takes out again only in its own loops.
      const { parsed: _, ...sent } = message
      messages.push(sent)
      const calls = (message.tool_calls ?? []).flatMap((call) => (call.type === "function" ? [call] : []))
      called = calls
      const turns = calls.map(({ id, function: { name: tool, arguments: input } }) => ({ id, name: tool, input }))
      return { calls: turns, text: message.content ?? "" }
    }
  },
})

const usage = { stream_options: { include_usage: true } }
const agents: readonly Agent[] = [
  claudeCode,
  codex,
  chatAgent("OpenCode", { ...usage, max_tokens: 32000, tool_choice: "auto" }, (text) => text),
  chatAgent("Pi", { ...usage, max_completion_tokens: 16384, store: false, reasoning_effort: "medium" }, (text) => text),
  chatAgent("Qwen Code", { ...usage, max_tokens: 8000 }, (text) => [{ type: "text", text }], [
    { role: "user", content: [{ type: "text", text: "This is the context." }] },
    { role: "assistant", content: [{ type: "text", text: "Got it." }] },
  ]),
  chatAgent("Cline", { ...usage, tool_choice: "auto" }, (text) =>
    JSON.stringify([{ query: "q", result: text, success: true }]),
  ),
]

for (const { family, upstream } of upstreams) {
  describe(`over ${family.name}`, () => {
    beforeEach(async () => {
      for (const list of [upstream.notes.refusals, upstream.notes.turns]) list.length = 0
      await gateway.configure({ providers: [family.provider(upstream.url)], retries: { same_upstream: 0 } })
    })

    test.each(agents.map((agent) => [agent.name, agent] as const))("%s", async (_, agent) => {
      const next = agent.begin(family.model)
      const first = await next([])
      expect(first.calls).toHaveLength(2)
      expect(new Set(first.calls.map(({ id }) => id)).size).toBe(2)
      expect(first.calls[0]!.input).toContain(task.command)
      const second = await next(["", task.before])
      expect(second.calls).toHaveLength(1)
      expect(second.calls[0]!.input).toContain("light: green")
      const third = await next(["changed"])
      expect(third).toEqual({ calls: [], text: task.last })
      expect(upstream.notes.refusals).toEqual([])
      expect(upstream.notes.results[1]).toContain("light: red")
    })
  })
}
