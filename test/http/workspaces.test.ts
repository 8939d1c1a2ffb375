import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import {
  BadRequestResponseError,
  ForbiddenResponseError,
  NotFoundResponseError,
  UnauthorizedResponseError,
} from "@openrouter/sdk/models/errors"
import { OpenRouter as EarlierOpenRouter } from "openrouter-sdk-0"
import { defaultWorkspace } from "../../src/http/openrouter/workspaces/id.ts"
import { adminKey, inferenceKey, startGateway, type TestGateway } from "../kit/gateway.ts"

let gateway: TestGateway
let client: OpenRouter

const clientWith = (apiKey: string) =>
  new OpenRouter({ apiKey, serverURL: `${gateway.url}/api/v1`, retryConfig: { strategy: "none" } })

beforeAll(async () => {
  gateway = await startGateway()
  client = clientWith(adminKey)
})
afterAll(() => gateway.stop())

const admin = async (method: string, path: string, body: unknown) => {
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBeLessThan(300)
  return (await answer.json()) as { readonly data: { readonly id: string }; readonly key?: string }
}

const newWorkspace = async (slug: string) =>
  (await client.workspaces.create({ createWorkspaceRequest: { name: `The ${slug}`, slug } })).data

/** The kind of error that a call ends with. */
const failure = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work
  } catch (thrown) {
    return (thrown as Error).constructor
  }
  return undefined
}

