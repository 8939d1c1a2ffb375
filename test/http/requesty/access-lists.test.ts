import { afterAll, expect, test } from "bun:test"
import { RequestyError, RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, startGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

const gateway = await startGateway({ models: { public: false } })
afterAll(() => gateway.stop())
const admin = new RequestyManagement(gateway.url, adminKey)

const ask = (method: string, path: string, body?: object, key = adminKey) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const attach = async (path: string, body: object): Promise<void> => {
  expect((await ask("POST", `/v1/manage/${path}/access-list`, body)).status).toBe(204)
}

test("a list is made, shown, changed in part and deleted", async () => {
  const id = await admin.createAccessList({ name: "cheap", chat: ["openai/gpt-4o-mini", "mock/*"], auto_approve: true })
  expect(await admin.getAccessList(id)).toMatchObject({
    id,
    name: "cheap",
    auto_approve: true,
    chat: ["openai/gpt-4o-mini", "mock/*"],
    embedding: [],
  })
  await admin.changeAccessList(id, { embedding: ["openai/text-embedding-3-small"] })
  await admin.changeAccessList(id, { chat: [], auto_approve: false })
  expect(await admin.getAccessList(id)).toMatchObject({
    auto_approve: false,
    chat: [],
    embedding: ["openai/text-embedding-3-small"],
  })
  expect((await admin.listAccessLists()).map((list) => list.id)).toEqual([id])
  await admin.deleteAccessList(id)
  expect(await admin.listAccessLists()).toEqual([])
})

test("one that is attached is deleted only when that is meant, and then the next one counts", async () => {
  const id = await admin.createAccessList({ name: "none of mine", chat: ["other/*"] })
  const groups = [await admin.createGroup({ name: "one" }), await admin.createGroup({ name: "two" })]
  for (const group of groups) await attach(`group/${group}`, { access_list_ids: [id] })
  const refused = await ask("DELETE", `/v1/manage/access-list/${id}`)
  expect(refused.status).toBe(409)
  expect((await errorOf(refused)).message).toContain("is assigned to 2 groups")
  await admin.deleteAccessList(id, "?force=true")
  expect(await admin.listAccessLists()).toEqual([])
})

test("the list of a key goes before those of its groups, and those before the organisation's", async () => {
  const listOf = (name: string, chat: string[]) => admin.createAccessList({ name, chat })
  const [nothing, all] = [await listOf("other models", ["other/*"]), await listOf("these models", ["mock/*"])]
  const group = await admin.createGroup({ name: "resolved" })
  const { api_key, api_key_id } = await admin.createKey({ name: "resolved", group_id: group })
  const chat = () =>
    gateway.chat(
      { model: "mock/echo", messages: [{ role: "user", content: "x" }] },
      { authorization: `Bearer ${api_key}` },
    )
  expect((await chat()).status).toBe(200)
  await attach("org", { access_list_id: nothing })
  const denied = await chat()
  expect(denied.status).toBe(403)
  expect((await errorOf(denied)).message).toStartWith("Provider blocked by policy")
  const empty = await ask("POST", "/v1/manage/org/access-list", {})
  expect([empty.status, (await errorOf(empty)).param]).toEqual([400, "access_list_id"])
  await attach("org", { group_access_list_id: all })
  expect((await chat()).status).toBe(200)
  await attach(`group/${group}`, { access_list_ids: [nothing] })
  expect((await chat()).status).toBe(403)
  await attach(`group/${group}`, { access_list_ids: [nothing, all] })
  expect((await chat()).status).toBe(200)
  await attach(`apikey/${api_key_id}`, { access_list_id: nothing })
  expect((await chat()).status).toBe(403)
  const { data } = (await (await gateway.get("/v1/models", api_key)).json()) as { data: { id: string }[] }
  expect(data.map((model) => model.id)).not.toContain("mock/echo")
  await attach(`apikey/${api_key_id}`, { access_list_id: null })
  expect((await chat()).status).toBe(200)
})

test("restricted lists are the admins' to attach", async () => {
  const list = await admin.createAccessList({ name: "dear", chat: ["mock/*"], restricted: true } as object)
  const member = await ask("POST", "/admin/members", { email: "dan@example.com" })
  const { data } = (await member.json()) as { data: { id: string } }
  const { api_key } = await admin.createKey({
    name: "dan",
    user_id: data.id,
    permissions: { manage: "write", completions: "none" },
  })
  const dan = new RequestyManagement(gateway.url, api_key)
  const { api_key_id } = await dan.createKey({ name: "dan calls" })
  expect(
    (await ask("POST", `/v1/manage/apikey/${api_key_id}/access-list`, { access_list_id: list }, api_key)).status,
  ).toBe(403)
  await expect(dan.createAccessList({ name: "own" })).rejects.toBeInstanceOf(RequestyError)
  await attach(`apikey/${api_key_id}`, { access_list_id: list })
})
