import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { adminKey, inferenceKey, startGateway, type TestGateway } from "../kit/gateway.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig
let gateway: TestGateway
const config = {
  aliases: { "file/alias": "test/model" },
  policies: { "policy/file": { fallback: [{ model: "test/model", retries: 1 }] } },
  presets: { file: { system: "From the file.", parameters: { model: "test/model", temperature: 0.25 } } },
}

beforeAll(async () => {
  rig = await startRig(["text", "text"], config)
  gateway = rig.gateway
})
afterAll(() => rig.stop())

const admin = async (method: string, path: string, body?: unknown, key = adminKey) => {
  const response = await fetch(`${gateway.url}/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}
interface Answer {
  readonly data: { readonly name: string; readonly source: string; readonly version: number; readonly model?: string }
  readonly warnings: readonly string[]
  readonly error: { readonly code: string; readonly message: string; readonly param: string | null }
}
const sentFor = async (body: object, path = "/v1/chat/completions") => {
  const before = rig.fakes.map(({ count }) => count)
  const response = await gateway.post(path, body)
  expect(response.status).toBe(200)
  const at = rig.fakes.findIndex(({ count }, index) => count > before[index]!)
  return { response, sent: JSON.parse(rig.fakes[at]!.requests.at(-1)!.body) as Record<string, unknown> }
}

describe("policies and aliases through the API", () => {
  test("hold at once, and are listed with their source", async () => {
    const made = await admin("PUT", "policies/policy/api", { fallback: [{ model: "test/model" }] })
    expect(made).toMatchObject({ status: 200, body: { data: { source: "store", version: 1 }, warnings: [] } })
    expect((await gateway.chat(ask("hi", { model: "policy/api" }))).status).toBe(200)
    const list = (await admin("GET", "policies")).body.data as unknown as Answer["data"][]
    expect(list.map(({ name, source }) => [name, source]).toSorted()).toEqual([
      ["policy/api", "store"],
      ["policy/file", "file"],
    ])
    expect((await admin("GET", "policies/policy%2Ffile")).body.data).toMatchObject({
      policy: { fallback: [{ model: "test/model", retries: 1 }] },
    })
    expect((await admin("PUT", "policies/api", { cost: [{ model: "test/model" }] })).body.data.version).toBe(2)
    expect((await admin("DELETE", "policies/policy/api")).status).toBe(200)
    expect((await admin("DELETE", "policies/policy/api")).status).toBe(404)
    expect((await gateway.chat(ask("hi", { model: "policy/api" }))).status).toBe(404)
  })

  test("the file owns what it declares", async () => {
    for (const [path, body] of [
      ["policies/policy/file", { fallback: [{ model: "test/model" }] }],
      ["aliases/file/alias", { model: "test/model" }],
      ["presets/file", { parameters: {} }],
    ] as const) {
      const refused = await admin("PUT", path, body)
      expect(refused.status).toBe(409)
      expect(refused.body.error.message).toContain("belongs to the configuration file")
      expect((await admin("DELETE", path)).status).toBe(409)
    }
  })

  test("mistakes are named", async () => {
    const wrong = async (path: string, body: unknown) => (await admin("PUT", path, body)).body.error
    expect(await wrong("policies/x", { fallbck: [] })).toMatchObject({ code: "invalid_request", param: "fallbck" })
    expect((await wrong("policies/x", { fallbck: [] })).message).toContain("did you mean fallback?")
    expect((await wrong("policies/x", { fallback: [{ model: "a/b", retries: 11 }] })).param).toBe("fallback[0].retries")
    expect((await wrong("policies/x", { cost: [{ model: "a/b", provider: { onyl: ["p"] } }] })).param).toBe(
      "cost[0].provider.onyl",
    )
    expect((await wrong("policies/x", {})).message).toContain("must be one of")
    expect((await wrong("policies/x", { cost: [{ model: "a" }], latency: [{ model: "a" }] })).message).toContain("cost")
    expect((await wrong("aliases/x", { model: "" })).param).toBe("model")
    expect((await wrong("aliases/policy/x", { model: "a/b" })).message).toContain("policy/")
    expect((await wrong("presets/Upper", { parameters: {} })).param).toBe("slug")
    expect((await wrong("presets/x", { parameters: { messages: [] } })).param).toBe("parameters.messages")
    expect((await wrong("presets/x", { parameters: { temperature: "hot" } })).param).toBe("parameters.temperature")
    expect((await wrong("presets/x", { parameters: {}, more: 1 })).param).toBe("more")
  })

  test("circles are refused, through the file's names too", async () => {
    await admin("PUT", "aliases/one", { model: "two" })
    const refused = await admin("PUT", "aliases/two", { model: "one" })
    expect(refused.status).toBe(400)
    expect(refused.body.error.message).toContain("circle")
    expect((await admin("PUT", "policies/loop", { fallback: [{ model: "policy/loop" }] })).status).toBe(400)
    expect((await admin("DELETE", "aliases/one")).status).toBe(200)
  })

  test("what leads nowhere is a warning", async () => {
    const { status, body } = await admin("PUT", "aliases/lost", { model: "no/where" })
    expect(status).toBe(200)
    expect(body.warnings[0]).toContain("no/where")
    await admin("DELETE", "aliases/lost")
  })

  test("needs a management key", async () => {
    for (const method of ["GET", "PUT", "DELETE"])
      expect(
        (await admin(method, "policies/policy/file", method === "PUT" ? {} : undefined, inferenceKey)).status,
      ).toBe(403)
  })

  test("the route is recorded with what was decided", async () => {
    const response = await gateway.chat(ask("hi", { model: "file/alias" }))
    const { route } = (await generationOf(gateway, response)) as unknown as { route: { notes: string[] } }
    expect(route.notes).toContain('alias "file/alias" → "test/model"')
  })
})

describe("presets", () => {
  test("of the file, in every way to name one", async () => {
    for (const body of [{ model: "@preset/file" }, { preset: "file" }, { model: "test/model@preset/file" }]) {
      const { response, sent } = await sentFor({ messages: [{ role: "user", content: "hi" }], ...body })
      expect(sent.temperature).toBe(0.25)
      expect(sent.messages).toEqual([
        { role: "system", content: "From the file." },
        { role: "user", content: "hi" },
      ])
      expect(sent.preset).toBeUndefined()
      expect((await generationOf(gateway, response)) as unknown).toMatchObject({ preset_id: "preset-file" })
    }
  })

  test("under Messages, Responses and Gemini", async () => {
    const message = { role: "user", content: "hi" }
    for (const [path, body] of [
      ["/v1/messages", { model: "@preset/file", max_tokens: 9, messages: [message] }],
      ["/v1/responses", { preset: "file", input: "hi", store: false }],
      ["/v1beta/models/@preset/file:generateContent", { contents: [{ role: "user", parts: [{ text: "hi" }] }] }],
    ] as const) {
      const { sent } = await sentFor(body, path)
      expect(sent.temperature).toBe(0.25)
      expect((sent.messages as { content: unknown }[])[0]).toMatchObject({ content: "From the file." })
    }
  })

  test("one that is not there", async () => {
    expect((await errorOf(await gateway.chat(ask("hi", { preset: "nothing" })))).message).toContain('preset "nothing"')
  })

  test("as the default model of a key", async () => {
    const name = "preset key"
    const made = await admin("POST", "keys", { name, default_model: "@preset/file" })
    const { key } = made.body as unknown as { key: string }
    const response = await gateway.chat(
      { messages: [{ role: "user", content: "hi" }] },
      { authorization: `Bearer ${key}` },
    )
    expect(response.status).toBe(200)
    await response.text()
    expect(lastBodyOf("hi").temperature).toBe(0.25)
  })

  test("OpenRouter's SDK makes, reads and pages them", async () => {
    const sdk = new OpenRouter({ apiKey: adminKey, serverURL: `${gateway.url}/api/v1` })
    const messages = [
      { role: "system" as const, content: "Be brief." },
      { role: "user" as const, content: "hi" },
    ]
    const first = await sdk.presets.createPresetsChatCompletions({
      slug: "brief",
      chatRequest: { model: "test/model", messages, temperature: 0.5 },
    })
    expect(first.data).toMatchObject({ slug: "brief", status: "active" })
    expect(first.data.designatedVersion).toMatchObject({ version: 1, systemPrompt: "Be brief." })
    const second = await sdk.presets.createPresetsMessages({
      slug: "brief",
      messagesRequest: { model: "test/model", maxTokens: 50, messages: [{ role: "user", content: "hi" }] },
    })
    expect(second.data.designatedVersion?.config).toMatchObject({ max_tokens: 50 })
    await sdk.presets.createPresetsResponses({
      slug: "brief",
      responsesRequest: { model: "test/model", input: "hi", instructions: "Be briefer.", temperature: 0 },
    })
    expect((await sdk.presets.get({ slug: "brief" })).data.designatedVersion?.systemPrompt).toBe("Be briefer.")
    expect((await sdk.presets.getVersion({ slug: "brief", version: "1" })).data?.config).toMatchObject({
      temperature: 0.5,
    })
    const versions: number[] = []
    for await (const page of await sdk.presets.listVersions({ slug: "brief", limit: 2 }))
      versions.push(...page.result.data.flatMap((one) => one?.version ?? []))
    expect(versions).toEqual([3, 2, 1])
    const slugs: string[] = []
    for await (const page of await sdk.presets.list({ limit: 1 }))
      slugs.push(...page.result.data.map(({ slug }) => slug))
    expect(slugs.toSorted()).toEqual(["brief", "file"])
    const { response, sent } = await sentFor(ask("hi", { model: "@preset/brief@1" }))
    expect(sent.temperature).toBe(0.5)
    await response.text()
    await expect(sdk.presets.get({ slug: "none" })).rejects.toThrow()
  })

  test("inference keys read them and do not make them", async () => {
    const body = { model: "test/model", messages: [{ role: "user", content: "hi" }] }
    expect((await gateway.post("/api/v1/presets/mine/chat/completions", body)).status).toBe(403)
    expect((await gateway.get("/api/v1/presets/file")).status).toBe(200)
  })
})

const lastBodyOf = (content: string) => {
  const found = rig.fakes
    .flatMap(({ requests }) => requests)
    .map(({ body }) => body)
    .findLast((body) => body.includes(content))
  return JSON.parse(found!) as Record<string, unknown>
}
test("a preset of the file that no request could have so is refused at reload", async () => {
  const own = await startGateway({ providers: [{ id: "mock", plugin: "mock" }] })
  try {
    const { ok, problems } = await own.configure({
      providers: [{ id: "mock", plugin: "mock" }],
      presets: { hot: { parameters: { temperature: "hot" } } },
    })
    expect(ok).toBe(false)
    expect(problems.join()).toContain("presets.hot: parameters.temperature")
  } finally {
    await own.stop()
  }
})

describe("a restart", () => {
  test("keeps what was declared, and the file goes before it", async () => {
    const own = await startGateway({ providers: [{ id: "mock", plugin: "mock" }] })
    try {
      const put = await fetch(`${own.url}/admin/aliases/mine`, {
        method: "PUT",
        headers: { authorization: `Bearer ${adminKey}` },
        body: JSON.stringify({ model: "mock/echo" }),
      })
      expect(put.status).toBe(200)
      expect((await own.chat({ model: "mine", messages: [{ role: "user", content: "hi" }] })).status).toBe(200)
      const { ok } = await own.configure({
        providers: [{ id: "mock", plugin: "mock" }],
        aliases: { mine: "no/where" },
      })
      expect(ok).toBe(true)
      expect((await own.chat({ model: "mine", messages: [{ role: "user", content: "hi" }] })).status).toBe(404)
      await own.configure({ providers: [{ id: "mock", plugin: "mock" }] })
      expect((await own.chat({ model: "mine", messages: [{ role: "user", content: "hi" }] })).status).toBe(200)
    } finally {
      await own.stop()
    }
  })
})
