import { describe, expect, test } from "bun:test"
import type { ProviderSettings } from "../../../src/contract/index.ts"
import { create, createFoundry } from "./kit.ts"

const chatUrl = (more: Partial<ProviderSettings>, model = "gpt-4o") =>
  create(more).wire?.endpoint({ model, stream: false }).url
const path = "openai/v1/chat/completions"

describe("the v1 API", () => {
  for (const [name, more, url] of [
    ["of a resource", {}, `https://acme.openai.azure.com/${path}`],
    [
      "of a resource in the environment",
      { options: {}, variables: { AZURE_RESOURCE_NAME: "env" } },
      `https://env.openai.azure.com/${path}`,
    ],
    [
      "with a version",
      { options: { resource: "acme", api_version: "preview" } },
      `https://acme.openai.azure.com/${path}?api-version=preview`,
    ],
    ["of a host", { baseUrl: "https://x.services.ai.azure.com" }, `https://x.services.ai.azure.com/${path}`],
    [
      "of a host with /openai",
      { baseUrl: "https://x.cognitiveservices.azure.com/openai/" },
      `https://x.cognitiveservices.azure.com/${path}`,
    ],
    [
      "as SDKs want their base",
      { baseUrl: "https://x.openai.azure.com/openai/v1/" },
      `https://x.openai.azure.com/${path}`,
    ],
    [
      "of a Foundry project",
      { baseUrl: "https://x.services.ai.azure.com/api/projects/p" },
      `https://x.services.ai.azure.com/api/projects/p/${path}`,
    ],
    ["behind a proxy", { baseUrl: "http://10.0.0.1:8080/azure/v1" }, "http://10.0.0.1:8080/azure/v1/chat/completions"],
  ] as const)
    test(name, () => {
      expect(chatUrl(more)).toBe(url)
    })

  test("names the deployment in the body alone", () => {
    expect(chatUrl({}, "../../x?y#z")).toBe(`https://acme.openai.azure.com/${path}`)
  })
})

describe("the deployment routes of before", () => {
  const legacy = { options: { resource: "acme", api_version: "2024-10-21" } }
  const url = "https://acme.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"
  test("by a dated version", () => {
    expect(chatUrl(legacy, "my-gpt")).toBe(url)
  })
  for (const baseUrl of [
    "https://acme.openai.azure.com/openai/deployments/old/chat/completions?api-version=2024-10-21",
    "https://acme.openai.azure.com/openai?api-version=2024-10-21",
    "https://acme.openai.azure.com/?api-version=2024-10-21",
    "https://acme.openai.azure.com/openai/v1?api-version=2024-10-21",
  ])
    test(`by an address with one: ${baseUrl}`, () => {
      expect(chatUrl({ baseUrl, options: {} }, "my-gpt")).toBe(url)
    })
  test("a deployment's name cannot leave its place in the path", () => {
    for (const model of ["../../x?y#z", "..", ".", "a/b"]) {
      const { pathname, search } = new URL(chatUrl(legacy, model) ?? "")
      expect(pathname).toMatch(/^\/openai\/deployments\/[^/]+\/chat\/completions$/)
      expect(search).toBe("?api-version=2024-10-21")
    }
  })
  test("have no Responses API", () => {
    expect(create(legacy).otherWires).toBeUndefined()
  })
  test("take what was usual then", () => {
    expect(create(legacy).wire?.profile("gpt-4o")).toMatchObject({ maxTokensField: "max_tokens", developerRole: false })
    expect(create(legacy).wire?.profile("o3")).toMatchObject({ maxTokensField: "max_completion_tokens" })
  })
})

describe("Claude in Foundry", () => {
  for (const [name, more, url] of [
    ["of a resource", {}, "https://acme.services.ai.azure.com/anthropic/v1/messages"],
    [
      "as SDKs want their base",
      { baseUrl: "https://x.services.ai.azure.com/anthropic/" },
      "https://x.services.ai.azure.com/anthropic/v1/messages",
    ],
    [
      "of a host",
      { baseUrl: "https://x.services.ai.azure.com" },
      "https://x.services.ai.azure.com/anthropic/v1/messages",
    ],
    [
      "pasted whole",
      { baseUrl: "https://x.services.ai.azure.com/anthropic/v1/messages" },
      "https://x.services.ai.azure.com/anthropic/v1/messages",
    ],
    ["behind a proxy", { baseUrl: "http://10.0.0.1/v1" }, "http://10.0.0.1/v1/messages"],
  ] as const)
    test(name, () => {
      expect(createFoundry(more).wire?.endpoint({ model: "m", stream: false }).url).toBe(url)
    })

  test("key, version and betas are headers", () => {
    const { wire } = createFoundry()
    expect(wire?.endpoint({ model: "m", stream: true }).headers).toEqual({
      accept: "text/event-stream",
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
      "x-api-key": "key",
    })
    const forwarded = { "anthropic-version": "2026-10-21", "anthropic-beta": "a" }
    expect(wire?.endpoint({ model: "m", stream: false, forwarded }).headers).toMatchObject(forwarded)
  })

  test("a deployment of any name is Claude", () => {
    const { wire, listName } = createFoundry({
      options: { resource: "acme", deployments: { mine: "claude-opus-4-8" } },
    })
    expect(wire?.profile("mine")).toMatchObject({ thinking: "adaptive", noSampling: true })
    expect(wire?.profile("claude-sonnet-4-5")).toMatchObject({ thinking: "budget" })
    expect(wire?.profile("opus")).toMatchObject({ thinkingMandatory: true })
    expect(listName?.("mine")).toBe("claude-opus-4-8")
  })
})

describe("where it runs", () => {
  for (const [name, more, region] of [
    ["said by the operator", { options: { resource: "acme", region: "swedencentral" } }, "swedencentral"],
    ["as people write it", { options: { resource: "acme", region: "France Central" } }, "francecentral"],
    ["in a word that is no region of Azure's", { options: { resource: "acme", region: "eu" } }, "eu"],
    ["in the resource's name", { options: { resource: "acme-francecentral" } }, "francecentral"],
    ["in the host", { options: {}, baseUrl: "https://swedencentral.api.cognitive.microsoft.com" }, "swedencentral"],
    ["as one word of several", { options: { resource: "acme-switzerlandnorth-1" } }, "switzerlandnorth"],
    ["with a number of its own", { options: { resource: "acme-eastus2" } }, "eastus2"],
    ["a part of a word says nothing", { options: { resource: "acmeswedencentralish" } }, undefined],
    ["unknown", {}, undefined],
  ] as const)
    test(name, () => {
      expect(create(more).region).toBe(region)
    })
})
