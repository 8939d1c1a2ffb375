import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { NotFoundResponseError, UnauthorizedResponseError } from "@openrouter/sdk/models/errors"
import type { JsonObject } from "../../../src/contract/index.ts"
import { adminKey, startGateway } from "../../kit/gateway.ts"

const gateway = await startGateway()
afterAll(() => gateway.stop())

const client = (apiKey: string) =>
  new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey, retryConfig: { strategy: "none" } })
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
const ask = async (method: string, path: string, body?: object, key = adminKey) => {
  const answer = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, ...((await answer.json()) as { key: string; data: JsonObject; error: JsonObject }) }
}

interface Person {
  readonly id: string
  /** Of its management key. */
  readonly key: string
  readonly keyId: string
}
const people: Record<string, Person> = {}

beforeAll(async () => {
  for (const [name, role] of [
    ["ann", "member"],
    ["bob", "member"],
    ["eve", "admin"],
    ["vic", "viewer"],
  ] as const) {
    const { data } = await ask("POST", "/admin/members", { email: `${name}@example.com`, role })
    const owner = { kind: "member", id: `${name}@example.com` }
    const made = await ask("POST", "/admin/keys", { name: `${name}'s manager`, kind: "management", owner })
    expect(made.status).toBe(201)
    people[name] = { id: String(data.id), key: made.key, keyId: String(made.data.id) }
  }
})

describe("a member", () => {
  test("makes keys that are its own, and sees and changes no others", async () => {
    const [ann, bob] = [people.ann!, people.bob!]
    const { data } = await client(ann.key).apiKeys.create({ requestBody: { name: "ann's" } })
    expect(data.creatorUserId).toBe(ann.id)
    expect((await client(ann.key).apiKeys.list({})).data.map(({ name }) => name)).toEqual(["ann's"])
    expect((await client(bob.key).apiKeys.list({})).data).toEqual([])
    const { hash } = data
    for (const attempt of [
      client(bob.key).apiKeys.get({ hash }),
      client(bob.key).apiKeys.update({ hash, requestBody: { disabled: true } }),
      client(bob.key).apiKeys.delete({ hash }),
    ])
      expect(await failureOf(attempt)).toBeInstanceOf(NotFoundResponseError)
    for (const [method, path] of [
      ["GET", `/admin/keys/${hash}`],
      ["PATCH", `/admin/keys/${hash}`],
      ["DELETE", `/admin/keys/${hash}`],
      ["POST", `/admin/keys/${hash}/rotate`],
    ] as const)
      expect((await ask(method, path, method === "GET" ? undefined : {}, bob.key)).status).toBe(404)
    expect((await client(ann.key).apiKeys.update({ hash, requestBody: { limit: 1 } })).data.limit).toBe(1)
  })

  test("makes none for others, and does not learn who there is", async () => {
    const [ann, bob] = [people.ann!, people.bob!]
    const messages = await Promise.all(
      [bob.id, "bob@example.com", "nobody@example.com"].map(async (id) => {
        const { status, error } = await ask(
          "POST",
          "/admin/keys",
          { name: "x", owner: { kind: "member", id } },
          ann.key,
        )
        return [status, error.message]
      }),
    )
    expect(messages[0]![0]).toBe(403)
    expect(new Set(messages.map(String)).size).toBe(1)
  })

  test("is answered 404 for an owner's management key, and an admin 403", async () => {
    const owners = await ask("POST", "/admin/keys", { name: "top", kind: "management" })
    const rotate = (key: string) => ask("POST", `/admin/keys/${owners.data.id}/rotate`, {}, key)
    expect((await rotate(people.ann!.key)).status).toBe(404)
    expect((await rotate(people.eve!.key)).status).toBe(403)
    expect((await rotate(adminKey)).status).toBe(200)
    expect((await ask("GET", "/admin/keys", undefined, owners.key)).status).toBe(403)
  })

  test("a viewer sees and does not change", async () => {
    const { vic } = people
    expect((await ask("GET", "/admin/keys", undefined, vic!.key)).status).toBe(200)
    expect((await ask("POST", "/admin/keys", { name: "x" }, vic!.key)).status).toBe(403)
  })
})

