import { afterAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { OpenRouter } from "@openrouter/sdk"
import { BadRequestResponseError, NotFoundResponseError } from "@openrouter/sdk/models/errors"
import { dayStart } from "../../../src/store/windows.ts"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"
import { generation, openTestStore } from "../../store/support.ts"

const dayMs = 86_400_000
const today = dayStart(Date.now())
const dataDir = mkdtempSync(join(tmpdir(), "signalbox-usage-test-"))
const keyId = new Bun.CryptoHasher("sha256").update(inferenceKey).digest("hex")

const store = await openTestStore(dataDir)
const past = (days: number, change: Parameters<typeof generation>[0]) =>
  store.writer.append(
    generation({ id: `g${days}${JSON.stringify(change)}`, keyId, ...change }),
    today - days * dayMs + 1,
  )
past(31, { costNano: 1_000_000_000 })
past(30, { costNano: 2_000_000_000 })
past(1, { costNano: 4_000_000_000, owner: { member: "m1" } })
past(1, { costNano: 8_000_000_000, byok: true })
past(1, {
  costNano: 16_000_000_000,
  model: "a/b",
  provider: "local",
  keyId: "f".repeat(64),
  origin: "https://x",
  originTitle: "=1+1",
  labels: { requesty: { extra: { Repo: "r,1" } } },
})
past(1, { costNano: 0, status: 404, provider: "", model: "nobody" })
past(0, { costNano: 32_000_000_000 })
await store.close()

const gateway = await startGateway({ data_dir: dataDir })
afterAll(async () => {
  await gateway.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
const sdk = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: adminKey, retryConfig: { strategy: "none" } })
const dateOf = (days: number) => new Date(today - days * dayMs).toISOString().slice(0, 10)
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )

describe("activity", () => {
  test("thirty days that are over, by model and endpoint, without today", async () => {
    const { data } = await sdk.analytics.getUserActivity()
    expect(
      data.map(({ date, endpointId, usage, byokUsageInference, requests }) => [
        date,
        endpointId,
        usage,
        byokUsageInference,
        requests,
      ]),
    ).toEqual([
      [dateOf(30), "openai/openai/gpt-4o-mini", 2, 0, 1],
      [dateOf(1), "local/a/b", 16, 0, 1],
      [dateOf(1), "openai/openai/gpt-4o-mini", 4, 8, 2],
    ])
    expect(data[2]).toMatchObject({
      model: "openai/gpt-4o-mini",
      modelPermaslug: "openai/gpt-4o-mini",
      promptTokens: 20,
      completionTokens: 10,
      reasoningTokens: 0,
    })
    expect(data[2]!.workspaceId).toBeUndefined()
  })

  test("by date, key, member and workspace", async () => {
    const usage = async (request: Parameters<typeof sdk.analytics.getUserActivity>[0]) =>
      (await sdk.analytics.getUserActivity(request)).data.map(({ usage }) => usage)
    expect(await usage({ date: dateOf(30) })).toEqual([2])
    expect(await usage({ apiKeyHash: "F".repeat(64) })).toEqual([16])
    expect(await usage({ userId: "m1" })).toEqual([4])
    expect(await usage({ userId: "nobody" })).toEqual([])
    const { data } = await sdk.analytics.getUserActivity({ groupBy: "workspace" })
    expect(new Set(data.map(({ workspaceId }) => workspaceId)).size).toBe(1)
    expect(await usage({ workspaceId: data[0]!.workspaceId! })).toHaveLength(3)
  })

  test.each([{ date: "2020-01-01" }, { date: dateOf(0) }, { date: "2026-02-31" }, { apiKeyHash: "abc" }])(
    "%p is refused",
    async (request) => {
      expect(await failureOf(sdk.analytics.getUserActivity(request))).toBeInstanceOf(BadRequestResponseError)
    },
  )

  test("a workspace that is not there", async () => {
    expect(await failureOf(sdk.analytics.getUserActivity({ workspaceId: crypto.randomUUID() }))).toBeInstanceOf(
      NotFoundResponseError,
    )
    const refused = await gateway.get("/api/v1/activity")
    expect(refused.status).toBe(403)
  })
})

