import { afterEach, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import type { ProviderPreferences } from "@openrouter/sdk/models"
import { NotFoundResponseError } from "@openrouter/sdk/models/errors"
import { events, inferenceKey } from "../kit/gateway.ts"
import { ask, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

const hi = { role: "user", content: "hi" }
const routes: readonly (readonly [path: string, body: Readonly<Record<string, unknown>>])[] = [
  ["/v1/chat/completions", { messages: [hi] }],
  ["/api/v1/chat/completions", { messages: [hi] }],
  ["/v1/messages", { messages: [hi], max_tokens: 50 }],
  ["/api/v1/messages", { messages: [hi], max_tokens: 50 }],
  ["/v1/responses", { input: "hi" }],
  ["/api/v1/responses", { input: "hi" }],
  ["/v1/completions", { prompt: "hi" }],
]
const path404 = (path: string) => (path.startsWith("/api") ? "openrouter" : "requesty")

interface Refusal {
  readonly error: {
    readonly code: unknown
    readonly message: string
    readonly param?: string | null
    readonly metadata?: { readonly param?: string }
    readonly availability?: Readonly<Record<string, unknown>>
  }
  readonly openrouter_metadata?: Metadata
  readonly signalbox?: { readonly plan: { readonly planned: readonly string[]; readonly excluded: readonly unknown[] } }
}

interface Metadata {
  readonly requested: string
  readonly strategy: string
  readonly attempt: number
  readonly endpoints: {
    readonly total: number
    readonly available: readonly { readonly provider: string; readonly model: string; readonly selected: boolean }[]
  }
  readonly attempts: readonly { readonly provider: string; readonly status: number }[]
}

describe("provider, on every route of a conversation", () => {
  for (const [path, body] of routes) {
    test(`${path}: is followed`, async () => {
      rig = await startRig(["text", "text", "text"])
      const order = await rig.gateway.post(path, {
        model: "test/model",
        ...body,
        provider: { order: ["p2"], ignore: ["p0"] },
      })
      expect(order.status).toBe(200)
      await order.text()
      expect(rig.fakes.map(({ count }) => count)).toEqual([0, 0, 1])
    })

    test(`${path}: a wrong type is named, and what is left out by all is explained`, async () => {
      rig = await startRig(["text"])
      const wrong = await rig.gateway.post(path, {
        model: "test/model",
        ...body,
        provider: { max_price: { prompt: "x" } },
      })
      expect(wrong.status).toBe(400)
      expect(await wrong.text()).toContain("provider.max_price.prompt")
      const nobody = await rig.gateway.post(path, { model: "test/model", ...body, provider: { zdr: true } })
      expect(nobody.status).toBe(404)
      const { error } = (await nobody.json()) as Refusal
      expect(error.message).toContain("provider.zdr excludes p0")
      if (path404(path) === "openrouter")
        expect(error.availability).toMatchObject({ code: "privacy_restricted", excluded_by: ["data_policy:zdr"] })
      expect(rig.fakes[0]!.count).toBe(0)
    })
  }
})

describe("error.availability", () => {
  const availability = async (response: Response) => ((await response.json()) as Refusal).error.availability

  test("a model that nobody has", async () => {
    rig = await startRig(["text"])
    const response = await rig.gateway.post("/api/v1/chat/completions", { ...ask("hi"), model: "test/modle" })
    expect(response.status).toBe(400)
    expect(await availability(response)).toMatchObject({
      code: "model_not_found",
      retryable: false,
      requested_models: ["test/modle"],
    })
    const requesty = await rig.gateway.chat({ ...ask("hi"), model: "test/modle" })
    expect(requesty.status).toBe(404)
    expect(((await requesty.json()) as Refusal).error.message).toStartWith("Provider and/or model not supported")
  })

  test("all attempts were limited", async () => {
    rig = await startRig(["error-429", "error-429"], { retries: { same_upstream: 0 } })
    const response = await rig.gateway.post("/api/v1/chat/completions", ask("hi"))
    expect(response.status).toBe(429)
    expect(await availability(response)).toMatchObject({
      code: "capacity_exhausted",
      retryable: true,
      affected_providers: ["p0", "p1"],
    })
  })

  test("all attempts failed in ways that pass", async () => {
    rig = await startRig(["error-503", "error-429", "error-500"], { retries: { same_upstream: 0 } })
    expect(await availability(await rig.gateway.post("/api/v1/chat/completions", ask("hi")))).toMatchObject({
      code: "temporarily_unavailable",
      retryable: true,
    })
  })

  test("a request's own mistake is no matter of availability", async () => {
    rig = await startRig(["error-400"])
    expect(await availability(await rig.gateway.post("/api/v1/chat/completions", ask("hi")))).toBeUndefined()
  })
})

test("OpenRouter's SDK sends all of it, and reads what comes back", async () => {
  rig = await startRig(["error-503", "text"])
  const client = new OpenRouter({ apiKey: inferenceKey, serverURL: `${rig.gateway.url}/api/v1` })
  const send = (provider: ProviderPreferences) =>
    client.chat.send(
      { chatRequest: { model: "test/model", messages: [{ role: "user", content: "hi" }], provider } },
      { headers: { "x-openrouter-metadata": "enabled" } },
    )
  const answer = await send({
    order: ["p0", "p1"],
    allowFallbacks: true,
    dataCollection: "allow",
    maxPrice: { prompt: "5", completion: "5" },
    preferredMaxLatency: { p90: 3 },
    preferredMinThroughput: 10,
    quantizations: null,
    sort: { by: "price", partition: "none" },
  })
  expect("openrouterMetadata" in answer && answer.openrouterMetadata).toMatchObject({ attempt: 2, strategy: "direct" })
  for (const provider of [{ zdr: true }, { maxPrice: { prompt: "0.1" } }, { only: ["nobody"] }])
    expect(send(provider)).rejects.toBeInstanceOf(NotFoundResponseError)
})

describe("the whole plan", () => {
  test("is in the generation's record", async () => {
    rig = await startRig(["text", "text"])
    const response = await rig.gateway.chat(ask("hi", { provider: { only: ["p1"] }, temperature: 0 }))
    const { route } = (await generationOf(rig.gateway, response)) as unknown as { route: Record<string, unknown> }
    expect(route).toMatchObject({
      strategy: "single",
      planned: ["p1/text"],
      excluded: [{ offer: "p0/text", constraint: "only", detail: "is not among p1" }],
      demand: { models: ["test/model"], parameters: ["temperature"], provider: { only: ["p1"] } },
    })
  })

  test("also of what was refused", async () => {
    rig = await startRig(["text"])
    const response = await rig.gateway.chat(ask("hi", { provider: { only: ["x"] } }))
    const { route } = (await generationOf(rig.gateway, response)) as unknown as { route: Record<string, unknown> }
    expect(route).toMatchObject({ planned: [], excluded: [{ offer: "p0/text", constraint: "only" }] })
    // Left out of the row, and shown all the same.
    expect(route).toMatchObject({ notes: [], demand: { needs: [], parameters: [] } })
  })
})

describe("X-OpenRouter-Metadata", () => {
  const headers = { "x-openrouter-metadata": "enabled" }
  const expected = {
    requested: "test/model",
    strategy: "direct",
    attempt: 2,
    is_byok: false,
    endpoints: {
      total: 3,
      available: [
        { provider: "p0", model: "test/model", selected: false },
        { provider: "p1", model: "test/model", selected: true },
      ],
    },
    attempts: [
      { provider: "p0", model: "test/model", status: 503 },
      { provider: "p1", model: "test/model", status: 200 },
    ],
  }
  const provider = { ignore: ["p2"] }

  for (const [path, body] of routes.filter(([path]) => path.startsWith("/api"))) {
    test(`${path}: in a whole answer`, async () => {
      rig = await startRig(["error-503", "text", "text"])
      const response = await rig.gateway.post(path, { model: "test/model", ...body, provider }, headers)
      expect(((await response.json()) as { openrouter_metadata: Metadata }).openrouter_metadata).toMatchObject(expected)
    })

    test(`${path}: in the last event of a stream, and in no other`, async () => {
      rig = await startRig(["error-503", "text", "text"])
      const response = await rig.gateway.post(path, { model: "test/model", ...body, provider, stream: true }, headers)
      const found = (await events(response)).filter((event) => event !== "[DONE]").map((event) => JSON.parse(event))
      const last = found.at(-1)
      expect((last.response ?? last).openrouter_metadata).toMatchObject(expected)
      expect(found.slice(0, -1).some((event) => JSON.stringify(event).includes("openrouter_metadata"))).toBe(false)
    })

    test(`${path}: beside an error, where nothing is selected`, async () => {
      rig = await startRig(["error-503", "error-503", "text"], { retries: { same_upstream: 0 } })
      const response = await rig.gateway.post(path, { model: "test/model", ...body, provider }, headers)
      const { openrouter_metadata } = (await response.json()) as Refusal
      expect(openrouter_metadata).toMatchObject({ attempt: 2, endpoints: { total: 3 } })
      expect(openrouter_metadata!.endpoints.available.some(({ selected }) => selected)).toBe(false)
    })
  }

  test("a preset is what was asked for, and a router is named in the record", async () => {
    rig = await startRig(["text"], { presets: { quick: { parameters: { model: "openrouter/auto" } } } })
    const response = await rig.gateway.post(
      "/api/v1/chat/completions",
      { model: "@preset/quick", messages: [hi] },
      headers,
    )
    const record = await rig.gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)
    expect(await response.json()).toMatchObject({ openrouter_metadata: { requested: "@preset/quick" } })
    expect(await record.json()).toMatchObject({ data: { router: "openrouter/auto", api_type: "completions" } })
  })

  test("a request that no provider saw has attempt 0", async () => {
    rig = await startRig(["text"])
    const response = await rig.gateway.post(
      "/api/v1/chat/completions",
      ask("hi", { provider: { only: ["x"] } }),
      headers,
    )
    expect(((await response.json()) as Refusal).openrouter_metadata).toMatchObject({
      attempt: 0,
      endpoints: { total: 1, available: [] },
      attempts: [],
    })
  })

  test("nobody gets it unasked", async () => {
    rig = await startRig(["text"])
    expect(await (await rig.gateway.post("/api/v1/chat/completions", ask("hi"))).text()).not.toContain("metadata")
  })

  test("x-signalbox-debug: the record itself", async () => {
    rig = await startRig(["text", "text"])
    const response = await rig.gateway.chat(ask("hi", { provider: { order: ["p1"] } }), { "x-signalbox-debug": "plan" })
    const { signalbox } = (await response.json()) as Refusal
    expect(signalbox?.plan).toMatchObject({ planned: ["p1/text", "p0/text"], strategy: "order, configured" })
  })
})
