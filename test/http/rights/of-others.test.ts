import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { type Right, rights } from "../../../src/accounts/rights/rights.ts"
import { routeRights } from "../../../src/http/rights/routes.ts"
import { type Admin, adminOf } from "../../kit/admin.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"
import { type Sample, samples } from "./samples.ts"

/** What belongs to somebody else is not there: not for those who look, and not for those who want to change it. */

let gateway: TestGateway
let admin: Admin
let stranger: Admin

beforeAll(async () => {
  gateway = await startGateway({ egress: { allow: ["127.0.0.1"] } })
  admin = adminOf(gateway)
  stranger = adminOf(gateway, (await admin.memberKey("member")).token)
})
afterAll(() => gateway?.stop())

const isRight = (needs: string): needs is Right => needs in rights

/** Routes of single objects that members reach as far as these are their own. */
const routes = Object.entries(routeRights).flatMap(([name, needs]) =>
  isRight(needs) && rights[needs].member === "own" && /\/:(?:id|hash)/.test(name) ? [name] : [],
)

/** Of objects that nobody changes. */
const onlyRead: typeof samples = {
  "GET /admin/log/:id": async ({ gateway: { chat } }) => {
    const reply = await chat({ model: "mock/echo", messages: [{ role: "user", content: "Hi." }] })
    return { params: { id: (await reply.json()).id } }
  },
}

/** A request of the same object, by this method or another one. */
function sampleFor(name: string): (typeof samples)[string] | undefined {
  const path = name.split(" ")[1]!
  const own = samples[name] ?? onlyRead[name]
  if (own) return own
  const base = path.replace(/\/(?:usage|members|budgets(?:\/:interval)?)$/, "")
  return samples[`PATCH ${path}`] ?? samples[`DELETE ${path}`] ?? samples[`PATCH ${base}`] ?? samples[`DELETE ${base}`]
}

test("there is a sample of an object for each of them", () => {
  expect(routes.length).toBeGreaterThan(20)
  expect(routes.filter((name) => sampleFor(name) === undefined)).toEqual([])
})

describe.each(routes)("%s", (name) => {
  const sample = sampleFor(name)

  test.skipIf(sample === undefined)("is 404 for a member that it does not belong to", async () => {
    const { params = {}, body }: Sample = await sample!({ admin, gateway, upstream: "http://127.0.0.1:9/" })
    // Projects are everybody's until they are somebody's.
    if (name.includes("workspaces") || name.includes("projects"))
      await admin.ok("PATCH", `/admin/projects/${params.id}`, { member_ids: [] })
    const [method = "", path = ""] = name.split(" ")
    const address = path.replace(/:(\w+)/g, (_, part: string) => params[part] ?? "nothing")
    const before = (await admin.ok("GET", "/admin/audit?limit=1")).data[0].number
    const reads = method === "GET"
    const response = await stranger.send(method, address, reads ? undefined : (body ?? {}))
    const text = await response.text()
    expect(response.status, `${address}: ${text}`).toBe(404)
    expect((await admin.ok("GET", "/admin/audit?limit=1")).data[0].number).toBe(before)
    // The same is there for whoever it belongs to.
    if (reads) expect((await admin.send(method, address)).status, address).toBe(200)
  })
})
