import { afterAll, afterEach, describe, expect, test } from "bun:test"
import { asked } from "../../kit/asked.ts"
import { askSigned, callsOf, failureOf, runAbility, sendText, textOf } from "../../kit/signed-client.ts"
import { chat, decodeBytes } from "../../kit/wire-client.ts"
import { startRig } from "./kit.ts"

const { fake, create } = await startRig()
afterAll(() => fake.stop())
afterEach(() => {
  fake.refusal = undefined
})

const keyed = (options = {}) => create(options, { apiKey: "azure-key" })
const legacy = { api_version: "2024-10-21" }
const weather = { type: "function", name: "get_weather", parameters: { type: "object", properties: {} } } as const

for (const [name, options] of [
  ["the v1 API", {}],
  ["the deployment routes", legacy],
] as const)
  describe(name, () => {
    const provider = keyed(options)

    test("answers whole and streamed alike, verdicts left aside", async () => {
      const whole = await askSigned(provider, "my-gpt", chat({ text: "hello" }))
      const streamed = await askSigned(provider, "my-gpt", chat({ text: "hello", stream: true }))
      expect(textOf(whole.parts)).not.toBe("")
      expect(textOf(streamed.parts)).toBe(textOf(whole.parts))
      expect(new TextDecoder().decode(streamed.bytes)).toStartWith('data: {"choices":[]')
      for (const { parts } of [whole, streamed])
        expect(parts.map(({ type }) => type)).toEqual(expect.arrayContaining(["start", "finish", "usage"]))
    })

    test("gives the same parts wherever its stream is cut", async () => {
      const request = chat({ text: "!parallel-tools", stream: true, tools: [weather] })
      const { parts, bytes } = await askSigned(provider, "my-gpt", request)
      expect(callsOf(parts)).toHaveLength(2)
      for (let at = 1; at < bytes.length; at += 7)
        expect(decodeBytes(provider.wire!, "my-gpt", request, bytes, [at])).toEqual([...parts])
    })

    test("says what its filter found", async () => {
      const error = await failureOf(() => askSigned(provider, "my-gpt", chat({ text: "filter me" })))
      expect(error).toMatchObject({ code: "content_filter", provider: "azure", upstreamStatus: 400, retry: "no" })
      expect(error.message).toContain("violence (high), jailbreak")
      expect(error.message).toContain("content management policy")
      expect(error.message).not.toContain("hate")
    })

    test("says how long to wait", async () => {
      const words = await failureOf(() => askSigned(provider, "my-gpt", chat({ text: "limit me" })))
      expect(words).toMatchObject({ code: "rate_limited", retryAfterMs: 6000 })
      const exactly = await failureOf(() => askSigned(provider, "my-gpt", chat({ text: "limit exactly" })))
      expect(exactly).toMatchObject({ code: "rate_limited", retryAfterMs: 1500 })
    })

    test("other refusals", async () => {
      for (const [text, code] of [
        ["no deployment", "upstream_model_not_found"],
        ["out of volume", "provider_quota"],
        ["!error-context", "context_length_exceeded"],
      ] as const)
        expect((await failureOf(() => askSigned(provider, "my-gpt", chat({ text })))).code).toBe(code)
    })
  })

test("where each route's request goes", async () => {
  await askSigned(keyed(), "my-gpt", chat({ text: "hello" }))
  expect(fake.requests.at(-1)).toMatchObject({ path: "/openai/v1/chat/completions", body: { model: "my-gpt" } })
  await askSigned(keyed(legacy), "my-gpt", chat({ text: "hello" }))
  expect(fake.requests.at(-1)?.path).toBe("/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21")
})

test("a client's own text goes through with verdicts and all", async () => {
  const { wire } = keyed()
  const native = wire!.dialect.native!
  const text = '{"model":"openai/x","stream":true,"messages":[{"role":"user","content":"hello"}],"data_sources":[1.0]}'
  const patched = native.request(text, { model: "my-gpt", profile: wire!.profile("my-gpt") })
  expect(patched).toContain('"data_sources":[1.0]')
  const bytes = await sendText(wire!, "my-gpt", patched ?? "", true)
  const patch = {
    id: "gen-1",
    model: "openai/x",
    face: "requesty" as const,
    provider: "Azure OpenAI",
    includeUsage: true,
    price: () => 0,
    estimate: () => {
      throw new Error("the usage was there")
    },
  }
  const tap = native.stream(patch, "azure")
  const out = [tap.push(bytes), tap.end()].map((piece) => new TextDecoder().decode(piece ?? new Uint8Array())).join("")
  expect(tap.summary).toMatchObject({ complete: true, finish: "stop" })
  expect(tap.summary.contentLength).toBeGreaterThan(0)
  expect(out).toContain("prompt_filter_results")
  for (const line of out.split("\n").filter((one) => one.startsWith("data: {"))) {
    const chunk = JSON.parse(line.slice(6)) as { id: string; choices: readonly { delta?: object }[] }
    expect(chunk.id).toBe("gen-1")
    expect(chunk.choices.every(({ delta }) => delta !== undefined)).toBe(true)
  }
})

