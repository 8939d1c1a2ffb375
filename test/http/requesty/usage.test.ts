import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { RequestyManagement, type RequestyUsage } from "../../kit/clients/requesty-management.ts"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

const gateway = await startGateway({
  keys: [
    { name: "test", key: inferenceKey },
    { name: "other", key: "other-key-0123456789" },
  ],
})
afterAll(() => gateway.stop())
const admin = new RequestyManagement(gateway.url, adminKey)
const own = new RequestyManagement(gateway.url, inferenceKey)

const call = async (key: string, words: number, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
  const answer = await gateway.chat(
    { model: "mock/echo", messages: [{ role: "user", content: "word ".repeat(words).trim() }] },
    { ...headers, authorization: `Bearer ${key}` },
  )
  const { usage } = (await answer.json()) as { usage: { cost: number } }
  return usage.cost
}
const read = async <Shape>(path: string): Promise<Shape> => (await (await gateway.get(path, adminKey)).json()) as Shape

interface Totals extends RequestyUsage {
  readonly total_cost: number
  readonly total_requests: number
  readonly total_tokens: number
  readonly breakdown: readonly {
    readonly model?: string
    readonly api_key_id?: string
    readonly requests: number
    readonly tokens: number
    readonly cost: number
  }[]
}

let spent = 0
const today = new Date().toISOString().slice(0, 10)
const period = `start=${today}T00:00:00Z&end=${new Date(Date.parse(today) + 86_400_000).toISOString()}`

beforeAll(async () => {
  spent += await call(inferenceKey, 3, { "x-requesty-repo": "router", "x-title": "Cline" })
  spent += await call(inferenceKey, 5, { "x-requesty-repo": "gateway" })
  spent += await call("other-key-0123456789", 7)
  const vectors = await gateway.post("/v1/embeddings", { model: "mock/echo", input: "x" })
  // Whether it can be made is not what is tested; a request that failed is counted too.
  await vectors.text()
})

describe("the form of the command line", () => {
  test("days have counts as numbers and money as texts", async () => {
    const { usage } = await admin.organisationUsage(period)
    expect(Object.keys(usage)).toEqual([today])
    expect(usage[today]).toMatchObject({
      completions_requests: 3,
      input_tokens: 15,
      output_tokens: 15,
      total_tokens: 30,
    })
    expect(Number(usage[today]!.spend)).toBeCloseTo(spent, 9)
    expect(usage[today]).not.toHaveProperty("grouped_data")
  })

  test("hours and months are called by dates", async () => {
    const hours = Object.keys((await admin.organisationUsage(`${period}&resolution=hour`)).usage)
    expect(hours.every((hour) => hour.startsWith(`${today}T`) && hour.endsWith(":00:00Z"))).toBe(true)
    const months = Object.keys((await admin.organisationUsage(`${period}&resolution=month`)).usage)
    expect(months).toEqual([`${today.slice(0, 7)}-01`])
  })

  test("groups have every name that was asked for, in whichever way it was", async () => {
    const answers = [
      await admin.organisationUsage(`${period}&group_by=extra.Repo&group_by=model_used`),
      await admin.organisationUsage(`${period}&group_by=extra.Repo,model_used`),
    ]
    expect(answers[0]).toEqual(answers[1]!)
    const rows = answers[0]!.usage[today]!.grouped_data!
    const wanted = (repo: string) => rows.find(({ group_by_values: values }) => values["extra.Repo"] === repo)
    expect(wanted("router")).toMatchObject({
      group_by_values: { "extra.Repo": "router", model_used: "mock/echo" },
      completions_requests: 1,
      total_tokens: 6,
    })
    expect(wanted("gateway")?.total_tokens).toBe(10)
    expect(wanted("")?.group_by_values).toHaveProperty("model_used")
    expect(rows.reduce((sum, row) => sum + row.total_requests, 0)).toBe(answers[0]!.usage[today]!.total_requests)
  })

  test("groups are told under their ids and their names", async () => {
    const id = await admin.createGroup({ name: "counted" })
    const { api_key, api_key_id } = await admin.createKey({ name: "in it", group_id: id })
    spent += await call(api_key, 2)
    const { usage } = await admin.organisationUsage(
      `${period}&group_by=group_id,group_name,api_key_id,origin_title,is_byok,user_id,provider_used,model_requested`,
    )
    const row = usage[today]!.grouped_data!.find(({ group_by_values: values }) => values.api_key_id === api_key_id)
    expect(row?.group_by_values).toMatchObject({ group_id: id, group_name: "counted", is_byok: "false", user_id: "" })
    const titled = usage[today]!.grouped_data!.map(({ group_by_values: values }) => values.origin_title)
    expect(titled).toContain("Cline")
  })

  test("a key sees its own, and a management key everybody's", async () => {
    const { id } = await own.getKey("self")
    const self = await own.keyUsage("self", period)
    expect(self.usage[today]).toMatchObject({ completions_requests: 2, input_tokens: 8 })
    expect(await admin.keyUsage(id, period)).toEqual(self)
    await expect(own.keyUsage(id, period)).rejects.toMatchObject({ status: 403 })
    await expect(own.organisationUsage(period)).rejects.toMatchObject({ status: 403 })
    expect(await read(`/manage/apikey/${id}?start_date=${today}&end_date=${period.split("end=")[1]}`)).toMatchObject({
      completions_requests: 2,
    })
  })

  test("what cannot be answered is refused with its place", async () => {
    for (const [query, param] of [
      ["start=2026-01-01T00:00:00Z&end=2026-04-12T00:00:00Z", "end"],
      ["group_by=colour", "group_by"],
      ["resolution=year", "resolution"],
    ]) {
      const answer = await gateway.get(`/v1/manage/org/usage?${query}`, adminKey)
      expect(answer.status).toBe(400)
      expect(await errorOf(answer)).toMatchObject({ param: param! })
    }
  })
})

describe("the form of the published description", () => {
  test("the total is the sum of its parts, and what answers said that they cost", async () => {
    const { total_cost, total_requests, breakdown, usage } = await read<Totals>("/v1/organization/usage")
    expect(breakdown.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(total_cost, 9)
    expect(total_cost).toBeCloseTo(spent, 9)
    expect(breakdown.reduce((sum, { requests }) => sum + requests, 0)).toBe(total_requests)
    expect(breakdown.map(({ model }) => model)).toContain("mock/echo")
    expect(usage).toBeObject()
  })

  test("its parts are keys where that is asked for", async () => {
    const { breakdown, total_cost } = await read<Totals>("/v1/organization/usage?group_by=api_key_id")
    expect(breakdown.map(({ api_key_id }) => api_key_id)).toContain((await own.getKey("self")).id)
    expect(breakdown.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(total_cost, 9)
  })

  test("one key's is told alike", async () => {
    const { id } = await own.getKey("self")
    const { total_tokens, breakdown } = await read<Totals>(`/v1/api-keys/${id}/usage`)
    expect(total_tokens).toBe(16)
    expect(breakdown.find(({ model }) => model === "mock/echo")).toMatchObject({ tokens: 16 })
    expect((await gateway.get("/v1/api-keys/nothing/usage", adminKey)).status).toBe(404)
  })
})
