import { afterAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import {
  BadRequestResponseError,
  ForbiddenResponseError,
  NotFoundResponseError,
  UnauthorizedResponseError,
} from "@openrouter/sdk/models/errors"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"

const gateway = await startGateway()
afterAll(() => gateway.stop())

const client = (apiKey: string) =>
  new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey, retryConfig: { strategy: "none" } })
const manager = client(adminKey)
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
const ask = (method: string, path: string, body?: object, key = adminKey) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const made = async (answer: Response) => (await answer.json()) as { key: string; data: Record<string, unknown> }
const chat = (key: string) =>
  gateway.chat(
    { model: "mock/echo", messages: [{ role: "user", content: "one two" }] },
    { authorization: `Bearer ${key}` },
  )

const zeros = Object.fromEntries(
  ["usage", "byok_usage"].flatMap((name) =>
    [name, `${name}_daily`, `${name}_weekly`, `${name}_monthly`].map((each) => [each, 0]),
  ),
)

describe("a key's life in the SDK", () => {
  test("made, read, listed, changed, used, deleted", async () => {
    const expiresAt = new Date(Date.now() + 3_600_000)
    const { key, data } = await manager.apiKeys.create({
      requestBody: { name: "analytics", limit: 50, limitReset: "monthly", includeByokInLimit: true, expiresAt },
    })
    expect(data).toMatchObject({
      name: "analytics",
      limit: 50,
      limitRemaining: 50,
      limitReset: "monthly",
      includeByokInLimit: true,
      disabled: false,
      usage: 0,
      byokUsage: 0,
      expiresAt,
      updatedAt: null,
      externalUser: null,
    })
    expect(data.hash).toBe(new Bun.CryptoHasher("sha256").update(key).digest("hex"))
    expect((await chat(key)).status).toBe(200)
    const { data: read } = await manager.apiKeys.get({ hash: data.hash })
    expect(read.usage).toBeGreaterThan(0)
    expect(read.usageDaily).toBe(read.usage)
    expect(read.limitRemaining).toBeCloseTo(50 - read.usage, 9)
    const current = await client(key).apiKeys.getCurrentKeyMetadata()
    expect(current.data).toMatchObject({
      usage: read.usage,
      limit: 50,
      isManagementKey: false,
      includeByokInLimit: true,
    })
    const changed = await manager.apiKeys.update({
      hash: data.hash,
      requestBody: { name: "renamed", limit: null, limitReset: null, includeByokInLimit: false },
    })
    expect(changed.data).toMatchObject({ name: "renamed", limit: null, limitReset: null, includeByokInLimit: false })
    expect(changed.data.updatedAt).not.toBeNull()
    const { data: off } = await manager.apiKeys.update({ hash: data.hash, requestBody: { disabled: true } })
    expect(off).toMatchObject({ disabled: true, name: "renamed" })
    const hashes = async (includeDisabled: boolean) =>
      (await manager.apiKeys.list({ includeDisabled })).data.map(({ hash }) => hash)
    expect(await hashes(false)).not.toContain(data.hash)
    expect(await hashes(true)).toContain(data.hash)
    expect((await chat(key)).status).toBe(403)
    expect(await manager.apiKeys.delete({ hash: data.hash })).toEqual({ deleted: true })
    expect(await failureOf(manager.apiKeys.get({ hash: data.hash }))).toBeInstanceOf(NotFoundResponseError)
  })

  test("a limit of nothing pays for nothing", async () => {
    const { key } = await manager.apiKeys.create({ requestBody: { name: "nothing", limit: 0 } })
    expect((await chat(key)).status).toBe(412)
  })

  test("failures are the SDK's own", async () => {
    const name = "x"
    const attempts: readonly [Promise<unknown>, new (...args: never[]) => Error][] = [
      [client("sk-unknown").apiKeys.list(), UnauthorizedResponseError],
      [client(inferenceKey).apiKeys.create({ requestBody: { name } }), ForbiddenResponseError],
      [manager.apiKeys.create({ requestBody: { name: "" } }), BadRequestResponseError],
      [manager.apiKeys.create({ requestBody: { name, limit: -1 } }), BadRequestResponseError],
      [manager.apiKeys.create({ requestBody: { name, expiresAt: new Date(0) } }), BadRequestResponseError],
      [manager.apiKeys.create({ requestBody: { name, workspaceId: "nowhere" } }), BadRequestResponseError],
      [manager.apiKeys.create({ requestBody: { name, creatorUserId: "nobody" } }), BadRequestResponseError],
      [manager.apiKeys.list({ offset: -1 }), BadRequestResponseError],
      [manager.apiKeys.update({ hash: "none", requestBody: { name } }), NotFoundResponseError],
      [manager.apiKeys.delete({ hash: "none" }), NotFoundResponseError],
      [client("sk-unknown").apiKeys.getCurrentKeyMetadata(), UnauthorizedResponseError],
    ]
    for (const [attempt, type] of attempts) expect(await failureOf(attempt)).toBeInstanceOf(type)
  })

  test("keys of the file are listed and read, and not changed", async () => {
    const { data } = await manager.apiKeys.list({})
    const hash = data.find(({ name }) => name === "test")!.hash
    expect(await failureOf(manager.apiKeys.update({ hash, requestBody: { disabled: true } }))).toBeInstanceOf(
      BadRequestResponseError,
    )
    expect((await ask("DELETE", `/api/v1/keys/${hash}`)).status).toBe(400)
    expect((await chat(inferenceKey)).status).toBe(200)
  })
})

