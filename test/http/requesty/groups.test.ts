import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { RequestyError, RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, startGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

const gateway = await startGateway({})
afterAll(() => gateway.stop())
const admin = new RequestyManagement(gateway.url, adminKey)

const ask = (method: string, path: string, body?: object, key = adminKey) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const chat = (key: string) =>
  gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "hi" }] }, { authorization: `Bearer ${key}` })
const statusOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 204,
    (thrown: unknown) => (thrown instanceof RequestyError ? thrown.status : Promise.reject(thrown)),
  )

/** A member by the administration's own route. */
async function memberNamed(email: string, role = "member"): Promise<string> {
  const answer = await ask("POST", "/admin/members", { email, role })
  const { data } = (await answer.json()) as { data: { id: string } }
  return data.id
}

test("a group is made, shown, changed and deleted", async () => {
  const id = await admin.createGroup({ name: "search", monthly_limit: 25.5 })
  expect(await admin.getGroup(id)).toMatchObject({ name: "search", monthly_limit: 25.5, monthly_spend: 0, members: [] })
  expect((await admin.listGroups()).find((group) => group.id === id)).toMatchObject({ members_count: 0 })
  expect((await ask("POST", `/v1/manage/group/${id}/limit`, { monthly_limit: "0" })).status).toBe(204)
  expect((await ask("PATCH", `/v1/manage/group/${id}`, { name: "find", monthly_budget_per_user: "3" })).status).toBe(
    204,
  )
  expect(await admin.getGroup(id)).toMatchObject({ name: "find", monthly_limit: null, monthly_budget_per_user: 3 })
  await admin.deleteGroup(id)
  expect(await statusOf(admin.getGroup(id))).toBe(404)
})

test("members come, change their role under both addresses, and go by a body of DELETE", async () => {
  const id = await admin.createGroup({ name: "team" })
  const user = await memberNamed("ada@example.com")
  await admin.addMember(id, user, "member")
  expect((await admin.getGroup(id)).members).toEqual([
    {
      id: user,
      email: "ada@example.com",
      role: "member",
      monthly_limit: null,
      monthly_spend: 0,
      rate_limit: null,
      active: true,
    },
  ])
  await admin.changeRole(id, user, "admin")
  expect((await admin.getGroup(id)).members[0]?.role).toBe("admin")
  expect((await ask("PUT", `/v1/manage/group/${id}/member`, { user_id: user, role: "member" })).status).toBe(204)
  expect((await admin.getGroup(id)).members[0]?.role).toBe("member")
  expect((await ask("POST", `/v1/manage/group/${id}/member/${user}/limit`, { monthly_limit: "1.5" })).status).toBe(204)
  expect((await admin.getGroup(id)).members[0]?.monthly_limit).toBe(1.5)
  expect(await statusOf(admin.addMember(id, user, "member"))).toBe(409)
  await admin.removeMember(id, user)
  expect((await admin.getGroup(id)).members).toEqual([])
  expect(await statusOf(admin.removeMember(id, user))).toBe(404)
  expect((await admin.members()).map(({ email }) => email)).toContain("ada@example.com")
})

test("what a group's key spends is the group's", async () => {
  const id = await admin.createGroup({ name: "spenders" })
  const { api_key } = await admin.createKey({ name: "group key", group_id: id } as object)
  expect((await chat(api_key)).status).toBe(200)
  expect((await admin.getGroup(id)).monthly_spend).toBeGreaterThan(0)
  // One that keys belong to goes only when that is meant.
  expect(await statusOf(admin.deleteGroup(id))).toBe(409)
  expect((await ask("DELETE", `/v1/manage/group/${id}?force=true`)).status).toBe(204)
})

