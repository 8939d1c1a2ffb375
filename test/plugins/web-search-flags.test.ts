import { expect, test } from "bun:test"
import builtIns from "../../plugins/index.ts"
import type { Capabilities, ChatRequest, Profile } from "../../src/contract/index.ts"

const settings = { apiKey: "k", headers: {}, options: {} }
const request: ChatRequest = { model: "m", messages: [], sampling: {}, stream: false, tools: [{ type: "web-search" }] }

const definitions = (
  await Promise.all(
    builtIns
      .filter(({ name }) => ["openai", "openai-compatible", "anthropic", "google"].includes(name))
      .map(async (plugin) => ((await plugin.setup({} as never, {} as never)) as Capabilities).providers ?? []),
  )
).flat()

/** How each format of a provider searches, by its name; those that decline such a request are left out. */
const searches = (slug: string, model: string): Readonly<Record<string, Profile["webSearch"]>> => {
  const provider = definitions.find(({ id }) => id === slug)!.create({ id: slug, ...settings })
  const wires = [provider.wire, ...(provider.otherWires ?? [])].filter((wire) => wire !== undefined)
  const able = wires.filter((wire) => wire.serves?.(model) !== false && wire.declines?.(request, model) !== true)
  return Object.fromEntries(
    able.flatMap((wire) => {
      const { webSearch } = wire.profile(model)
      return webSearch === undefined ? [] : [[wire.dialect.name, webSearch]]
    }),
  )
}

test.each([
  ["openai", "gpt-5.1", { responses: "tool" }],
  ["openai", "gpt-4o-search-preview", { "chat-completions": "options" }],
  ["anthropic", "claude-sonnet-4-5", { messages: "tool" }],
  ["google", "gemini-2.5-flash", { gemini: "tool" }],
  ["groq", "openai/gpt-oss-120b", { "chat-completions": "browser" }],
  ["groq", "llama-3.3-70b-versatile", {}],
  ["xai", "grok-4", { responses: "tool" }],
  ["deepseek", "deepseek-chat", {}],
])("%s %s searches by %p", (slug, model, expected) => {
  expect(searches(slug, model)).toEqual(expected as never)
})

test.each(["openrouter", "requesty", "requesty-eu"])("%s takes the tool in chat completions", (slug) => {
  expect(searches(slug, "some/model")["chat-completions"]).toBe("tool")
})

test("Perplexity searches for every answer", () => {
  expect(Object.values(searches("perplexity", "sonar"))).toEqual(["always"])
})
