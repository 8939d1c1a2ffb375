import { expect, test } from "bun:test"
import { putBounded } from "../../src/contract/bounded.ts"
import { authorIn, withoutAuthor } from "../../src/contract/index.ts"

test.each([
  ["anthropic/claude-sonnet-4.5", "anthropic", "claude-sonnet-4.5"],
  ["OpenAI/gpt-5", "openai", "gpt-5"],
  ["a/b/c", "a", "b/c"],
  ["gpt-5", "gpt-5", "gpt-5"],
])("%s is by %s", (name, author, rest) => {
  expect(authorIn(name)).toBe(author)
  expect(withoutAuthor(name)).toBe(rest)
})

test("a bounded map forgets what was put there longest ago", () => {
  const map = new Map<string, number>()
  for (const [at, key] of ["a", "b", "a", "c"].entries()) putBounded(map, 2, key, at)
  expect([...map]).toEqual([
    ["a", 2],
    ["c", 3],
  ])
})