describe("analytics", () => {
  const ask = (requestBody: Parameters<typeof sdk.analytics.queryAnalytics>[0]["requestBody"]) =>
    sdk.analytics.queryAnalytics({ requestBody })
  const range = { start: new Date(today - 40 * dayMs), end: new Date(today + dayMs) }
  /** The SDK's own type of a row has no fields. */
  const raw = async (body: object) => {
    const answer = await gateway.post("/api/v1/analytics/query", body, { authorization: `Bearer ${adminKey}` })
    return (await answer.json()) as {
      data: {
        data: Record<string, unknown>[]
        metadata: { row_count: number; truncated: boolean }
        warnings?: string[]
      }
      error?: { message: string }
    }
  }
  const time_range = { start: range.start.toISOString(), end: range.end.toISOString() }

  test("what can be asked for can be asked for", async () => {
    const { data } = await sdk.analytics.getAnalyticsMeta()
    expect(data.granularities.map(({ name }) => name)).toEqual(["hour", "day", "week", "month"])
    const metrics = data.metrics.map(({ name }) => name)
    for (const { name } of data.dimensions) {
      const { data: found } = await ask({ metrics, dimensions: [name], granularity: "day", timeRange: range })
      expect(found.data.length).toBeGreaterThan(0)
    }
  })

  test("metrics by dimension, filtered and ordered", async () => {
    const { data } = await raw({
      metrics: ["request_count", "total_usage", "error_rate", "p50_latency"],
      dimensions: ["model"],
      filters: [{ field: "provider", operator: "in", value: ["openai", "local"] }],
      order_by: { field: "total_usage", direction: "asc" },
      time_range,
    })
    expect(data.data).toEqual([
      { model: "a/b", request_count: 1, total_usage: 16, error_rate: 0, p50_latency: expect.closeTo(12.5, 0) },
      {
        model: "openai/gpt-4o-mini",
        request_count: 5,
        total_usage: 39,
        error_rate: 0,
        p50_latency: expect.closeTo(12.5, 0),
      },
    ])
    expect(data.metadata).toMatchObject({ row_count: 2, truncated: false })
  })

  test("a key is shown by its name and found by its hash, and by one that nobody has with a warning", async () => {
    const found = await raw({
      metrics: ["request_count"],
      dimensions: ["api_key_id"],
      filters: [{ field: "api_key_id", operator: "eq", value: keyId }],
      time_range,
    })
    expect(found.data.data).toEqual([{ api_key_id: "test", api_key_id_value: keyId, request_count: 6 }])
    const none = await raw({
      metrics: ["request_count"],
      filters: [{ field: "api_key_id", operator: "eq", value: "nobody" }],
      time_range,
    })
    expect(none.data).toMatchObject({ data: [], warnings: [expect.stringContaining("nobody")] })
  })

  test("those without a value are in or out as it was said", async () => {
    const count = async (operator: string, include_unset?: boolean) =>
      (
        await raw({
          metrics: ["request_count"],
          filters: [
            { field: "tag.repo", operator, value: ["r,1"], ...(include_unset === undefined ? {} : { include_unset }) },
          ],
          time_range,
        })
      ).data.data[0]?.request_count
    expect([await count("in"), await count("in", true), await count("not_in"), await count("not_in", true)]).toEqual([
      1,
      7,
      undefined,
      6,
    ])
  })

  test("limits say that they cut", async () => {
    const body = { metrics: ["request_count"], dimensions: ["model"], granularity: "day", time_range }
    expect((await raw({ ...body, limit: 2 })).data.metadata).toMatchObject({ row_count: 2, truncated: true })
    expect((await raw({ ...body, group_limit: 1 })).data.metadata).toMatchObject({ row_count: 3, truncated: true })
  })

  test.each([
    [{ metrics: [] }],
    [{ metrics: ["nonsense"] }],
    [{ metrics: ["request_count"], dimensions: ["nonsense"] }],
    [{ metrics: ["request_count"], granularity: "minute" }],
    [{ metrics: ["request_count"], nonsense: 1 }],
    [{ metrics: ["request_count"], filters: [{ field: "model", operator: "gt", value: "a" }] }],
    [{ metrics: ["request_count"], filters: [{ field: "model", operator: "in", value: "a" }] }],
    [{ metrics: ["request_count"], time_range: { start: "2026-01-01T00:00Z", end: "2026-01-02T00:00:00Z" } }],
    [{ metrics: ["request_count"], order_by: { field: "total_usage", direction: "asc" } }],
    [{ metrics: ["request_count"], classifier_dimensions: { classifier_id: "x" } }],
  ])("%j is refused", async (body) => {
    expect((await raw(body)).error?.message).toBeString()
  })
})

