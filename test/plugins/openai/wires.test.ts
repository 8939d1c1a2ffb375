import { describe, expect, test } from "bun:test"
import { openAi } from "../../../plugins/openai/provider.ts"
import type { ChatRequest, ProviderSettings, Tool } from "../../../src/contract/index.ts"
import { openAiResponsesProfile } from "../../../src/dialects/index.ts"

const wires = (options: ProviderSettings["options"] = {}) => {
  const { wire, otherWires = [] } = openAi.create({ id: "openai", apiKey: "k", headers: {}, options })
  return wire ? [wire, ...otherWires] : otherWires
}
const serving = (model: string, options?: ProviderSettings["options"]) =>
  wires(options)
    .filter((wire) => wire.serves?.(model) !== false)
    .map(({ dialect }) => dialect.name)
    .join(" ")

describe("which format reaches a model", () => {
  for (const [model, formats] of [
    ["gpt-4o-mini", "chat-completions responses"],
    ["gpt-5.6", "chat-completions responses"],
    ["gpt-5.1-codex", "responses"],
    ["gpt-5.1-codex-max", "responses"],
    ["codex-mini-latest", "responses"],
    ["gpt-5-pro", "responses"],
    ["o3-pro-2025-06-10", "responses"],
    ["o4-mini-deep-research", "responses"],
    ["gpt-4o-search-preview", "chat-completions"],
    ["gpt-4o-audio-preview", "chat-completions"],
    ["gpt-audio", "chat-completions"],
  ] as const)
    test(model, () => {
      expect(serving(model)).toBe(formats)
    })
})

describe("prefer_responses", () => {
  test("leaves to chat completions what only they have", () => {
    expect(serving("gpt-4o", { prefer_responses: true })).toBe("responses")
    expect(serving("gpt-4o-search-preview", { prefer_responses: true })).toBe("chat-completions")
    expect(serving("gpt-4o", { prefer_responses: false })).toBe("chat-completions responses")
  })
  test("is a switch", () => {
    expect(() => serving("gpt-4o", { prefer_responses: "yes" })).toThrow(
      "options.prefer_responses must be true or false",
    )
  })
})

describe("what only the Responses API carries goes there", () => {
  const [chat] = wires()
  const f: Tool = { type: "function", name: "f" }
  const request = (fields: Partial<ChatRequest>): ChatRequest => ({
    model: "m",
    messages: [],
    sampling: {},
    stream: false,
    ...fields,
  })
  for (const [name, model, fields, declined] of [
    ["functions and reasoning, 5.6", "gpt-5.6", { tools: [f], reasoning: { effort: "high" } }, true],
    // It reasons by itself, and chat completions would have to switch that off.
    ["functions alone, 5.6", "gpt-5.6-mini", { tools: [f] }, true],
    ["functions without reasoning, 5.6", "gpt-5.6", { tools: [f], reasoning: { effort: "none" } }, false],
    ["reasoning alone, 5.6", "gpt-5.6", { reasoning: { effort: "high" } }, false],
    ["functions and reasoning, 5.5", "gpt-5.5", { tools: [f], reasoning: { effort: "high" } }, false],
    ["functions, 4.1", "gpt-4.1", { tools: [f] }, false],
    ["a search of the web", "gpt-4.1", { tools: [{ type: "web-search" }] }, true],
  ] as const satisfies readonly (readonly [string, string, Partial<ChatRequest>, boolean])[])
    test(name, () => {
      expect(chat?.declines?.(request(fields), model)).toBe(declined)
    })
})

describe("efforts in the Responses API", () => {
  const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
  for (const [id, wanted] of [
    ["o3", "low low low medium high high high"],
    ["gpt-5", "minimal minimal low medium high high high"],
    ["gpt-5.4", "none low low medium high xhigh xhigh"],
    ["gpt-5.6", "none low low medium high xhigh max"],
    ["gpt-6-terra", "low low low medium high xhigh max"],
    ["gpt-5-pro", "high high high high high high high"],
    ["gpt-5.2-pro", "medium medium medium medium high xhigh max"],
    ["gpt-5-codex", "low low low medium high high high"],
    ["gpt-5.1-codex-max", "low low low medium high xhigh xhigh"],
  ] as const)
    test(id, () => {
      const { effortMap } = openAiResponsesProfile(id)
      expect(efforts.map((effort) => effortMap?.[effort] ?? effort).join(" ")).toBe(wanted)
    })
})

test("reasoning and functions go together there, and the web is searched by a tool", () => {
  expect(openAiResponsesProfile("gpt-5.6")).toMatchObject({ reasoningWithTools: true, webSearch: "tool" })
  expect(openAiResponsesProfile("gpt-5.6").noSampling).toBe(true)
  expect(openAiResponsesProfile("gpt-4o").reasoningFormat).toBe("none")
})
