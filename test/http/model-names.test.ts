import { afterEach, describe, expect, test } from "bun:test"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

/** A server that takes efforts, which only a profile tells. */
const reasoning = { profile: { reasoningFormat: "effort" } }
const startReasoning = async (scenarios: readonly string[]): Promise<Rig> => {
  const started = await startRig(scenarios)
  await started.gateway.configure({
    providers: started.fakes.map(({ url }, index) => ({
      id: `p${index}`,
      plugin: "openai-compatible",
      base_url: url,
      api_key: "upstream-secret",
      options: reasoning,
      models: [{ id: "test/model", upstream: scenarios[index] }],
    })),
  })
  return started
}

const sent = (index = 0): Record<string, unknown> => JSON.parse(rig!.fakes[index]!.requests.at(-1)!.body)

interface Routed {
  readonly model: string
  readonly route: { readonly notes: readonly string[] }
}

describe("what a name asks of the request", () => {
  test("reaches the upstream, unless the request says otherwise", async () => {
    rig = await startReasoning(["text"])
    const { gateway } = rig
    expect((await gateway.chat(ask("hi", { model: "test/model:low" }))).status).toBe(200)
    expect(sent()).toMatchObject({ model: "text", reasoning_effort: "low" })
    await gateway.chat(ask("hi", { model: "test/model:low", reasoning_effort: "high" }))
    expect(sent().reasoning_effort).toBe("high")
    await gateway.chat(ask("hi", { model: "test/model:flex" }))
    expect(sent().service_tier).toBe("flex")
    await gateway.chat(ask("hi", { model: "test/model:flex", service_tier: "default" }))
    expect(sent().service_tier).toBe("default")
    await gateway.chat(ask("hi"))
    expect(sent()).not.toHaveProperty("service_tier")
    expect(sent()).not.toHaveProperty("reasoning_effort")
  })

  test("from every format", async () => {
    rig = await startReasoning(["text"])
    const { gateway } = rig
    for (const [path, body] of [
      ["/v1/messages", { model: "test/model:high", max_tokens: 64, messages: [{ role: "user", content: "hi" }] }],
      ["/v1/responses", { model: "test/model:high", input: "hi" }],
      ["/v1beta/models/test/model:high:generateContent", { contents: [{ role: "user", parts: [{ text: "hi" }] }] }],
    ] as const) {
      expect((await gateway.post(path, body)).status).toBe(200)
      expect(sent().reasoning_effort).toBe("high")
    }
  })

  test("is each name's own", async () => {
    rig = await startRig(["error-500", "text"], {})
    await rig.gateway.configure({
      providers: rig.fakes.map(({ url }, index) => ({
        id: `p${index}`,
        plugin: "openai-compatible",
        base_url: url,
        api_key: "upstream-secret",
        options: reasoning,
        models: [{ id: `m/${index}`, upstream: index === 0 ? "error-500" : "text" }],
      })),
      policies: { "policy/p": { fallback: [{ model: "m/0:high" }, { model: "m/1:low" }] } },
    })
    expect((await rig.gateway.chat(ask("hi", { model: "policy/p" }))).status).toBe(200)
    expect(sent(0).reasoning_effort).toBe("high")
    expect(sent(1).reasoning_effort).toBe("low")
  })

  test("unknown and batch suffixes are refused with advice", async () => {
    rig = await startRig(["text"])
    const unknown = await errorOf(await rig.gateway.chat(ask("hi", { model: "test/model:turbo" })))
    expect(unknown).toMatchObject({ code: "model_not_found", param: "model" })
    expect(unknown.message).toContain(":nitro")
    const batch = await errorOf(await rig.gateway.chat(ask("hi", { model: "test/model:batch" })))
    expect(batch).toMatchObject({ code: "invalid_request", param: "model" })
    expect(rig.fakes[0]!.count).toBe(0)
  })

  test("a region holds", async () => {
    rig = await startRig(["text", "text"])
    await rig.gateway.configure({
      providers: rig.fakes.map(({ url }, index) => ({
        id: `p${index}`,
        plugin: "openai-compatible",
        base_url: url,
        api_key: "upstream-secret",
        region: index === 0 ? "us" : "europe-west1",
        models: [{ id: "test/model", upstream: "text" }],
      })),
    })
    for (let round = 0; round < 4; round++)
      expect((await rig.gateway.chat(ask("hi", { model: "test/model@eu" }))).status).toBe(200)
    expect(rig.fakes.map(({ count }) => count)).toEqual([0, 4])
    expect((await rig.gateway.chat(ask("hi", { model: "test/model@jp" }))).status).toBeGreaterThanOrEqual(400)
  })
})

describe("openrouter/auto", () => {
  test("the answer names the model that was chosen, the record why", async () => {
    rig = await startRig(["text"])
    const response = await rig.gateway.chat(ask("Prove the theorem.", { model: "openrouter/auto" }))
    expect(response.status).toBe(200)
    expect(((await response.json()) as { model: string }).model).toBe("test/model")
    const { model, route } = (await generationOf(rig.gateway, response)) as unknown as Routed
    expect(model).toBe("test/model")
    expect(route.notes[0]).toStartWith('openrouter/auto: "test/model"')
  })

  test("nothing to choose from is OpenRouter's 404", async () => {
    rig = await startRig(["text"], { routing: { auto: { models: ["nobody/*"] } } })
    const response = await rig.gateway.post("/api/v1/chat/completions", ask("hi", { model: "openrouter/auto" }))
    expect(response.status).toBe(404)
    expect(await response.text()).toContain("No models match your request and model restrictions")
  })
})

describe("defaults", () => {
  test("a key's default policy is used when the request names no model", async () => {
    rig = await startRig(["text", "text"], {
      default_model: "no/where",
      policies: { "policy/mine": { fallback: [{ model: "test/model" }] } },
      keys: [{ name: "test", key: "test-inference-key-0123456789", default_model: "policy/mine" }],
    })
    const body = { messages: [{ role: "user", content: "hi" }] }
    const response = await rig.gateway.chat(body)
    expect(response.status).toBe(200)
    await response.text()
    expect((await rig.gateway.chat({ ...body, model: "no/where" })).status).toBe(404)
  })

  test("balance keeps a trace at its step, end to end", async () => {
    rig = await startRig(["text", "text"])
    await rig.gateway.configure({
      providers: rig.fakes.map(({ url }, index) => ({
        id: `p${index}`,
        plugin: "openai-compatible",
        base_url: url,
        api_key: "upstream-secret",
        models: [{ id: `m/${index}`, upstream: "text" }],
      })),
      policies: {
        "policy/b": {
          balance: [
            { model: "m/0", weight: 1 },
            { model: "m/1", weight: 1 },
          ],
        },
      },
    })
    const of = async (trace: string) => {
      const response = await rig!.gateway.chat(ask("hi", { model: "policy/b", requesty: { trace_id: trace } }))
      return ((await response.json()) as { model: string }).model
    }
    const models = new Set<string>()
    for (let trace = 0; trace < 12; trace++) {
      const model = await of(`t${trace}`)
      models.add(model)
      expect(await of(`t${trace}`)).toBe(model)
    }
    expect(models.size).toBe(2)
  })
})
