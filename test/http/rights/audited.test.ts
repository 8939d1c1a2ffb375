import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { routeRights } from "../../../src/http/rights/routes.ts"
import { type Admin, adminOf } from "../../kit/admin.ts"
import { inferenceKey, startGateway, type TestGateway } from "../../kit/gateway.ts"
import { type Made, samples } from "./samples.ts"

/** Every route that changes something leaves its lines in the audit log when it did, and none when it was refused. */

let gateway: TestGateway
let admin: Admin
let auditor: { readonly id: string; readonly token: string; readonly memberId: string }
let reader: { readonly token: string }
let upstream: ReturnType<typeof Bun.serve>

beforeAll(async () => {
  upstream = Bun.serve({ port: 0, fetch: () => Response.json({ data: [{ id: "a/b" }] }) })
  gateway = await startGateway({
    providers: [
      { id: "mock" },
      { id: "local", plugin: "openai-compatible", base_url: `http://127.0.0.1:${upstream.port}/v1` },
    ],
    egress: { allow: ["127.0.0.1"] },
  })
  admin = adminOf(gateway)
  auditor = await admin.memberKey("owner")
  reader = await admin.memberKey("owner", { manage: "read" })
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop(true)
})

const writing = Object.entries(routeRights)
  .filter(([, needs]) => needs.endsWith(":write"))
  .map(([name]) => name)

const linesAfter = async (number: number) => {
  const { data } = await admin.ok("GET", "/admin/audit?limit=1000")
  return data.filter((line: { number: number }) => line.number > number).reverse()
}
const newest = async (): Promise<number> => (await admin.ok("GET", "/admin/audit?limit=1")).data[0]?.number ?? 0

test("there is a sample of every route that writes, and of no other", () => {
  expect(Object.keys(samples).toSorted()).toEqual(writing.toSorted())
})

describe.each(writing)("%s", (name) => {
  const sample = samples[name]
  const [method = "", path = ""] = name.split(" ")

  test.skipIf(sample === undefined)("is on record once for each object that it changed", async () => {
    const made: Made = { admin, gateway, upstream: `http://127.0.0.1:${upstream.port}/` }
    const { params = {}, query = "", body, lines = 1, kind, status } = await sample!(made)
    const address =
      path.replace(/:(\w+)/g, (_, part: string) => params[part] ?? "missing").replace("*", params["*"] ?? "missing") +
      query
    const before = await newest()
    for (const token of [reader.token, inferenceKey, "sk-nobody", undefined]) {
      const refused = await fetch(gateway.url + address, {
        method,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), "content-type": "application/json" },
        body: JSON.stringify(body ?? {}),
      })
      await refused.text()
      expect([401, 403], address).toContain(refused.status)
    }
    expect(await newest()).toBe(before)

    const response = await fetch(gateway.url + address, {
      method,
      headers: {
        authorization: `Bearer ${auditor.token}`,
        "user-agent": "auditor/1",
        // Nothing that a client says of its address counts.
        "x-forwarded-for": "203.0.113.7",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await response.text()
    if (status === undefined) expect(response.ok, `${address}: ${response.status} ${answer}`).toBe(true)
    else expect(response.status, answer).toBe(status)
    const written = await linesAfter(before)
    expect(written.length, JSON.stringify(written)).toBe(lines)
    expect(new Set(written.map((line: { kind: string; id: string }) => `${line.kind} ${line.id}`)).size).toBe(lines)
    for (const line of written) {
      expect(line.actor).toMatchObject({
        key_id: auditor.id,
        member_id: auditor.memberId,
        address: "127.0.0.1",
        user_agent: "auditor/1",
        request_id: expect.stringMatching(/^req_/),
      })
      if (kind !== undefined) expect(line.kind).toBe(kind)
      if (line.action === "create") expect(line.before).toBeNull()
      if (line.action === "delete") expect(line.after).toBeNull()
      // A token that was just made is in the answer only.
      for (const secret of answer.match(/sk-[\w-]{20,}/g) ?? []) expect(JSON.stringify(line)).not.toContain(secret)
      expect(JSON.stringify(line)).not.toContain("hush-hush")
    }
  })
})
