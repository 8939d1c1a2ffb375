import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { type Admin, adminOf } from "../kit/admin.ts"
import { startGateway, type TestGateway } from "../kit/gateway.ts"

let gateway: TestGateway
let admin: Admin

beforeAll(async () => {
  gateway = await startGateway({ organisation: { name: "ACME" } })
  admin = adminOf(gateway)
})
afterAll(() => gateway?.stop())

const chat = async (token: string): Promise<number> => {
  const asked = { model: "mock/echo", messages: [{ role: "user", content: "one two three" }] }
  const response = await gateway.chat(asked, { authorization: `Bearer ${token}` })
  await response.text()
  return response.status
}
const ofMember = (id: string) => ({ name: "theirs", owner: { kind: "member", id } })

describe("members", () => {
  test("are made, shown, changed and removed", async () => {
    const { data } = await admin.ok("POST", "/admin/members", {
      email: "anna@example.test",
      first_name: "Anna",
      role: "admin",
      limit: 12.5,
      rates: { requests_per_minute: 100 },
    })
    expect(data).toMatchObject({
      email: "anna@example.test",
      first_name: "Anna",
      last_name: null,
      role: "admin",
      disabled: false,
      limit: 12.5,
      limit_reset: "monthly",
      limit_remaining: 12.5,
      limit_resets_at: expect.stringMatching(/^\d{4}-\d{2}-01T00:00:00\.000Z$/),
      usage: 0,
      rates: { requests_per_minute: 100, tokens_per_minute: null, concurrency: null },
    })
    expect(await admin.ok("GET", "/admin/members/anna@example.test")).toEqual({ data })
    const { data: changed } = await admin.ok("PATCH", `/admin/members/${data.id}`, {
      limit: null,
      rates: null,
      last_name: "A.",
      limit_reset: "never",
    })
    expect(changed).toMatchObject({
      limit: null,
      limit_remaining: null,
      limit_resets_at: null,
      rates: null,
      last_name: "A.",
      role: "admin",
    })
    expect(await admin.ok("DELETE", `/admin/members/${data.id}`)).toMatchObject({ deleted: true })
    await admin.refused(404, "GET", `/admin/members/${data.id}`)
  })

  test("are shown in pages", async () => {
    for (let count = 0; count < 5; count++)
      await admin.ok("POST", "/admin/members", { email: `page-${count}@example.test` })
    const all = await admin.ok("GET", "/admin/members")
    const second = await admin.ok("GET", "/admin/members?offset=1&limit=2")
    expect(second).toEqual({ data: all.data.slice(1, 3), total_count: all.total_count })
    expect((await admin.ok("GET", "/admin/members?offset=1000")).data).toEqual([])
    expect(await admin.refused(400, "GET", "/admin/members?limit=0")).toMatchObject({ param: "limit" })
    expect(await admin.refused(400, "GET", "/admin/members?role=owner")).toMatchObject({ param: "role" })
  })

  test.each([
    [{}, "email"],
    [{ email: "nobody" }, "email"],
    [{ email: 5 }, "email"],
    [{ email: "x@example.test", role: "god" }, "role"],
    [{ email: "x@example.test", limit: -1 }, "limit"],
    [{ email: "x@example.test", limit: "5" }, "limit"],
    [{ email: "x@example.test", limit_reset: "hourly" }, "limit_reset"],
    [{ email: "x@example.test", rates: { per_second: 5 } }, "rates.per_second"],
    [{ email: "x@example.test", rates: { concurrency: 0 } }, "rates.concurrency"],
    [{ email: "x@example.test", user_role: "owner" }, "user_role"],
    [{ email: "x@example.test", disabled: true }, "disabled"],
    [{ email: "x@example.test", id: "user_mine" }, "id"],
  ])("%j is refused with its place", async (body, param) => {
    expect(await admin.refused(400, "POST", "/admin/members", body)).toMatchObject({ param })
  })

  test("nobody is made twice, and not by two at once", async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => admin.send("POST", "/admin/members", { email: "Twin@example.test" })),
    )
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)])
  })

  test("whose account is disabled call nothing meanwhile, and their requests count for them", async () => {
    const { data } = await admin.ok("POST", "/admin/members", { email: "spends@example.test" })
    const { token } = await admin.key(ofMember(data.id))
    expect(await chat(token)).toBe(200)
    expect((await admin.ok("GET", `/admin/members/${data.id}`)).data.usage).toBeGreaterThan(0)
    await admin.ok("PATCH", `/admin/members/${data.id}`, { disabled: true })
    expect(await chat(token)).toBe(403)
    await admin.ok("PATCH", `/admin/members/${data.id}`, { disabled: false })
    expect(await chat(token)).toBe(200)
  })

  test("leave no key behind that works", async () => {
    const { data } = await admin.ok("POST", "/admin/members", { email: "leaves@example.test" })
    const { token, id } = await admin.key(ofMember(data.id))
    const answer = await admin.ok("DELETE", `/admin/members/${data.id}`)
    expect(answer).toEqual({ deleted: true, keys_disabled: 1, keys_kept: 0 })
    expect(await chat(token)).toBe(403)
    // Enabling it brings nobody back.
    await admin.ok("PATCH", `/admin/keys/${id}`, { disabled: false })
    expect(await chat(token)).toBe(403)
  })

  test("leave what calls models to the organisation, and the group that pays, where somebody says so", async () => {
    const { data } = await admin.ok("POST", "/admin/members", { email: "bequeaths@example.test", role: "admin" })
    const { data: group } = await admin.ok("POST", "/admin/groups", { name: "heirs" })
    await admin.ok("POST", `/admin/groups/${group.id}/members`, { member: "bequeaths@example.test" })
    const calls = await admin.key(ofMember(data.id))
    const manages = await admin.key({ ...ofMember(data.id), kind: "management" })
    const answer = await admin.ok("DELETE", `/admin/members/${data.id}?keys=keep`)
    expect(answer).toEqual({ deleted: true, keys_disabled: 1, keys_kept: 1 })
    expect(await chat(calls.token)).toBe(200)
    expect((await admin.ok("GET", `/admin/groups/${group.id}`)).data.usage).toBeGreaterThan(0)
    await adminOf(gateway, manages.token).refused(403, "GET", "/admin/members")
    expect(await admin.refused(400, "DELETE", "/admin/members/x?keys=sell")).toMatchObject({ param: "keys" })
    expect(await admin.refused(400, "DELETE", "/admin/members/x?fate=keep")).toMatchObject({ param: "fate" })
  })

  test("a member sees itself, its groups and nobody else", async () => {
    const { token, memberId } = await admin.memberKey("member")
    const self = adminOf(gateway, token)
    expect((await self.ok("GET", "/admin/members")).data).toMatchObject([{ id: memberId }])
    expect((await self.ok("GET", "/admin/groups")).data).toEqual([])
    await self.refused(403, "PATCH", `/admin/members/${memberId}`, { role: "owner" })
    await self.refused(403, "GET", "/admin/audit")
  })

  test("an admin makes no owner of anybody, not of himself either", async () => {
    const { token, memberId } = await admin.memberKey("admin")
    const other = await admin.memberKey("member")
    const self = adminOf(gateway, token)
    await self.refused(403, "PATCH", `/admin/members/${memberId}`, { role: "owner" })
    await self.refused(403, "POST", "/admin/members", { email: "new-owner@example.test", role: "owner" })
    await self.ok("PATCH", `/admin/members/${other.memberId}`, { role: "admin" })
    // A role holds with the next request.
    await admin.ok("PATCH", `/admin/members/${memberId}`, { role: "viewer" })
    await self.refused(403, "PATCH", `/admin/members/${other.memberId}`, { role: "member" })
  })
})

