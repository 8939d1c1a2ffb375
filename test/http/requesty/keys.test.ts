import { afterAll, afterEach, describe, expect, setSystemTime, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { RequestyError, RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

const gateway = await startGateway({})
afterAll(() => gateway.stop())
afterEach(() => void setSystemTime())
const admin = new RequestyManagement(gateway.url, adminKey)

const ask = (method: string, path: string, body?: object, key = adminKey) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const read = async (answer: Response) => (await answer.json()) as JsonObject
const chat = (key: string, content = "hi") =>
  gateway.chat({ model: "mock/echo", messages: [{ role: "user", content }] }, { authorization: `Bearer ${key}` })
const refusal = (call: Promise<unknown>): Promise<RequestyError> =>
  call.then(
    () => Promise.reject(new Error("it was not refused")),
    (thrown: unknown) => (thrown instanceof RequestyError ? thrown : Promise.reject(thrown)),
  )

describe("the form of the published description", () => {
  test("a key is made with its token, which is never shown again", async () => {
    const wanted = {
      name: "seed",
      limit: 2.5,
      labels: ["team=search", "trial", "a=b=c"],
      expiry: "2099-01-31T00:00:00Z",
    }
    const answer = await ask("POST", "/v1/api-keys", wanted)
    expect(answer.status).toBe(200)
    const { key, ...made } = await read(answer)
    expect(made).toMatchObject({ ...wanted, expiry: "2099-01-31T00:00:00.000Z" })
    expect(made.created_at).toBeString()
    expect((await chat(key as string)).status).toBe(200)
    const again = await (await ask("GET", `/v1/api-keys/${made.id}`)).text()
    expect(again).not.toContain(key as string)
    expect(JSON.parse(again)).toMatchObject({ id: made.id!, name: "seed", limit: 2.5 })
    expect(JSON.parse(again)).not.toHaveProperty("key")
    const { data } = (await read(await ask("GET", "/v1/api-keys"))) as { data: JsonObject[] }
    expect(data.find(({ id }) => id === made.id)).toEqual({ ...(JSON.parse(again) as JsonObject) })
  })

  test("a limit that is spent refuses with 412 and says so, and 0 takes it away", async () => {
    const { id, key } = await read(await ask("POST", "/v1/api-keys", { name: "poor" }))
    const path = `/v1/api-keys/${id}/limit`
    const changed = await ask("PATCH", path, { limit: 0.001 })
    expect(changed.status).toBe(200)
    expect(await read(changed)).toMatchObject({ limit: 0.001, limit_reset: "monthly" })
    const words = "word ".repeat(50)
    const statuses: number[] = []
    let refused = await chat(key as string, words)
    // One costs 0.00015 USD.
    while (refused.status === 200 && statuses.length < 10) {
      statuses.push(refused.status)
      refused = await chat(key as string, words)
    }
    expect(statuses.length).toBeGreaterThan(2)
    expect(refused.status).toBe(412)
    expect((await errorOf(refused)).message).toContain("Reached monthly spend limit")
    expect(await read(await ask("PATCH", path, { limit: 0 }))).not.toHaveProperty("limit")
    expect((await chat(key as string)).status).toBe(200)
    expect((await read(await ask("GET", `/v1/api-keys/${id}`))).monthly_spend).toBeGreaterThan(0)
  })

  test("a deleted key stops working at once", async () => {
    const { id, key } = await read(await ask("POST", "/v1/api-keys", { name: "short" }))
    const gone = await ask("DELETE", `/v1/api-keys/${id}`)
    expect(gone.status).toBe(200)
    expect(await read(gone)).toEqual({ id: id!, deleted: true })
    expect((await chat(key as string)).status).toBe(403)
    expect((await ask("GET", `/v1/api-keys/${id}`)).status).toBe(404)
  })
})

describe("the form of the command line", () => {
  test("its eight calls do what they say, with its bodies and types", async () => {
    const { api_key_id: id, api_key: token } = await admin.createKey({
      name: "cli",
      monthly_limit: "49.99",
      permissions: { manage: "none", completions: "write" },
    })
    expect(await admin.getKey(id)).toMatchObject({ id, name: "cli", monthly_limit: "49.99", monthly_spend: "0" })
    await admin.limitKey(id, "12.50")
    expect((await admin.getKey(id)).monthly_limit).toBe("12.5")
    await admin.limitKey(id, 7)
    expect((await admin.getKey(id)).monthly_limit).toBe("7")
    await admin.labelKey(id, { team: "search", trial: "" })
    await admin.labelKey(id, { project: "x" })
    const listed = (await admin.listKeys()).find((key) => key.id === id)
    expect(listed).toMatchObject({ labels: { project: "x" } })
    await admin.labelKey(id, {})
    expect((await admin.listKeys()).find((key) => key.id === id)?.labels).toEqual({})
    await admin.expireKey(id, "2099-12-31T23:59:59+02:00")
    await admin.expireKey(id, null)
    await admin.limitKey(id, "0")
    expect((await admin.getKey(id)).monthly_limit).toBe("0")
    expect((await chat(token)).status).toBe(200)
    expect(JSON.stringify(await admin.listKeys())).not.toContain(token)
    await admin.deleteKey(id)
    expect((await chat(token)).status).toBe(403)
    expect((await refusal(admin.getKey(id))).status).toBe(404)
  })

  test("both forms are of the same keys", async () => {
    const { id } = await read(await ask("POST", "/v1/api-keys", { name: "one", limit: 3, labels: ["a=1", "b"] }))
    const other = (await admin.listKeys()).find((key) => key.id === id)
    expect(other).toMatchObject({ name: "one", monthly_limit: "3", labels: { a: "1", b: "" } })
    await admin.labelKey(id as string, { c: "2" })
    expect(await read(await ask("GET", `/v1/api-keys/${id}`))).toMatchObject({ labels: ["c=2"] })
  })

  test("a key that may not manage reads itself, and nothing else", async () => {
    const own = new RequestyManagement(gateway.url, inferenceKey)
    expect(await own.getKey("self")).toMatchObject({ name: "test", permissions: { manage: "none" } })
    const { id } = await own.getKey("self")
    for (const call of [() => own.listKeys(), () => own.getKey(id), () => own.deleteKey("self")]) {
      const { status, message } = await refusal(call())
      expect(status).toBe(403)
      expect(message).toStartWith("API key does not have manage permissions")
    }
  })

  test("a key that may only read sees all and changes nothing", async () => {
    const { api_key } = await admin.createKey({ name: "reader", permissions: { manage: "read", completions: "write" } })
    const reader = new RequestyManagement(gateway.url, api_key)
    expect((await reader.listKeys()).map(({ name }) => name)).toContain("reader")
    expect((await chat(api_key)).status).toBe(200)
    const { status, message } = await refusal(reader.createKey({ name: "more" }))
    expect([status, message]).toEqual([403, expect.stringContaining("manage write permission required")])
  })

  test("an expired key stays expired", async () => {
    const { api_key_id: id, api_key: token } = await admin.createKey({ name: "late" })
    const end = Date.now() + 60_000
    await admin.expireKey(id, new Date(end).toISOString())
    expect((await chat(token)).status).toBe(200)
    setSystemTime(end)
    const refused = await chat(token)
    expect(refused.status).toBe(403)
    expect((await errorOf(refused)).message).toStartWith("Invalid authorization token")
    expect((await refusal(admin.expireKey(id, null))).status).toBe(400)
    expect((await chat(token)).status).toBe(403)
  })

  test("an encoded id is an id and no path", async () => {
    for (const id of ["../org", "..%2Forg", "%2e%2e/org", "self/usage"])
      expect(await refusal(admin.getKey(id)).then(({ status }) => status)).toBe(404)
  })

  test("the addresses of the first documentation are the same calls", async () => {
    const made = await ask("PUT", "/manage/apikey", { name: "first", monthly_limit: 1 })
    const { api_key_id } = await read(made)
    expect((await ask("POST", `/manage/apikey/${api_key_id}/limit`, { monthly_limit: 2 })).status).toBe(204)
    expect((await admin.getKey(api_key_id as string)).monthly_limit).toBe("2")
    expect(await (await ask("GET", "/manage/apikey")).text()).toBe(await (await ask("GET", "/v1/manage/apikey")).text())
  })
})

test.each<[string, string, object, string]>([
  ["POST", "/v1/api-keys", {}, "name"],
  ["POST", "/v1/api-keys", { name: "" }, "name"],
  ["POST", "/v1/api-keys", { name: "x".repeat(257) }, "name"],
  ["POST", "/v1/manage/apikey", { name: "x".repeat(257) }, "name"],
  ["POST", "/v1/api-keys", { name: "x", limit: -1 }, "limit"],
  ["POST", "/v1/api-keys", { name: "x", limit: "1e3" }, "limit"],
  ["POST", "/v1/api-keys", { name: "x", limit: 1e-12 }, "limit"],
  ["POST", "/v1/api-keys", { name: "x", limit: 5_000_000 }, "limit"],
  ["POST", "/v1/api-keys", { name: "x", labels: { a: "b" } }, "labels"],
  ["POST", "/v1/api-keys", { name: "x", labels: ["=b"] }, "labels[0]"],
  ["POST", "/v1/api-keys", { name: "x", expiry: "tomorrow" }, "expiry"],
  ["POST", "/v1/api-keys", { name: "x", expiry: "2020-01-01T00:00:00Z" }, "expiry"],
  ["POST", "/v1/api-keys", { name: "x", budget: 3 }, "budget"],
  ["POST", "/v1/manage/apikey", { name: "x", limit: 3 }, "limit"],
  ["POST", "/v1/manage/apikey", { name: "x", labels: { a: 1 } }, "labels.a"],
  ["POST", "/v1/manage/apikey", { name: "x", labels: ["a"] }, "labels"],
  ["POST", "/v1/manage/apikey", { name: "x", permissions: { manage: "all" } }, "permissions.manage"],
  ["POST", "/v1/manage/apikey", { name: "x", permissions: { admin: true } }, "permissions.admin"],
  ["POST", "/v1/manage/apikey", { name: "x", permissions: {} }, "permissions"],
  [
    "POST",
    "/v1/manage/apikey",
    { name: "x", permissions: { manage: "write", completions: "write" } },
    "permissions.manage",
  ],
  ["POST", "/v1/manage/apikey", { name: "x", user_id: "nobody" }, "user_id"],
  ["POST", "/v1/manage/apikey", { name: "x", service_account_id: "nothing" }, "service_account_id"],
  ["POST", "/v1/manage/apikey", { name: "x", group_id: "nothing" }, "group_id"],
  ["POST", "/v1/manage/apikey", { name: "x", user_id: "a", service_account_id: "b" }, "service_account_id"],
  ["POST", "/v1/manage/apikey", { name: "x", access_list_id: "none" }, "access_list_id"],
  ["PATCH", "/v1/api-keys/self/limit", {}, "limit"],
  ["POST", "/v1/manage/apikey/self/limit", {}, "monthly_limit"],
  ["POST", "/v1/manage/apikey/self/label", { labels: null }, "labels"],
  ["POST", "/v1/manage/apikey/self/expiry", { expires_at: 12 }, "expires_at"],
])("%s %s with %j is refused with its place", async (method, path, body, param) => {
  const answer = await ask(method, path, body)
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ param })
})