describe("workspaces", () => {
  test("there is one from the start", async () => {
    const { data } = await client.workspaces.get({ id: defaultWorkspace })
    expect(data).toMatchObject({
      id: defaultWorkspace,
      name: "Default",
      slug: "default",
      description: null,
      createdBy: null,
      defaultTextModel: null,
      ioLoggingSamplingRate: 1,
      includeByokInBudgets: false,
      updatedAt: null,
    })
    expect((await client.workspaces.get({ id: "default" })).data.id).toBe(defaultWorkspace)
  })

  test("one is made, found by id and slug, changed and deleted, with every field", async () => {
    const { data } = await client.workspaces.create({
      createWorkspaceRequest: {
        name: "Search",
        slug: "search-team",
        description: "who searches",
        defaultTextModel: "mock/echo",
        defaultImageModel: "mock/picture",
        defaultProviderSort: "price",
        disabledServerTools: null,
        ioLoggingApiKeyIds: null,
        ioLoggingSamplingRate: 1,
        isDataDiscountLoggingEnabled: false,
        isObservabilityBroadcastEnabled: false,
        isObservabilityIoLoggingEnabled: true,
      },
    })
    expect(data).toMatchObject({
      name: "Search",
      slug: "search-team",
      description: "who searches",
      defaultTextModel: "mock/echo",
      defaultImageModel: "mock/picture",
      defaultProviderSort: "price",
      disabledServerTools: null,
      ioLoggingApiKeyIds: null,
      ioLoggingSamplingRate: 1,
      isDataDiscountLoggingEnabled: false,
      isObservabilityBroadcastEnabled: false,
      isObservabilityIoLoggingEnabled: true,
    })
    expect((await client.workspaces.get({ id: "search-team" })).data).toEqual(data)
    const { data: changed } = await client.workspaces.update({
      id: data.id,
      updateWorkspaceRequest: { name: "Find", description: null, disabledServerTools: null, ioLoggingSamplingRate: 1 },
    })
    expect(changed).toMatchObject({
      id: data.id,
      name: "Find",
      slug: "search-team",
      description: null,
      disabledServerTools: null,
      ioLoggingSamplingRate: 1,
      defaultTextModel: "mock/echo",
      defaultGuardrailId: data.defaultGuardrailId,
    })
    expect(changed.updatedAt).toBeString()
    expect(await client.workspaces.delete({ id: "search-team" })).toMatchObject({ deleted: true })
    expect(await failure(client.workspaces.get({ id: data.id }))).toBe(NotFoundResponseError)
  })

  test("what is not done here is not promised", async () => {
    const { id } = await newWorkspace("promising")
    const update = (updateWorkspaceRequest: object) => failure(client.workspaces.update({ id, updateWorkspaceRequest }))
    for (const setting of [
      { disabledServerTools: ["openrouter:web_search"] },
      { ioLoggingApiKeyIds: [1] },
      { ioLoggingSamplingRate: 0.5 },
      { isDataDiscountLoggingEnabled: true },
      { isObservabilityBroadcastEnabled: true },
      { defaultProviderSort: "beauty" },
    ])
      expect(await update(setting)).toBe(BadRequestResponseError)
    const { data } = await client.workspaces.get({ id })
    const { createdAt, createdBy, updatedAt, defaultGuardrailId, includeByokInBudgets, ...asRead } = data
    expect(await update(asRead)).toBeUndefined()
    await client.workspaces.delete({ id })
  })

  test("defaults are those of its requests", async () => {
    const { id } = await newWorkspace("usual")
    const updateWorkspaceRequest = {
      defaultTextModel: "mock/script",
      defaultImageModel: "mock/image",
      defaultProviderSort: "latency",
      isObservabilityIoLoggingEnabled: true,
    }
    await client.workspaces.update({ id, updateWorkspaceRequest })
    const key = await admin("POST", "/admin/keys", { name: "usual", project_id: id })
    const post = async (path: string, body: object, token = key.key!) => {
      const answer = await gateway.post(path, body, { authorization: `Bearer ${token}` })
      const { id: generation } = (await answer.clone().json()) as { readonly id?: string }
      return { answer, generation: generation ?? answer.headers.get("x-generation-id")! }
    }
    const messages = [{ role: "user", content: "Hello" }]
    const { generation } = await post("/api/v1/chat/completions", { messages })
    const { data } = await clientWith(key.key!).generations.getGeneration({ id: generation })
    expect([data.model, data.workspaceId]).toEqual(["mock/script", id])
    const { data: content } = await clientWith(key.key!).generations.listGenerationContent({ id: generation })
    expect(content.input).toMatchObject({ messages: [{ content: "Hello" }] })
    const image = await post("/api/v1/images", { prompt: "a cat" })
    expect(image.answer.status).toBe(200)
    const { data: made } = await clientWith(key.key!).generations.getGeneration({ id: image.generation })
    expect(made.model).toBe("mock/image")

    // A key of another workspace goes by the configuration; its texts are not kept.
    const other = await post("/api/v1/chat/completions", { messages }, inferenceKey)
    const { data: elsewhere } = await clientWith(inferenceKey).generations.getGeneration({ id: other.generation })
    expect([elsewhere.model, elsewhere.workspaceId]).toEqual(["mock/echo", defaultWorkspace])
    const content404 = clientWith(inferenceKey).generations.listGenerationContent({ id: other.generation })
    expect(await failure(content404)).toBe(NotFoundResponseError)
    await admin("PATCH", `/admin/keys/${key.data.id}`, { disabled: true, project_id: null })
    await client.workspaces.update({ id, updateWorkspaceRequest: { isObservabilityIoLoggingEnabled: false } })
    await client.workspaces.delete({ id })
  })

  test("the iterator over them ends", async () => {
    for (const slug of ["one", "two", "three"]) await newWorkspace(slug)
    const slugs: string[] = []
    for await (const page of await client.workspaces.list({ limit: 2 })) {
      expect(page.result.totalCount).toBe(4)
      slugs.push(...page.result.data.map(({ slug }) => slug))
    }
    expect(slugs).toEqual(["default", "one", "two", "three"])
  })

  test("members are added and removed; in the default one is everybody", async () => {
    const [ada, bob] = await Promise.all(
      ["ada", "bob"].map((name) =>
        admin("POST", "/admin/members", { email: `${name}@example.com`, role: name === "ada" ? "admin" : "member" }),
      ),
    )
    const userIds = [ada!.data.id, bob!.data.id]
    const { id } = await newWorkspace("club")
    const added = await client.workspaces.bulkAddMembers({ id, bulkAddWorkspaceMembersRequest: { userIds } })
    expect(added.addedCount).toBe(2)
    expect(added.data.map(({ userId, role, workspaceId }) => [userId, role, workspaceId])).toEqual([
      [userIds[0]!, "admin", id],
      [userIds[1]!, "member", id],
    ])
    const listed: string[] = []
    for await (const page of await client.workspaces.listMembers({ id: "club", limit: 1 }))
      listed.push(...page.result.data.map(({ userId }) => userId))
    expect(listed).toEqual(userIds)

    const key = await admin("POST", "/admin/keys", {
      name: "bob's",
      owner: { kind: "member", id: userIds[1] },
      project_id: id,
    })
    const remove = (ids: string[]) =>
      client.workspaces.bulkRemoveMembers({ id, bulkRemoveWorkspaceMembersRequest: { userIds: ids } })
    expect(await failure(remove(userIds))).toBe(BadRequestResponseError)
    expect(await remove([userIds[0]!])).toMatchObject({ removedCount: 1 })
    expect(await remove([userIds[0]!])).toMatchObject({ removedCount: 0 })
    expect(await failure(client.workspaces.delete({ id }))).toBe(BadRequestResponseError)
    await admin("PATCH", `/admin/keys/${key.data.id}`, { disabled: true })
    expect(await remove([userIds[1]!])).toMatchObject({ removedCount: 1 })

    const everybody = await client.workspaces.listMembers({ id: "default" })
    expect(everybody.result.data.map(({ userId }) => userId)).toEqual(userIds)
    const fromDefault = { id: "default", bulkRemoveWorkspaceMembersRequest: { userIds } }
    expect(await failure(client.workspaces.bulkRemoveMembers(fromDefault))).toBe(BadRequestResponseError)
    const stranger = { id, bulkAddWorkspaceMembersRequest: { userIds: ["nobody"] } }
    expect(await failure(client.workspaces.bulkAddMembers(stranger))).toBe(BadRequestResponseError)
  })

  test("what is wrong is said in OpenRouter's types", async () => {
    const create = (createWorkspaceRequest: { name: string; slug: string }) =>
      failure(client.workspaces.create({ createWorkspaceRequest }))
    await newWorkspace("taken")
    expect(await create({ name: "Another", slug: "taken" })).toBe(BadRequestResponseError)
    expect(await create({ name: "Another", slug: "Not A Slug" })).toBe(BadRequestResponseError)
    expect(await create({ name: "Another", slug: "a--b" })).toBe(BadRequestResponseError)
    expect(await create({ name: " ", slug: "blank" })).toBe(BadRequestResponseError)
    expect(await failure(client.workspaces.delete({ id: "default" }))).toBe(BadRequestResponseError)
    expect(await failure(client.workspaces.get({ id: "nowhere" }))).toBe(NotFoundResponseError)
    expect(await failure(clientWith("nonsense").workspaces.list())).toBe(UnauthorizedResponseError)
    expect(
      await failure(
        clientWith(inferenceKey).workspaces.create({ createWorkspaceRequest: { name: "Mine", slug: "mine" } }),
      ),
    ).toBe(ForbiddenResponseError)
  })
})