describe("groups", () => {
  test("their admins manage them, and nothing above them", async () => {
    const { data: group } = await admin.ok("POST", "/admin/groups", { name: "dev", limit: 50, member_limit: 5 })
    const anna = await admin.memberKey("member")
    const ben = await admin.memberKey("member")
    await admin.ok("POST", `/admin/groups/${group.id}/members`, { member: anna.memberId, role: "admin" })
    const self = adminOf(gateway, anna.token)
    const path = `/admin/groups/${group.id}`
    const { data: joined } = await self.ok("POST", `${path}/members`, { member: ben.memberId, limit: 2 })
    expect(joined).toMatchObject({ member_id: ben.memberId, role: "member", limit: 2, own_limit: 2, usage: 0 })
    const { data: changed } = await self.ok("PATCH", `${path}/members/${ben.memberId}`, { limit: null })
    expect(changed).toMatchObject({ limit: 5, own_limit: null, limit_reset: "monthly" })
    expect((await self.ok("GET", `${path}/members`)).total_count).toBe(2)
    await self.ok("PATCH", path, { description: "ours" })
    await self.refused(403, "PATCH", path, { limit: 500 })
    await self.refused(403, "DELETE", path)
    const other = adminOf(gateway, ben.token)
    await other.ok("GET", path)
    await other.refused(403, "PATCH", path, { description: "mine" })
    await self.ok("DELETE", `${path}/members/${ben.memberId}`)
    await other.refused(404, "GET", path)
  })

  test("stay while keys belong to them, unless that is meant", async () => {
    const { data: group } = await admin.ok("POST", "/admin/groups", { name: "old" })
    const { token } = await admin.key({ name: "of the group", owner: { kind: "group", id: group.id } })
    expect(await chat(token)).toBe(200)
    expect((await admin.refused(409, "DELETE", `/admin/groups/${group.id}`)).message).toContain("of the group")
    await admin.ok("DELETE", `/admin/groups/${group.id}?force=true`)
    expect(await chat(token)).toBe(403)
  })
})

