import { describe, expect, test } from "bun:test"
import { GatewayError, type ProviderSettings } from "../../../src/contract/index.ts"
import { create } from "./kit.ts"

const refusal = (more: Partial<ProviderSettings>): GatewayError => {
  try {
    create(more)
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error("expected a refusal")
}

describe("refuses, and says what to change", () => {
  const client = { resource: "a", tenant_id: "t", client_id: "c", client_secret: "hunter2" }
  const cases: readonly (readonly [string, Partial<ProviderSettings>, string, string])[] = [
    ["no key", { apiKey: "" }, "api_key", "managed_identity: true"],
    ["no resource", { options: {} }, "options.resource", "AZURE_RESOURCE_NAME"],
    [
      "a resource that is a host",
      { options: { resource: "a.openai.azure.com" } },
      "options.resource",
      "without a host",
    ],
    ["a resource that is a path", { options: { resource: "a/../b" } }, "options.resource", "name alone"],
    ["an unknown option", { options: { resourse: "a" } }, "options.resourse", "known: access_token, api_version"],
    ["a number", { options: { resource: 7 } }, "options.resource", "must be a text"],
    [
      "a version with a query",
      { options: { resource: "a", api_version: "v1&x=y" } },
      "options.api_version",
      "2024-10-21",
    ],
    [
      "a secret without its application",
      { options: { ...client, client_id: undefined } },
      "options.client_id",
      "must be a text",
    ],
    [
      "half of the three",
      { options: { resource: "a", client_secret: "hunter2" } },
      "options.tenant_id",
      "belong together",
    ],
    ["a tenant that is a path", { options: { ...client, tenant_id: "../x" } }, "options.tenant_id", "id or domain"],
    ["two credentials", { options: { ...client, managed_identity: true } }, "options", "more than one"],
    [
      "an authority that is no address",
      { options: { ...client, authority: "login" } },
      "options.authority",
      "https://",
    ],
    [
      "a number as identity",
      { options: { resource: "a", managed_identity: 7 } },
      "options.managed_identity",
      "client id",
    ],
    ["a list of deployments", { options: { resource: "a", deployments: ["a"] } }, "options.deployments", "map"],
    ["a bad address", { baseUrl: "not an address" }, "base_url", "https://"],
  ]
  for (const [name, more, param, words] of cases)
    test(name, () => {
      const error = refusal(more)
      expect(error.code).toBe("invalid_request")
      expect(error.param).toBe(param)
      expect(error.message).toContain(words)
      expect(error.message).not.toContain("hunter2")
    })
})

test("the key goes into api-key, and the operator's headers win", () => {
  expect(create().wire?.endpoint({ model: "m", stream: true }).headers).toEqual({
    accept: "text/event-stream",
    "api-key": "key",
    "content-type": "application/json",
  })
  const own = create({ apiKey: "", headers: { "Api-Key": "own", "X-Team": "a" } })
  expect(own.wire?.endpoint({ model: "m", stream: false }).headers).toMatchObject({ "api-key": "own", "x-team": "a" })
  expect(create({ apiKey: "", baseUrl: "http://10.0.0.1" }).wire?.sign).toBeUndefined()
})