describe("budgets", () => {
  test("are set, listed, read and taken away", async () => {
    const { id } = await newWorkspace("thrifty")
    const set = (interval: "daily" | "weekly" | "monthly" | "lifetime", limitUsd: number, more = {}) =>
      client.workspaces.setBudget({
        workspaceRef: "thrifty",
        interval,
        upsertWorkspaceBudgetRequest: { limitUsd, ...more },
      })
    expect((await client.workspaces.listBudgets({ workspaceRef: id })).data).toEqual([])
    const { data: monthly } = await set("monthly", 100)
    expect(monthly).toMatchObject({ limitUsd: 100, resetInterval: "monthly", workspaceId: id })
    const { data: lifetime, includeByokInBudgets } = await set("lifetime", 1000, { includeByokInBudgets: true })
    expect(lifetime.resetInterval).toBeNull()
    expect(includeByokInBudgets).toBe(true)
    expect((await client.workspaces.get({ id })).data.includeByokInBudgets).toBe(true)

    for (const [interval, limitUsd] of [
      ["daily", 100],
      ["weekly", 150],
      ["lifetime", 100],
      ["monthly", 1000],
      ["daily", 0],
      ["daily", -1],
    ] as const)
      expect(await failure(set(interval, limitUsd))).toBe(BadRequestResponseError)
    await set("daily", 10)
    await set("weekly", 50)
    const { data: again } = await set("monthly", 200)
    expect(again).toMatchObject({ id: monthly.id, limitUsd: 200, createdAt: monthly.createdAt })

    const list = await client.workspaces.listBudgets({ workspaceRef: "thrifty" })
    expect(list.data.map(({ limitUsd, resetInterval }) => [resetInterval, limitUsd])).toEqual([
      [null, 1000],
      ["monthly", 200],
      ["weekly", 50],
      ["daily", 10],
    ])
    expect((await client.workspaces.getBudget({ workspaceRef: id, interval: "weekly" })).data.limitUsd).toBe(50)
    const weekly = { workspaceRef: id, interval: "weekly" } as const
    expect(await client.workspaces.deleteBudget(weekly)).toEqual({ deleted: true })
    expect(await client.workspaces.deleteBudget(weekly)).toEqual({ deleted: true })
    expect(await failure(client.workspaces.getBudget(weekly))).toBe(NotFoundResponseError)
    const odd = { workspaceRef: id, interval: "hourly" as "daily" }
    expect(await failure(client.workspaces.getBudget(odd))).toBe(BadRequestResponseError)
  })

  test("hold for the keys of the workspace", async () => {
    const { id } = await newWorkspace("poor")
    const key = await admin("POST", "/admin/keys", { name: "poor's", project_id: id })
    await client.workspaces.setBudget({
      workspaceRef: "poor",
      interval: "daily",
      upsertWorkspaceBudgetRequest: { limitUsd: 0.000_001 },
    })
    const answer = await gateway.post(
      "/api/v1/chat/completions",
      { model: "mock/echo", messages: [{ role: "user", content: "hello" }] },
      { authorization: `Bearer ${key.key}` },
    )
    expect(answer.status).toBe(403)
  })
})