test("every field of the row, and none besides", async () => {
  const { data } = await made(await ask("POST", "/api/v1/keys", { name: "row" }))
  expect(data).toEqual({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    name: "row",
    label: expect.stringMatching(/^sk-sbx-v1-.{3}\.\.\..{4}$/),
    disabled: false,
    limit: null,
    limit_remaining: null,
    limit_reset: null,
    include_byok_in_limit: false,
    ...zeros,
    created_at: expect.any(String),
    updated_at: null,
    expires_at: null,
    creator_user_id: null,
    workspace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    external_user: null,
  })
})

describe("what a new key may say", () => {
  test.each<[object, string | undefined]>([
    [{}, "name"],
    [{ name: " " }, "name"],
    [{ name: "x".repeat(257) }, "name"],
    [{ name: 1 }, "name"],
    [{ name: "x", limit: null, limit_reset: null, expires_at: null, creator_user_id: null }, undefined],
    [{ name: "x", limit: "5" }, "limit"],
    [{ name: "x", limit: 4_000_001 }, "limit"],
    [{ name: "x", limit_reset: "never" }, "limit_reset"],
    [{ name: "x", limit_reset: "yearly" }, "limit_reset"],
    [{ name: "x", expires_at: "2999-01-31T00:00:00Z" }, undefined],
    [{ name: "x", expires_at: "2999-01-31T00:00:00.5+00:00" }, undefined],
    [{ name: "x", expires_at: "2999-01-31T00:00:00+01:00" }, "expires_at"],
    [{ name: "x", expires_at: "2999-02-30T00:00:00Z" }, "expires_at"],
    [{ name: "x", expires_at: "2999-01-31" }, "expires_at"],
    [{ name: "x", expires_at: "2001-01-31T00:00:00Z" }, "expires_at"],
    [{ name: "x", include_byok_in_limit: "yes" }, "include_byok_in_limit"],
    [{ name: "x", external: { user: "u1" } }, undefined],
    [{ name: "x", external: {} }, "external.user"],
    [{ name: "x", external: { user: "u", api_key: "short" } }, "external.api_key"],
    [{ name: "x", external: { user: "u", api_key: "a".repeat(40) } }, "external.api_key"],
    [{ name: "x", workspace_id: "default" }, undefined],
    [{ name: "x", manage: "write" }, "manage"],
    [{ name: "x", kind: "management" }, "kind"],
  ])("%j", async (body, param) => {
    const answer = await ask("POST", "/api/v1/keys", body)
    expect(answer.status).toBe(param === undefined ? 201 : 400)
    const { error } = (await answer.json()) as { error?: { code: number; metadata: { param?: string } } }
    expect(error?.metadata.param).toBe(param)
    if (param !== undefined) expect(error?.code).toBe(400)
  })

  test("a partner's own token works, is never told, and is taken once", async () => {
    const token = `partner-${new Bun.CryptoHasher("sha256").update("seed").digest("hex")}`
    const body = { name: "partner", external: { user: "customer-7", api_key: token } }
    const { key, data } = await made(await ask("POST", "/api/v1/keys", body))
    expect([key, data.external_user]).toEqual(["", "customer-7"])
    expect(JSON.stringify(data)).not.toContain(token)
    expect((await chat(token)).status).toBe(200)
    expect((await ask("POST", "/api/v1/keys", body)).status).toBe(400)
    expect(gateway.logged()).not.toContain(token)
  })
})

test("a list is a hundred keys from an offset, newest first, and of one workspace where one is named", async () => {
  const other = await startGateway()
  try {
    const asked = (path: string, init: object = {}) =>
      fetch(other.url + path, { ...init, headers: { authorization: `Bearer ${adminKey}` } })
    for (let number = 0; number < 104; number += 1)
      await asked("/api/v1/keys", { method: "POST", body: JSON.stringify({ name: `k${number}` }) })
    const names = async (query: string) => {
      const { data } = (await (await asked(`/api/v1/keys${query}`)).json()) as { data: { name: string }[] }
      return data.map(({ name }) => name)
    }
    const first = await names("")
    expect([first.length, first[0], first.at(-1)]).toEqual([100, "k103", "k4"])
    expect(await names("?offset=100")).toEqual(["k3", "k2", "k1", "k0", "test"])
    expect(await names("?offset=200")).toEqual([])
    expect((await names("?workspace_id=default")).length).toBe(100)
    expect(await names("?workspace_id=11111111-1111-4111-8111-111111111111")).toEqual([])
  } finally {
    await other.stop()
  }
})

test("management keys are no keys of this API", async () => {
  const { data } = await made(await ask("POST", "/admin/keys", { name: "second manager", kind: "management" }))
  expect((await ask("GET", `/api/v1/keys/${data.id}`)).status).toBe(404)
  expect((await ask("DELETE", `/api/v1/keys/${data.id}`)).status).toBe(404)
  const { data: listed } = await manager.apiKeys.list({ includeDisabled: true })
  expect(listed.map(({ name }) => name)).not.toContain("second manager")
})

test("the calling key tells its rates", async () => {
  const rates = { requests_per_minute: 60, concurrency: 5 }
  const { key } = await made(await ask("POST", "/admin/keys", { name: "rated", rates }))
  const { data } = await client(key).apiKeys.getCurrentKeyMetadata()
  expect(data.rateLimit).toEqual({
    requests: -1,
    interval: "10s",
    note: "Limits of this key: 60 requests a minute, 5 requests at once.",
  })
  expect((await client(inferenceKey).apiKeys.getCurrentKeyMetadata()).data.rateLimit.note).toBe(
    "There is no rate limit on this key.",
  )
})
