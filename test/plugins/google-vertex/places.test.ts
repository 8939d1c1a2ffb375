import { describe, expect, test } from "bun:test"
import { servingWire } from "../../kit/signed-client.ts"
import { create } from "./kit.ts"

const at = (location: string | undefined, model: string, stream = false) =>
  servingWire(
    create({ options: { project: "p-1", access_token: "t", ...(location ? { location } : {}) } }),
    model,
  ).endpoint({ model, stream }).url

describe("where a location's models are", () => {
  for (const [location, host] of [
    [undefined, "aiplatform.googleapis.com"],
    ["global", "aiplatform.googleapis.com"],
    ["eu", "aiplatform.eu.rep.googleapis.com"],
    ["us", "aiplatform.us.rep.googleapis.com"],
    ["europe-west1", "europe-west1-aiplatform.googleapis.com"],
    ["europe-west12", "europe-west12-aiplatform.googleapis.com"],
    ["europe-west2", "europe-west2-aiplatform.googleapis.com"],
    ["europe-west6", "europe-west6-aiplatform.googleapis.com"],
    ["us-east5", "us-east5-aiplatform.googleapis.com"],
    ["asia-southeast1", "asia-southeast1-aiplatform.googleapis.com"],
    ["northamerica-northeast1", "northamerica-northeast1-aiplatform.googleapis.com"],
    ["mars-north1", "mars-north1-aiplatform.googleapis.com"],
  ] as const)
    test(location ?? "when none is said", () => {
      const options = { project: "p-1", access_token: "t", ...(location ? { location } : {}) }
      expect(create({ options }).region).toBe(location ?? "global")
      expect(new URL(at(location, "gemini-3-flash")).host).toBe(host)
    })
})

describe("which surface reaches a model, and where", () => {
  const place = "https://europe-west1-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west1"
  const beta = place.replace("/v1/", "/v1beta1/")
  const flash = `${beta}/publishers/google/models/gemini-3-flash:generateContent`
  const sonnet = `${place}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`
  const open = `${place}/endpoints/openapi/chat/completions`
  for (const [model, url] of [
    ["gemini-3-flash", flash],
    ["google/gemini-3-flash", flash],
    ["models/gemini-3-flash", flash],
    ["publishers/google/models/gemini-3-flash", flash],
    ["projects/x/locations/y/publishers/google/models/gemini-3-flash", flash],
    ["4711471147114711", `${beta}/endpoints/4711471147114711:generateContent`],
    ["endpoints/4711471147114711", `${beta}/endpoints/4711471147114711:generateContent`],
    ["projects/p-1/locations/europe-west1/endpoints/47114711", `${beta}/endpoints/47114711:generateContent`],
    ["claude-sonnet-4-5@20250929", sonnet],
    ["anthropic/claude-sonnet-4-5@20250929", sonnet],
    ["publishers/anthropic/models/claude-sonnet-4-5@20250929", sonnet],
    ["meta/llama-4-maverick-17b-128e-instruct-maas", open],
    ["publishers/deepseek-ai/models/deepseek-v3.1-maas", open],
    ["openai/gpt-oss-120b-maas", open],
    ["google/gemma-3-27b-it-maas", open],
    ["zai-org/glm-5", open],
  ] as const)
    test(model, () => {
      expect(at("europe-west1", model)).toBe(url)
    })

  test("streams have verbs of their own", () => {
    expect(at("eu", "gemini-3-flash", true)).toEndWith("/gemini-3-flash:streamGenerateContent?alt=sse")
    expect(at("eu", "claude-opus-4-8", true)).toEndWith("/claude-opus-4-8:streamRawPredict")
  })

  test("Grok is at the global host, and never quietly asked from a region", () => {
    expect(at("global", "xai/grok-4.20-reasoning")).toStartWith("https://aiplatform.googleapis.com/v1/projects/p-1/")
    expect(() => at("eu", "xai/grok-4.20-reasoning")).toThrow("served at location global only")
  })

  test("a model's name cannot leave its place in the path", () => {
    for (const model of [
      "../../admin?x=#",
      "..",
      "models/..",
      "google/../..",
      "anthropic/../../x#",
      "claude-../../x",
    ]) {
      const { wire, otherWires = [] } = create({ options: { project: "p-1", access_token: "t" } })
      for (const each of wire ? [wire, ...otherWires] : otherWires) {
        const { pathname, search, host } = new URL(each.endpoint({ model, stream: false }).url)
        expect(host).toBe("aiplatform.googleapis.com")
        expect(search).toBe("")
        expect(pathname).toMatch(/^\/v1(?:beta1)?\/projects\/p-1\/locations\/global\/(?:publishers|endpoints)\//)
      }
    }
  })
})

test("express mode has no project, no location, and Google's models only", () => {
  const provider = create({ apiKey: "key" })
  expect(provider.otherWires).toBeUndefined()
  expect(provider.region).toBe("global")
  expect(provider.wire?.endpoint({ model: "google/gemini-3-flash", stream: false })).toMatchObject({
    url: "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-3-flash:generateContent",
    headers: { "x-goog-api-key": "key" },
  })
  expect(provider.wire?.serves?.("anthropic/claude-opus-4-8")).toBe(false)
  expect(provider.wire?.sign).toBeUndefined()
})

test("an address of one's own stands in for the host", () => {
  const options = { project: "p-1", access_token: "t", location: "eu" }
  const { wire, region } = create({ baseUrl: "http://10.0.0.1/vertex", options })
  expect(wire?.endpoint({ model: "gemini-3-flash", stream: false }).url).toBe(
    "http://10.0.0.1/vertex/v1beta1/projects/p-1/locations/eu/publishers/google/models/gemini-3-flash:generateContent",
  )
  expect(region).toBe("eu")
})

test("list prices know a model by its own name", () => {
  const { listName } = create({ apiKey: "key" })
  expect(listName?.("publishers/anthropic/models/claude-sonnet-4-5@20250929")).toBe("claude-sonnet-4-5@20250929")
  expect(listName?.("google/gemini-3-flash")).toBe("gemini-3-flash")
})
