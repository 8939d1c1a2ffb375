import { expect, test } from "bun:test"
import fc from "fast-check"
import { matcherOf, Patterns } from "../../../src/pipeline/access/patterns.ts"

const offer = (provider: string, upstream: string, model = `${provider}/${upstream}`, canonical?: string) => ({
  provider,
  upstream,
  model,
  ...(canonical === undefined ? {} : { canonical }),
})

const azure = offer("azure", "gpt-4o", "openai/gpt-4o")
const claude = offer("bedrock", "eu.anthropic.claude-sonnet-4-5-v1:0", "bedrock/claude", "anthropic/claude-sonnet-4.5")
const llama = offer("ollama", "llama3:8b", "ollama/llama3:8b")
const together = offer("together", "meta-llama/Llama-3.3-70B", "meta-llama/llama-3.3-70b")

test.each([
  ["openai/gpt-4o", azure, true],
  ["OpenAI/GPT-4o", azure, true],
  ["azure/gpt-4o", azure, true],
  ["azure:gpt-4o", azure, true],
  ["openai:gpt-4o", azure, false],
  ["gpt-4o", azure, true],
  ["gpt-4", azure, false],
  ["gpt-4*", azure, true],
  ["openai/*", azure, true],
  ["azure/*", azure, true],
  ["azure:*", azure, true],
  ["openai:*", azure, false],
  ["*", azure, true],
  ["*/*", azure, true],
  ["*gpt*", azure, true],
  ["open", azure, false],
  ["", azure, false],
  // The same weights, however they are written.
  ["anthropic/claude-sonnet-4.5", claude, true],
  ["anthropic/claude-sonnet-4-5", claude, true],
  ["claude-sonnet-4-5", claude, true],
  ["anthropic/claude-*", claude, true],
  ["anthropic/claude-opus-*", claude, false],
  // Names with colons of their own.
  ["llama3:8b", llama, true],
  ["llama3:*", llama, true],
  ["ollama:llama3:8b", llama, true],
  ["ollama:*", llama, true],
  ["together:*", together, true],
  ["together:meta-llama/*", together, true],
  ["meta-llama/*", together, true],
])("%s names %j: %s", (pattern, one, named) => {
  expect(matcherOf([pattern])(one)).toBe(named)
})

test("no pattern at all names nothing", () => {
  expect(matcherOf([])(azure)).toBe(false)
})

test("of several, the last that names it counts", () => {
  const patterns = new Patterns(["openai/*", "azure:*", "anthropic/*", "gpt-4o"])
  expect(patterns.lastOf(azure)).toBe(3)
  expect(patterns.lastOf(offer("azure", "gpt-5", "openai/gpt-5"))).toBe(1)
  expect(patterns.lastOf(offer("openai", "gpt-5"))).toBe(0)
  expect(patterns.lastOf(offer("x", "y"))).toBe(-1)
})

test("characters that mean something elsewhere mean themselves", () => {
  const word = fc.stringMatching(/^[a-z0-9+.()[\]^$|\\?-]{1,12}$/)
  fc.assert(
    fc.property(word, word, word, (provider, upstream, other) => {
      const one = offer(provider, upstream)
      expect(matcherOf([`${provider}/${upstream}`])(one)).toBe(true)
      expect(matcherOf([`${provider}/*`])(one)).toBe(true)
      if (other !== provider && other !== upstream)
        expect(matcherOf([`${provider}/${upstream}${other}x*`])(one)).toBe(false)
    }),
    { seed: 4, numRuns: 500 },
  )
})

test("stars are read as an expression of them would be, and in no more time however many there are", () => {
  const word = fc.stringMatching(/^[ab*]{0,12}$/)
  fc.assert(
    fc.property(word, fc.stringMatching(/^[ab]{1,12}$/), (pattern, upstream) => {
      const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`)
      if (pattern.includes("*"))
        expect(matcherOf([`p:${pattern}`])(offer("p", upstream))).toBe(expression.test(upstream))
    }),
    { seed: 5, numRuns: 1000 },
  )
  // Going back for each star would take longer than anybody waits.
  expect(matcherOf([`${"*a".repeat(40)}b`])(offer("p", "a".repeat(5000)))).toBe(false)
  expect(matcherOf([`${"*a".repeat(40)}*`])(offer("p", "a".repeat(5000)))).toBe(true)
})