describe("credits", () => {
  test("where nothing is prepaid there is always enough", async () => {
    await (await gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "hello" }] })).text()
    const { data } = await client.credits.getCredits()
    expect(data.totalUsage).toBeGreaterThan(0)
    expect(data.totalCredits - data.totalUsage).toBe(1_000_000)
    expect(await failure(clientWith(inferenceKey).credits.getCredits())).toBe(ForbiddenResponseError)
    expect(await failure(clientWith("nonsense").credits.getCredits())).toBe(UnauthorizedResponseError)
  })

  test("what is paid in is told where it counts, is on record, and the way of old is gone", async () => {
    await gateway.configure({ organisation: { credits: "prepaid" } })
    const before = (await client.credits.getCredits()).data
    expect(before.totalCredits).toBe(0)
    const refused = await gateway.post("/api/v1/chat/completions", {
      model: "mock/echo",
      messages: [{ role: "user", content: "hello" }],
    })
    expect(refused.status).toBe(402)
    await admin("POST", "/admin/credits", { amount: 100.5 })
    await admin("POST", "/admin/credits", { amount: -0.25 })
    expect((await client.credits.getCredits()).data.totalCredits).toBe(100.25)
    const read = (await (await gateway.get("/admin/credits", adminKey)).json()) as { data: Record<string, unknown> }
    expect(read.data).toEqual({
      mode: "prepaid",
      paid_in: 100.25,
      spent: before.totalUsage,
      balance: expect.closeTo(100.25 - before.totalUsage, 9),
    })
    const audit = (await (await gateway.get("/admin/audit?kind=organisation", adminKey)).json()) as {
      data: readonly { readonly action: string }[]
    }
    expect(audit.data.map(({ action }) => action)).toEqual(["correct", "pay-in"])
    const earlier = new EarlierOpenRouter({ apiKey: adminKey, serverURL: `${gateway.url}/api/v1` })
    expect((await earlier.credits.getCredits()).data.totalCredits).toBe(100.25)
    const payIn = (body: object) => gateway.post("/admin/credits", body, { authorization: `Bearer ${adminKey}` })
    const answers = await Promise.all(Array.from({ length: 10 }, () => payIn({ amount: 7, id: "invoice 7" })))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect((await client.credits.getCredits()).data.totalCredits).toBe(107.25)
    expect((await payIn({ amount: 8, id: "invoice 7" })).status).toBe(409)
    const coinbase = await fetch(`${gateway.url}/api/v1/credits/coinbase`, { method: "POST", body: "{}" })
    expect(coinbase.status).toBe(410)
    expect(await coinbase.json()).toMatchObject({ error: { code: 410 } })
  })
})
