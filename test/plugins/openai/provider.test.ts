import { describe, expect, test } from "bun:test"
import { openAi } from "../../../plugins/openai/provider.ts"
import { GatewayError, type ProviderSettings } from "../../../src/contract/index.ts"

const create = (more: Partial<ProviderSettings> = {}) => {
  const { wire } = openAi.create({ id: "openai", apiKey: "sk-test", headers: {}, options: {}, ...more })
  if (wire === undefined) throw new Error("not a wire provider")
  return wire
}
const endpoint = (more: Partial<ProviderSettings> = {}) => create(more).endpoint({ model: "gpt-4o", stream: false })

describe("where it sends", () => {
  for (const [name, more, url] of [
    ["by default", {}, "https://api.openai.com/v1/chat/completions"],
    ["in the EU", { options: { region: "eu" } }, "https://eu.api.openai.com/v1/chat/completions"],
    ["in the US", { options: { region: "us" } }, "https://us.api.openai.com/v1/chat/completions"],
    ["elsewhere", { baseUrl: "http://10.0.0.1/v1", options: { region: "eu" } }, "http://10.0.0.1/v1/chat/completions"],
  ] as const)
    test(name, () => {
      expect(endpoint(more).url).toBe(url)
    })
})

test("organisation and project are headers", () => {
  const { headers } = endpoint({ options: { organization: "org-a", project: "proj-b" }, headers: { "X-Team": "c" } })
  expect(headers).toEqual({
    accept: "application/json",
    authorization: "Bearer sk-test",
    "content-type": "application/json",
    "openai-organization": "org-a",
    "openai-project": "proj-b",
    "x-team": "c",
  })
})

describe("refuses, and says what to change", () => {
  for (const [name, more, param] of [
    ["no key", { apiKey: "" }, "api_key"],
    ["an unknown option", { options: { organisation: "x" } }, "options.organisation"],
    ["an unknown region", { options: { region: "mars" } }, "options.region"],
    ["a region named like a method", { options: { region: "constructor" } }, "options.region"],
    ["a number", { options: { project: 3 } }, "options.project"],
  ] as const)
    test(name, () => {
      let thrown: unknown
      try {
        create(more)
      } catch (error) {
        thrown = error
      }
      expect(GatewayError.is(thrown)).toBe(true)
      expect((thrown as GatewayError).param).toBe(param)
    })
})

test("a request over the rate's whole allowance goes elsewhere at once", () => {
  const headers = new Headers({ "retry-after": "1" })
  const body =
    '{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000."}}'
  const classified = create().classify?.({ status: 429, headers, body })
  expect(classified).toMatchObject({ code: "rate_limited", retry: "next" })
  expect(
    create().classify?.({ status: 429, headers, body: '{"error":{"message":"Rate limit reached"}}' }),
  ).toBeUndefined()
})
