import { describe, expect, test } from "bun:test"
import type { Profile } from "../../src/contract/index.ts"
import { delta, feed, reply } from "../kit/chat-completions.ts"

describe("usage", () => {
  const usageOf = (usage: object, profile: Profile = {}) => {
    const part = feed([delta({ content: "x" }, "stop"), { choices: [], usage }, "[DONE]"], profile).find(
      (one) => one.type === "usage",
    )
    if (part?.type !== "usage") throw new Error("no usage")
    const { input, output } = part.usage
    return [input.fresh, input.cacheRead, input.cacheWrite, output.text, output.reasoning]
  }
  test.each<[string, object, Profile, number[]]>([
    ["plain", { prompt_tokens: 5, completion_tokens: 3 }, {}, [5, 0, 0, 3, 0]],
    [
      "details inside the totals",
      {
        prompt_tokens: 10,
        completion_tokens: 8,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 6 },
      },
      {},
      [5, 4, 1, 2, 6],
    ],
    ["DeepSeek", { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 7 }, {}, [3, 7, 0, 1, 0]],
    [
      "Moonshot",
      { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 7, prompt_tokens_details: { cached_tokens: 2 } },
      { usageQuirk: "cached-top-level" },
      [3, 7, 0, 1, 0],
    ],
    [
      "Alibaba",
      {
        prompt_tokens: 10,
        completion_tokens: 1,
        prompt_tokens_details: { cached_tokens: 2, cache_creation_input_tokens: 3 },
      },
      { usageQuirk: "cache-write-inside" },
      [5, 2, 3, 1, 0],
    ],
    [
      "Perplexity",
      { prompt_tokens: 1, completion_tokens: 9, reasoning_tokens: 5 },
      { usageQuirk: "reasoning-outside" },
      [1, 0, 0, 9, 5],
    ],
    [
      "Mistral's slip",
      { prompt_tokens: 10, completion_tokens: 1, prompt_token_details: { cached_tokens: 4 } },
      {},
      [6, 4, 0, 1, 0],
    ],
    [
      "totals never negative",
      {
        prompt_tokens: 3,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 9 },
        completion_tokens_details: { reasoning_tokens: 7 },
      },
      {},
      [3, 9, 0, 2, 7],
    ],
  ])("%s", (_name, usage, profile, expected) => {
    expect(usageOf(usage, profile)).toEqual(expected)
  })

  test.each<[string, object[]]>([
    [
      "on the last choice chunk",
      [delta({ content: "x" }, "stop", { usage: { prompt_tokens: 2, completion_tokens: 1 } })],
    ],
    [
      "inside the choice",
      [
        {
          choices: [
            {
              index: 0,
              delta: { content: "x" },
              finish_reason: "stop",
              usage: { prompt_tokens: 2, completion_tokens: 1 },
            },
          ],
        },
      ],
    ],
    ["in x_groq", [delta({ content: "x" }, "stop", { x_groq: { usage: { prompt_tokens: 2, completion_tokens: 1 } } })]],
    [
      "on every chunk, the last counts",
      [
        delta({ content: "x" }, null, { usage: { prompt_tokens: 2, completion_tokens: 0 } }),
        delta({}, "stop", { usage: { prompt_tokens: 2, completion_tokens: 1 } }),
      ],
    ],
  ])("is found %s", (_name, events) => {
    expect(reply(feed([...events, "[DONE]"])).usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 1 })
  })
})