describe("service accounts and projects", () => {
  test("a service account stays while a key of it could be used", async () => {
    const { data } = await admin.ok("POST", "/admin/service-accounts", { name: "nightly", limit: 5 })
    const { token, id } = await admin.key({ name: "n", owner: { kind: "service-account", id: data.id } })
    expect(await chat(token)).toBe(200)
    await admin.refused(409, "DELETE", `/admin/service-accounts/${data.id}`)
    await admin.ok("PATCH", `/admin/service-accounts/${data.id}`, { disabled: true })
    expect(await chat(token)).toBe(403)
    await admin.ok("DELETE", `/admin/keys/${id}`)
    await admin.ok("DELETE", `/admin/service-accounts/${data.id}`)
  })

  test("a project has budgets, and stays while keys are in it", async () => {
    const { data } = await admin.ok("POST", "/admin/projects", { name: "Chat", budgets: { monthly: 10, daily: null } })
    expect(data).toMatchObject({ slug: "chat", budgets: { monthly: 10, daily: null, weekly: null, total: null } })
    const { id } = await admin.key({ name: "in it", project_id: data.id })
    await admin.refused(409, "DELETE", "/admin/projects/chat")
    await admin.ok("DELETE", `/admin/keys/${id}`)
    await admin.ok("DELETE", "/admin/projects/chat")
    await admin.refused(409, "DELETE", "/admin/projects/default")
    expect((await admin.ok("GET", "/admin/projects")).data).toMatchObject([{ id: "default", name: "Default" }])
  })
})

