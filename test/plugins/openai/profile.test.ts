import { describe, expect, test } from "bun:test"
import { openAiProfile } from "../../../src/dialects/model-profiles/openai.ts"
import { readModelId } from "../../../src/dialects/model-profiles/openai-id.ts"

describe("what an id says", () => {
  for (const [id, generation, series, variant, reasoning] of [
    ["gpt-4o-mini", 4, undefined, "mini", false],
    ["gpt-4.1", 4.1, undefined, "", false],
    ["gpt-5", 5, undefined, "", true],
    ["gpt-5-mini-2025-08-07", 5, undefined, "mini-2025-08-07", true],
    ["gpt-5-chat-latest", 5, undefined, "chat-latest", false],
    ["gpt-5.6-luna", 5.6, undefined, "luna", true],
    ["gpt-6-terra", 6, undefined, "terra", true],
    ["o4-mini", undefined, 4, "mini", true],
    ["ft:gpt-4o-mini:org::id", 4, undefined, "mini", false],
    ["chatgpt-4o-latest", undefined, undefined, "", false],
    ["omni-moderation", undefined, undefined, "", false],
  ] as const)
    test(id, () => {
      expect(readModelId(id)).toMatchObject({ generation, series, variant, reasoning })
    })
})

describe("efforts are bent to what the generation knows", () => {
  const bend = (id: string, effort: string) => openAiProfile(id).effortMap?.[effort] ?? effort
  for (const [id, wanted] of [
    ["o3", "low low low medium high high high"],
    ["gpt-5", "minimal minimal low medium high high high"],
    ["gpt-5.1", "none low low medium high high high"],
    ["gpt-5.4", "none low low medium high xhigh xhigh"],
    ["gpt-5.6", "none low low medium high xhigh xhigh"],
    ["gpt-6-terra", "low low low medium high xhigh max"],
    ["gpt-6-luna", "none low low medium high xhigh max"],
    ["gpt-6.1-terra", "none low low medium high xhigh max"],
  ] as const)
    test(id, () => {
      const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
      expect(efforts.map((effort) => bend(id, effort)).join(" ")).toBe(wanted)
    })
})

test("plain models are not asked to reason", () => {
  expect(openAiProfile("gpt-4o").reasoningFormat).toBe("none")
  expect(openAiProfile("gpt-4o-search-preview").dropFields).toContain("temperature")
})

test("cache fields by generation", () => {
  expect(openAiProfile("gpt-5.5").cacheFormat).toBeUndefined()
  expect(openAiProfile("gpt-5.6").cacheFormat).toBe("openai")
  expect(openAiProfile("gpt-5.6").dropFields).not.toContain("prompt_cache_retention")
  expect(openAiProfile("gpt-6-sol").dropFields).toContain("prompt_cache_retention")
})

test("only 5.6 may not reason with tools", () => {
  const allowed = ["gpt-5.5", "gpt-5.6", "gpt-6-sol"].map((id) => openAiProfile(id).reasoningWithTools)
  expect(allowed).toEqual([true, false, true])
})