test("shapes of the filter's word that other services use", () => {
  const classify = keyed().wire!.classify!
  const failing = (error: object) => classify({ status: 400, headers: new Headers(), body: JSON.stringify({ error }) })
  const filtered = { filtered: true, severity: "low" }
  const image = failing({
    code: "content_policy_violation",
    message: "no",
    inner_error: { content_filter_results: { sexual: filtered } },
  })
  expect(image?.message).toContain("sexual (low)")
  expect(failing({ code: "content_filter", message: "Filtered." })?.message).toBe(
    "Azure's content filter refuses the request. Filtered.",
  )
  expect(failing({ code: "invalid", message: "temperature" })).toBeUndefined()
  expect(classify({ status: 502, headers: new Headers(), body: "<html>" })).toBeUndefined()
})

describe("Microsoft Entra", () => {
  const client = { tenant_id: "tenant-1", client_id: "app-1", client_secret: "s3cret" }
  const entra = (more = {}) => create({ ...client, authority: fake.url, ...more })
  const hello = (provider: ReturnType<typeof create>) => askSigned(provider, "my-gpt", chat({ text: "hello" }))

  test("gives an application a token, which is kept until five minutes before its end", async () => {
    const provider = entra()
    const before = fake.issued()
    expect(textOf((await hello(provider)).parts)).not.toBe("")
    expect(fake.requests.at(-1)?.headers.get("api-key")).toBeNull()
    fake.now += 54 * 60_000
    await hello(provider)
    expect(fake.issued() - before).toBe(1)
    fake.now += 60_000
    await Promise.all([hello(provider), hello(provider), hello(provider)])
    expect(fake.issued() - before).toBe(2)
  })
  test("says what it objects to, and not the secret", async () => {
    const error = await failureOf(() => hello(entra({ client_secret: "wr0ng" })))
    expect(error).toMatchObject({ code: "provider_auth", provider: "azure" })
    expect(error.message).toContain("AADSTS7000215: Invalid client secret provided.")
    expect(error.message).toContain("client_secret has not expired")
    expect(error.message).not.toMatch(/wr0ng|Trace ID/)
  })
  test("is asked again after a token was refused", async () => {
    const provider = entra()
    await hello(provider)
    fake.revoke()
    expect((await failureOf(() => hello(provider))).code).toBe("provider_auth")
    expect(textOf((await hello(provider)).parts)).not.toBe("")
  })
  test("a machine's own identity, and a named one", async () => {
    for (const managed_identity of [true, "identity-1"])
      expect(textOf((await hello(create({ managed_identity, metadata: fake.url }))).parts)).not.toBe("")
    const other = create({ managed_identity: "identity-2", metadata: fake.url })
    expect((await failureOf(() => hello(other))).message).toContain("has a managed identity")
  })
  test("settings of the environment, where no key is given", async () => {
    const variables = { AZURE_TENANT_ID: "tenant-1", AZURE_CLIENT_ID: "app-1", AZURE_CLIENT_SECRET: "s3cret" }
    expect(textOf((await hello(create({ authority: fake.url }, { variables }))).parts)).not.toBe("")
  })
  test("signs what abilities send", async () => {
    const { abilities } = entra()
    const request = { model: "a/b", input: [{ type: "text", text: "x" }], encoding: "float" } as const
    const { reply } = await runAbility(abilities?.embeddings, "vectors", request)
    expect(reply.vectors).toEqual([{ floats: [0, 0.5] }])
    expect(reply.usage?.input.fresh).toBe(7)
    expect(fake.requests.at(-1)).toMatchObject({ path: "/openai/v1/embeddings", body: { model: "vectors" } })
  })
})

test("embeddings by the deployment routes", async () => {
  const request = { model: "a/b", input: [{ type: "text", text: "x" }], encoding: "float" } as const
  await runAbility(keyed(legacy).abilities?.embeddings, "vectors", request)
  expect(fake.requests.at(-1)?.path).toBe("/openai/deployments/vectors/embeddings?api-version=2024-10-21")
})

test("a wrong key is the operator's to mend", async () => {
  const error = await failureOf(() => askSigned(create({}, { apiKey: "wrong" }), "my-gpt", { ...asked, ...chat({}) }))
  expect(error.code).toBe("provider_auth")
})