test("the organisation: what the file says is the file's, the rest is changed here", async () => {
  expect((await admin.ok("GET", "/admin/organisation")).data).toMatchObject({
    name: "ACME",
    of_file: ["name"],
    suspended: false,
    credits: "unlimited",
  })
  expect(await admin.refused(409, "PATCH", "/admin/organisation", { name: "mine" })).toMatchObject({ param: "name" })
  const { data } = await admin.ok("PATCH", "/admin/organisation", { limit: 1000, limit_reset: "daily" })
  expect(data).toMatchObject({ limit: 1000, limit_reset: "daily" })
  await admin.ok("PATCH", "/admin/organisation", { limit: null })
})

test("the audit log is asked by what it is about, pages by a cursor, and comes out line by line", async () => {
  const { data } = await admin.ok("POST", "/admin/members", { email: "audited@example.test" })
  await admin.ok("PATCH", `/admin/members/${data.id}`, { first_name: "A" })
  const path = `/admin/audit?kind=member&id=${data.id}`
  const first = await admin.ok("GET", `${path}&limit=1`)
  expect(first.data).toMatchObject([
    {
      action: "update",
      kind: "member",
      id: data.id,
      actor: { name: "admin_key", address: "127.0.0.1" },
      before: { email: "audited@example.test" },
      after: { firstName: "A" },
    },
  ])
  // What is written meanwhile does not move the next page.
  await admin.ok("PATCH", `/admin/members/${data.id}`, { first_name: "B" })
  const second = await admin.ok("GET", `${path}&limit=1&cursor=${first.next_cursor}`)
  expect(second.data).toMatchObject([{ action: "create", before: null }])
  const exported = await admin.send("GET", `${path}&format=jsonl`)
  expect(exported.headers.get("content-type")).toBe("application/x-ndjson")
  const lines = (await exported.text()).trimEnd().split("\n")
  expect(lines.map((line) => JSON.parse(line).action)).toEqual(["update", "update", "create"])
  expect((await admin.ok("GET", `${path}&from=2999-01-01`)).data).toEqual([])
  const byAddress = await admin.ok("GET", `/admin/audit?kind=member&id=${data.email}`)
  expect(byAddress).toEqual(await admin.ok("GET", path))
  expect(await admin.refused(400, "GET", "/admin/audit?from=yesterday")).toMatchObject({ param: "from" })
  expect(await admin.refused(400, "GET", "/admin/audit?object=x")).toMatchObject({ param: "object" })
})

test("an export has everything, however many lines that are", async () => {
  const before = (await admin.ok("GET", "/admin/audit?limit=1")).data[0].number
  const { data } = await admin.ok("POST", "/admin/projects", { name: "busy" })
  await Promise.all(
    Array.from({ length: 501 }, (_, index) =>
      admin.ok("PATCH", `/admin/projects/${data.id}`, { description: `${index}` }),
    ),
  )
  const lines = (await (await admin.send("GET", "/admin/audit?format=jsonl")).text()).trimEnd().split("\n")
  const numbers = lines.map((line) => JSON.parse(line).number)
  expect(numbers).toEqual(Array.from({ length: before + 502 }, (_, index) => before + 502 - index))
  const some = await (await admin.send("GET", "/admin/audit?format=jsonl&limit=3")).text()
  expect(some.trimEnd().split("\n")).toHaveLength(3)
})

test("a field that is there twice is refused: another reader may have believed the other one", async () => {
  const { data } = await admin.ok("POST", "/admin/members", { email: "twice@example.test", role: "viewer" })
  const change = (body: string) =>
    fetch(`${gateway.url}/admin/members/${data.id}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${admin.token}` },
      body,
    })
  for (const body of ['{"role":"viewer","role":"owner"}', '{"role":"viewer","\\u0072ole":"owner"}']) {
    const refused = await change(body)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { param: "role" } })
  }
  // Another spelling is no field at all.
  expect((await change('{"Role":"owner"}')).status).toBe(400)
  expect((await change('{"__proto__":{"role":"owner"}}')).status).toBe(400)
  expect((await admin.ok("GET", `/admin/members/${data.id}`)).data.role).toBe("viewer")
})
