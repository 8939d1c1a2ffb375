import type { JsonObject } from "../../src/contract/index.ts"

/** What Claude Code, Codex, OpenCode and Pi send beside the usual, and what they may send tomorrow. */
export const headers = {
  "anthropic-version": "2023-06-01",
  "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14,beta-of-tomorrow-2027-01-01",
  "anthropic-dangerous-direct-browser-access": "true",
  "openai-beta": "responses=experimental",
  "x-app": "cli",
  "x-claude-code-session-id": "5f8f2f3e-0000-4000-8000-000000000000",
  "x-codex-turn-metadata": JSON.stringify({ turn: 1, words: "x".repeat(700) }),
  "x-stainless-lang": "js",
  "x-header-of-tomorrow": "1",
  originator: "codex_exec",
  session_id: "s",
}

const cached = { cache_control: { type: "ephemeral" } }
const text = { type: "text", text: "hello", ...cached }

/** Bodies with roles, tools, parts and fields that some format has, or will have. */
export const oddBodies: Readonly<Record<string, Readonly<Record<string, (model: string) => JsonObject>>>> = {
  "chat-completions": {
    "fields of tomorrow": (model) => ({
      model,
      messages: [{ role: "user", content: "hello", mood: "calm" }],
      store: false,
      telemetry: { level: 3 },
    }),
    "a role of tomorrow": (model) => ({
      model,
      messages: [
        { role: "supervisor", content: "Be kind." },
        { role: "user", content: "hello" },
      ],
    }),
    "a part of tomorrow": (model) => ({
      model,
      messages: [
        {
          role: "user",
          content: [
            { type: "hologram", data: "x" },
            { type: "text", text: "hello" },
          ],
        },
      ],
    }),
    "tools of tomorrow": (model) => ({
      model,
      messages: [{ role: "user", content: "hello" }],
      tools: [
        { type: "teleport", teleport: { range: 3 } },
        { type: "custom", custom: { name: "apply_patch", format: { type: "text" } } },
        { type: "function", function: { name: "f", parameters: { type: "object", properties: {} }, mood: 1 } },
      ],
    }),
  },
  responses: {
    "Codex's tools": (model) => ({
      model,
      input: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: "Be kind." }] },
        { role: "user", content: "hello" },
      ],
      tools: [
        { type: "function", name: "f", parameters: { type: "object", properties: {} }, strict: false },
        { type: "namespace", name: "n", description: "d", tools: [] },
        { type: "web_search", external_web_access: true, search_content_types: ["text"] },
        { type: "custom", name: "apply_patch", format: { type: "grammar", syntax: "lark", definition: "start: X" } },
        { type: "tool_search", execution: "client", description: "d", parameters: { type: "object" } },
      ],
      tool_choice: "auto",
      parallel_tool_calls: true,
      reasoning: { summary: "auto" },
      store: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "k",
      client_metadata: { a: "{}" },
    }),
    "items and roles of tomorrow": (model) => ({
      model,
      input: [
        { type: "dream", id: "d_1", content: "x" },
        { type: "message", role: "supervisor", content: "Be kind." },
        {
          type: "message",
          role: "user",
          content: [
            { type: "input_hologram", x: 1 },
            { type: "input_text", text: "hello" },
          ],
        },
      ],
      telemetry: { level: 3 },
    }),
  },
  messages: {
    "what Claude Code sends": (model) => ({
      model,
      max_tokens: 32000,
      system: [text, text, { type: "text", text: "x" }],
      messages: [
        { role: "user", content: [text] },
        { role: "system", content: [text], output_config: { effort: "low" } },
      ],
      metadata: { user_id: JSON.stringify({ device_id: "d", account_uuid: "", session_id: "s" }) },
      thinking: { type: "adaptive", display: "omitted" },
      output_config: { effort: "high" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      tools: [
        {
          name: "Bash",
          description: "d",
          input_schema: {
            $schema: "https://json-schema.org/draft/2020-12/schema",
            type: "object",
            properties: { command: { type: "string" } },
            additionalProperties: false,
          },
          eager_input_streaming: true,
          ...cached,
        },
        { name: "Later", input_schema: { type: "object" }, defer_loading: true },
      ],
    }),
    "blocks, tools and roles of tomorrow": (model) => ({
      model,
      max_tokens: 100,
      messages: [
        { role: "supervisor", content: "Be kind." },
        {
          role: "user",
          content: [
            { type: "hologram", x: 1 },
            { type: "text", text: "hello" },
          ],
        },
      ],
      tools: [{ type: "teleport_20270101", name: "teleport", range: 3 }],
      telemetry: { level: 3 },
    }),
  },
  gemini: {
    "fields, tools and parts of tomorrow": () => ({
      contents: [
        { role: "supervisor", parts: [{ text: "Be kind." }] },
        { role: "user", parts: [{ hologram: { x: 1 } }, { text: "hello", mood: "calm" }] },
      ],
      tools: [{ teleport: { range: 3 } }, { functionDeclarations: [{ name: "f", mood: 1 }] }],
      generationConfig: { telemetry: 3, thinkingConfig: { depth: 2 } },
      telemetry: { level: 3 },
    }),
  },
}