test("members see the groups that they are in, and change those that they are admin of", async () => {
  const [own, other] = [await admin.createGroup({ name: "own" }), await admin.createGroup({ name: "other" })]
  const user = await memberNamed("bob@example.com")
  await admin.addMember(own, user, "admin")
  const { api_key } = await admin.createKey({
    name: "bob manages",
    user_id: user,
    permissions: { manage: "write", completions: "none" },
  })
  const bob = new RequestyManagement(gateway.url, api_key)
  expect((await bob.listGroups()).map(({ name }) => name)).toEqual(["own"])
  expect(await statusOf(bob.getGroup(other))).toBe(404)
  expect(await statusOf(bob.deleteGroup(own))).toBe(403)
  expect(await statusOf(bob.createGroup({ name: "mine" }))).toBe(403)
  const carol = await memberNamed("carol@example.com")
  await bob.addMember(own, carol, "member")
  expect(await statusOf(bob.addMember(other, carol, "member"))).toBe(404)
  // Keys of others are not there for bob, and his own are.
  const { api_key_id } = await admin.createKey({ name: "not bob's" })
  expect((await bob.listKeys()).map(({ name }) => name)).toEqual(["bob manages"])
  expect(await statusOf(bob.getKey(api_key_id))).toBe(404)
  expect(await statusOf(bob.limitKey(api_key_id, 1))).toBe(404)
  expect(await statusOf(bob.createKey({ name: "for carol", user_id: carol }))).toBe(403)
  expect((await bob.members()).map(({ email }) => email)).toEqual(["bob@example.com"])
  // Which organisation it is everybody may know, and what all spend not.
  expect(await admin.organisation()).toHaveProperty("monthly_spend")
  expect(await bob.organisation()).toEqual({ id: "organisation", name: "signalbox", currency: "USD" })
})

test("a service account has keys of its own, and stays while one of them is in use", async () => {
  const made = await ask("POST", "/v1/manage/service-account", { name: "nightly", monthly_limit: "5" })
  const { service_account_id: id } = (await made.json()) as { service_account_id: string }
  const { api_key, api_key_id } = await admin.createKey({ name: "runner", service_account_id: id })
  expect((await chat(api_key)).status).toBe(200)
  const path = `/v1/manage/service-account/${id}`
  const shown = (await (await ask("GET", path)).json()) as { service_account: JsonObject }
  expect(shown.service_account).toMatchObject({ name: "nightly", keys_count: 1, monthly_limit: 5, active: true })
  expect(shown.service_account.monthly_spend).toBeGreaterThan(0)
  expect(await admin.getKey(api_key_id)).not.toHaveProperty("user")
  // What it spends is its own, and no member's.
  const { usage } = await admin.organisationUsage("group_by=service_account_id,user_id")
  const groups = Object.values(usage).flatMap(({ grouped_data = [] }) => grouped_data)
  const own = groups.filter(({ group_by_values: values }) => values.service_account_id === id)
  expect(own.map(({ group_by_values: values, total_requests }) => [values.user_id, total_requests])).toEqual([["", 1]])
  const refused = await ask("DELETE", path)
  expect(refused.status).toBe(409)
  expect((await errorOf(refused)).message).toContain('"runner"')
  // Switched off its keys do nothing.
  expect((await ask("PATCH", path, { active: false })).status).toBe(204)
  const restricted = await chat(api_key)
  expect(restricted.status).toBe(403)
  expect((await errorOf(restricted)).message).toStartWith("account restricted")
  await admin.deleteKey(api_key_id)
  expect((await ask("DELETE", path)).status).toBe(204)
  expect((await ask("GET", path)).status).toBe(404)
})

test.each<[string, string, object, string]>([
  ["POST", "/v1/manage/group", {}, "name"],
  ["POST", "/v1/manage/group", { name: "x", limit: 3 }, "limit"],
  ["POST", "/v1/manage/group/x/limit", {}, "monthly_limit"],
  ["POST", "/v1/manage/group/x/member", { role: "admin" }, "user_id"],
  ["POST", "/v1/manage/group/x/member", { user_id: "u", role: "owner" }, "role"],
  ["PUT", "/v1/manage/group/x/member/u/role", {}, "role"],
  ["DELETE", "/v1/manage/group/x/member", {}, "user_id"],
  ["POST", "/v1/manage/service-account", { description: "x" }, "name"],
  ["POST", "/v1/manage/service-account", { name: "x", active: true }, "active"],
])("%s %s with %j is refused with its place", async (method, path, body, param) => {
  const answer = await ask(method, path, body)
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ param })
})