test("what an admin makes has no more rights than an admin", async () => {
  const { eve } = people
  const mine = await ask("POST", "/admin/keys", { name: "mine", kind: "management" }, eve!.key)
  expect(mine.data).toMatchObject({ owner: { kind: "member", id: eve!.id }, role: null, creator_member_id: eve!.id })
  const nobodys = await ask("POST", "/admin/keys", { name: "app", kind: "management", owner: null }, eve!.key)
  expect(nobodys.data).toMatchObject({ owner: null, role: "admin" })
  const owners = await ask(
    "POST",
    "/admin/keys",
    { name: "x", kind: "management", owner: null, role: "owner" },
    eve!.key,
  )
  expect(owners.status).toBe(403)
})

test("members of the organisation, a page at a time", async () => {
  const found: string[] = []
  let total = 0
  for await (const page of await client(adminKey).organization.listMembers({ limit: 3 })) {
    total = page.result.totalCount
    found.push(...page.result.data.map(({ email, role }) => `${email} ${role}`))
  }
  expect(total).toBe(4)
  expect(found).toEqual([
    "ann@example.com org:member",
    "bob@example.com org:member",
    "eve@example.com org:admin",
    "vic@example.com org:member",
  ])
  expect((await ask("GET", "/api/v1/organization/members?limit=101")).status).toBe(400)
  expect(await failureOf(client("sk-unknown").organization.listMembers({}))).toBeInstanceOf(UnauthorizedResponseError)
})

test("a key that was asked for in a browser belongs to the member whose key allowed it", async () => {
  const ann = people.ann!
  const { data } = await client(ann.key).oAuth.createAuthCode({
    requestBody: { callbackUrl: "https://app.example.com/x", keyLabel: "from an app" },
  })
  const { key, userId } = await client("").oAuth.exchangeAuthCodeForAPIKey({ requestBody: { code: data.id } })
  expect(userId).toBe(ann.id)
  expect((await client(key).apiKeys.getCurrentKeyMetadata()).data.creatorUserId).toBe(ann.id)
  expect((await client(ann.key).apiKeys.list({})).data.map(({ name }) => name)).toContain("from an app")
})

test("all there is to say of a key goes in and comes out, and null takes it away", async () => {
  const group = await ask("POST", "/admin/groups", { name: "Search" })
  const said = {
    labels: { team: "search", "": undefined },
    rates: { requests_per_minute: 60, tokens_per_minute: null, concurrency: 2 },
    manage: "read",
    include_byok_in_limit: true,
    store_bodies: true,
    external_user: "customer-1",
  }
  const made = await ask("POST", "/admin/keys", { name: "full", owner: { kind: "group", id: "search" }, ...said })
  expect(made.data).toMatchObject({
    ...said,
    labels: { team: "search" },
    owner: { kind: "group", id: group.data.id as string },
    project_id: "default",
  })
  const path = `/admin/keys/${made.data.id}`
  expect((await ask("GET", path)).data).toEqual(made.data)
  const names = ["labels", "rates", "manage", "store_bodies", "external_user", "owner"]
  const cleared = await ask("PATCH", path, Object.fromEntries(names.map((name) => [name, null])))
  expect(cleared.data).toMatchObject({
    labels: {},
    rates: null,
    manage: "none",
    store_bodies: null,
    external_user: null,
    owner: null,
    include_byok_in_limit: true,
  })
})

test.each<[object, string]>([
  [{ labels: ["a"] }, "labels"],
  [{ labels: { a: 1 } }, "labels.a"],
  [{ labels: { "": "x" } }, "labels"],
  [{ labels: { ["x".repeat(65)]: "x" } }, "labels"],
  [{ labels: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, ""])) }, "labels"],
  [{ rates: { requests_per_minute: 0 } }, "rates.requests_per_minute"],
  [{ rates: { rpm: 1 } }, "rates.rpm"],
  [{ owner: { kind: "member" } }, "owner"],
  [{ owner: { kind: "robot", id: "x" } }, "owner.kind"],
  [{ owner: { kind: "group", id: "none" } }, "owner"],
  [{ group_id: "none" }, "group_id"],
  [{ project_id: "none" }, "project_id"],
  [{ access_list_id: "none" }, "access_list_id"],
  [{ manage: "write" }, "manage"],
  [{ role: "admin" }, "role"],
  [{ creator_member_id: "x" }, "creator_member_id"],
  [{ tokens: {} }, "tokens"],
  [{ expires_at: "2001-01-01T00:00:00Z" }, "expires_at"],
])("%j is refused with its place", async (body, param) => {
  const { status, error } = await ask("POST", "/admin/keys", { name: "wrong", ...body })
  expect([status, error.param]).toEqual([400, param])
})