describe("GET /admin/usage", () => {
  const get = (query: string) => gateway.get(`/admin/usage?from=${dateOf(40)}&${query}`, adminKey)

  test("rows, their total, and the month's end", async () => {
    const answer = (await (await get("resolution=month&group_by=provider,extra.repo&percentiles=50")).json()) as {
      data: Record<string, number>[]
      total: Record<string, number>
      month: Record<string, number>
    }
    expect(answer.total).toMatchObject({ requests: 7, cost: 63, byok_cost: 8, failed: 1 })
    expect(answer.data.reduce((sum, { cost }) => sum + cost!, 0)).toBe(63)
    expect(Object.keys(answer.data[0]!)).toContain("latency_p50_ms")
    expect(answer.month.projected).toBeGreaterThanOrEqual(answer.month.spent!)
  })

  test("a file is a table, and nothing in it is run by a spreadsheet", async () => {
    const answer = await get("resolution=day&group_by=title,extra.Repo&provider=local&format=csv")
    expect(answer.headers.get("content-type")).toStartWith("text/csv")
    const [head, row, ...rest] = (await answer.text()).trimEnd().split("\r\n")
    expect(head).toStartWith("start,title,extra.Repo,requests,")
    expect(row).toStartWith(`${dateOf(1)}T00:00:00.000Z,'=1+1,"r,1",1,`)
    expect(rest).toEqual([])
    const lines = (await (await get("resolution=day&format=jsonl")).text()).trimEnd().split("\n")
    expect(lines.map((line) => (JSON.parse(line) as { cost: number }).cost)).toEqual([1, 2, 28, 32])
  })

  test.each(["group_by=nonsense", "nonsense=1", "resolution=minute", "to=2020-01-01", "percentiles=0", "format=xml"])(
    "%s is refused",
    async (query) => {
      expect((await get(query)).status).toBe(400)
    },
  )

  test("an inference key does not see it", async () => {
    expect((await gateway.get("/admin/usage")).status).toBe(403)
  })
})

test("headers of Requesty's clients are tags, and the body's go before them", async () => {
  const chat = (extra: object, headers: Record<string, string>) =>
    gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "hi" }], ...extra }, headers)
  expect((await chat({}, { "X-Requesty-Branch": "main" })).status).toBe(200)
  await chat({ requesty: { extra: { BRANCH: "body" } } }, { "X-Requesty-Branch": "header", "x-requesty-team": "t" })
  const answer = await gateway.get("/admin/usage?group_by=extra.branch,extra.Team&model=mock/echo", adminKey)
  const { data } = (await answer.json()) as { data: Record<string, unknown>[] }
  expect(data.map((row) => [row["extra.branch"], row["extra.Team"], row.requests])).toEqual(
    expect.arrayContaining([
      ["main", null, 1],
      ["body", "t", 1],
    ]),
  )
})
