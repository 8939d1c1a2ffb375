import { describe, expect, test } from "bun:test"
import { GatewayError, type ProviderSettings } from "../../../src/contract/index.ts"
import { createWire } from "./kit.ts"

const refusal = (slug: string, more: Partial<ProviderSettings>): GatewayError => {
  try {
    createWire(slug, more)
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error("expected a refusal")
}
const noKey = (): Partial<ProviderSettings> => ({ apiKey: "" })
const endpointOf = (slug: string, more: Partial<ProviderSettings>) =>
  createWire(slug, more).endpoint({ model: "m", stream: false })

describe("refuses, and says what to change", () => {
  const cases: readonly (readonly [string, string, Partial<ProviderSettings>, string, string])[] = [
    ["no key", "groq", noKey(), "api_key", "provider groq: no key; set api_key or GROQ_API_KEY"],
    ["no deployment", "sap-ai-core", {}, "base_url", "needs a base_url: the deployment's address"],
    ["no address", "openai-compatible", {}, "base_url", "openai-compatible needs a base_url"],
    [
      "an unknown option",
      "groq",
      { options: { profle: {} } },
      "options.profle",
      "is not known; known: auth, formats, profile",
    ],
    [
      "an unknown flag",
      "groq",
      { options: { profile: { tols: false } } },
      "options.profile.tols",
      "is not known; known: ",
    ],
    [
      "a flag of the wrong type",
      "groq",
      { options: { profile: { tools: "no" } } },
      "options.profile.tools",
      "must be true or false",
    ],
    [
      "a word that is not one",
      "groq",
      { options: { profile: { maxTokensField: "tokens" } } },
      "options.profile.maxTokensField",
      "must be one of max_tokens, max_completion_tokens",
    ],
    [
      "a flag named like a method",
      "groq",
      { options: { profile: { constructor: true } } },
      "options.profile.constructor",
      "is not known",
    ],
    ["a profile that is no map", "groq", { options: { profile: [] } }, "options.profile", "must be a map"],
    ["a missing account", "cloudflare-workers-ai", {}, "options.account", "is missing: the account id"],
    [
      "an account that would change the path",
      "cloudflare-workers-ai",
      { options: { account: "../../x" } },
      "options.account",
      "must be the account id",
    ],
    [
      "a host that is a URL",
      "databricks",
      { options: { host: "evil.test/x?" } },
      "options.host",
      "must be the workspace's host name",
    ],
    ["another row's option", "groq", { options: { account: "x" } }, "options.account", "is not known"],
  ]
  for (const [name, slug, more, param, words] of cases)
    test(name, () => {
      const error = refusal(slug, more)
      expect(error.code).toBe("invalid_request")
      expect(error.param).toBe(param)
      expect(error.message).toContain(words)
    })
})

describe("where it sends", () => {
  test("to the row's address", () => {
    expect(endpointOf("zai", {}).url).toBe("https://api.z.ai/api/paas/v4/chat/completions")
  })
  test("to an address with placeholders filled", () => {
    const account = "0123456789abcdef0123456789abcdef"
    expect(endpointOf("cloudflare-workers-ai", { options: { account } }).url).toBe(
      `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1/chat/completions`,
    )
  })
  test("to an own address, without the placeholders' options", () => {
    const { url } = endpointOf("cloudflare-workers-ai", { baseUrl: "http://10.0.0.1/ai/" })
    expect(url).toBe("http://10.0.0.1/ai/chat/completions")
  })
  test("a query stays behind the path", () => {
    const { url } = endpointOf("openai-compatible", { baseUrl: "https://x.test/v1?api-version=2" })
    expect(url).toBe("https://x.test/v1/chat/completions?api-version=2")
  })
})

describe("what it says beside the body", () => {
  test("nothing about a key where none is needed or given", () => {
    expect(endpointOf("ollama", noKey()).headers).not.toHaveProperty("authorization")
    const proxied = endpointOf("groq", { ...noKey(), baseUrl: "http://10.0.0.1/v1" })
    expect(proxied.headers).not.toHaveProperty("authorization")
  })
  test("a key in a header of its own", () => {
    const { headers } = endpointOf("openai-compatible", {
      baseUrl: "http://10.0.0.1/v1",
      options: { auth: { header: "X-Api-Key" } },
    })
    expect(headers).toMatchObject({ "x-api-key": "sk-test" })
    expect(headers).not.toHaveProperty("authorization")
  })
  test("the operator's headers win, whatever their case", () => {
    const { headers } = endpointOf("groq", { headers: { Authorization: "Bearer other", "X-Team": "a" } })
    expect(headers).toMatchObject({ authorization: "Bearer other", "x-team": "a" })
    expect(headers).not.toHaveProperty("Authorization")
  })
  test("the operator's header stands in for a key", () => {
    const { headers } = endpointOf("groq", { ...noKey(), headers: { Authorization: "Bearer other" } })
    expect(headers.authorization).toBe("Bearer other")
  })
  test("the same object each time, so that an attempt costs nothing", () => {
    const wire = createWire("groq")
    expect(wire.endpoint({ model: "a", stream: true })).toBe(wire.endpoint({ model: "b", stream: true }))
  })
})
