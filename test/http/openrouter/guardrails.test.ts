import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { OpenRouter as SeedOpenRouter } from "openrouter-sdk-0"
import { adminKey, inferenceKey, startGateway, type TestGateway } from "../../kit/gateway.ts"

let gateway: TestGateway
let sdk: OpenRouter
let seed: SeedOpenRouter
beforeAll(async () => {
  gateway = await startGateway({ providers: [{ id: "mock" }] })
  const retryConfig = { strategy: "none" } as const
  sdk = new OpenRouter({ apiKey: adminKey, serverURL: `${gateway.url}/api/v1`, retryConfig })
  seed = new SeedOpenRouter({ apiKey: adminKey, serverURL: `${gateway.url}/api/v1`, retryConfig })
})
afterAll(() => gateway.stop())

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const defaultWorkspace = "00000000-0000-4000-8000-000000000000"

async function admin(method: string, path: string, body?: unknown) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) }
}
const post = (body: unknown) => admin("POST", "/api/v1/guardrails", body)

async function newKey(name: string): Promise<string> {
  const made = await admin("POST", "/api/v1/keys", { name })
  expect(made.status).toBe(201)
  return made.body.data.hash as string
}

async function newMember(email: string): Promise<string> {
  const made = await admin("POST", "/admin/members", { email })
  expect(made.status).toBe(201)
  return made.body.data.id as string
}

/** Everything that an iterator of the SDK gives, until it ends by itself. */
async function all<Page, Row>(pages: AsyncIterable<Page>, rows: (page: Page) => readonly Row[]): Promise<Row[]> {
  const found: Row[] = []
  for await (const page of pages) found.push(...rows(page))
  return found
}

describe("a guardrail", () => {
  test("of every field comes back as it was sent, and goes as it came", async () => {
    const asked = {
      name: "everything",
      description: "all that there is",
      limitUsd: 12.5,
      resetInterval: "monthly",
      includeByokInBudgets: true,
      allowedProviders: ["openai", "mock"],
      ignoredProviders: ["azure"],
      allowedModels: ["mock/echo"],
      ignoredModels: ["mock/script"],
      enforceZdrAnthropic: true,
      enforceZdrOpenai: false,
      enforceZdrGoogle: true,
      enforceZdrXai: false,
      enforceZdrOther: true,
      contentFilters: [{ pattern: "PROJ-\\d+", action: "redact", label: "[TICKET]" }],
      contentFilterBuiltins: [
        { slug: "email", action: "redact" },
        { slug: "regex-prompt-injection", action: "block", scanScope: "user_only" },
      ],
      enableFreeModelTraining: false,
      enableFreeModelPublication: false,
      enablePaidModelTraining: true,
      allowedDataRegions: ["global", "europe"],
    } as const
    const request = structuredClone(asked) as never
    const { data } = await sdk.guardrails.create({ createGuardrailRequest: request })
    const { contentFilterBuiltins, ...rest } = asked
    expect(data).toMatchObject({ ...structuredClone(rest), workspaceId: defaultWorkspace, updatedAt: null })
    expect(data.id).toMatch(uuid)
    expect(data.contentFilterBuiltins).toEqual([
      { slug: "email", action: "redact", label: "[EMAIL]" },
      { slug: "regex-prompt-injection", action: "block", label: "[PROMPT_INJECTION]", scanScope: "user_only" },
    ])
    expect((await sdk.guardrails.get({ id: data.id })).data).toEqual(data)
    const changed = await sdk.guardrails.update({
      id: data.id,
      updateGuardrailRequest: {
        name: "less",
        description: null,
        limitUsd: null,
        allowedModels: null,
        allowedProviders: ["mock"],
      },
    })
    expect(changed.data).toMatchObject({
      name: "less",
      description: null,
      limitUsd: null,
      resetInterval: null,
      allowedModels: null,
      allowedProviders: ["mock"],
      ignoredProviders: ["azure"],
    })
    expect(changed.data.updatedAt).not.toBeNull()
    expect(await sdk.guardrails.delete({ id: data.id })).toEqual({ deleted: true })
    expect(sdk.guardrails.get({ id: data.id })).rejects.toMatchObject({
      name: "NotFoundResponseError",
      statusCode: 404,
    })
  })

  test("of the first version of the API works as well", async () => {
    const { data } = await seed.guardrails.create({
      requestBody: {
        name: "seed",
        limitUsd: 5,
        resetInterval: "daily",
        enforceZdr: true,
        allowedProviders: ["openai"],
      },
    })
    expect(data).toMatchObject({ name: "seed", limitUsd: 5, resetInterval: "daily", enforceZdr: true })
    expect((await sdk.guardrails.get({ id: data.id })).data).toMatchObject({
      enforceZdrAnthropic: true,
      enforceZdrOther: true,
    })
    await seed.guardrails.update({ id: data.id, requestBody: { enforceZdr: false } })
    expect((await sdk.guardrails.get({ id: data.id })).data.enforceZdrXai).toBe(false)
    expect((await seed.guardrails.get({ id: data.id })).data.enforceZdr).toBe(false)
    await seed.guardrails.delete({ id: data.id })
  })

  test("the older field stands for what the request does not name", async () => {
    const { body } = await post({ name: "zdr", enforce_zdr: true, enforce_zdr_openai: false })
    expect(body.data).toMatchObject({ enforce_zdr: true, enforce_zdr_openai: false, enforce_zdr_xai: true })
    await sdk.guardrails.delete({ id: body.data.id })
  })

  test.each([
    ["no name", {}, "name"],
    ["an empty name", { name: " " }, "name"],
    ["a long name", { name: "x".repeat(201) }, "name"],
    ["a long description", { name: "x", description: "x".repeat(1001) }, "description"],
    ["an unknown field", { name: "x", allowd_models: ["a"] }, "allowd_models"],
    ["an empty list", { name: "x", allowed_models: [] }, "allowed_models"],
    ["an empty list of regions", { name: "x", allowed_data_regions: [] }, "allowed_data_regions"],
    ["a limit alone", { name: "x", limit_usd: 5 }, "reset_interval"],
    ["an interval alone", { name: "x", reset_interval: "daily" }, "limit_usd"],
    ["another interval", { name: "x", limit_usd: 1, reset_interval: "yearly" }, "reset_interval"],
    ["a workspace that is not there", { name: "x", workspace_id: crypto.randomUUID() }, "workspace_id"],
    ["a filter without an action", { name: "x", content_filters: [{ pattern: "a" }] }, "content_filters[0].action"],
    [
      "an unknown filter",
      { name: "x", content_filter_builtins: [{ slug: "emial", action: "block" }] },
      "content_filter_builtins[0].slug",
    ],
    [
      "a filter that needs a model",
      { name: "x", content_filter_builtins: [{ slug: "person-name", action: "block" }] },
      "content_filter_builtins[0].slug",
    ],
    [
      "too many phrases",
      {
        name: "x",
        content_filter_builtins: [
          {
            slug: "regex-prompt-injection",
            action: "block",
            allowlist: Array.from({ length: 201 }, (_, index) => `p${index}`),
          },
        ],
      },
      "content_filter_builtins[0].allowlist",
    ],
  ])("with %s is refused", async (_, body, param) => {
    const refused = await post(body)
    expect(refused.status).toBe(400)
    expect(refused.body.error).toMatchObject({ code: 400, metadata: { param } })
  })

  test.each(["(a+)+$", "(?=x)y", "(a)\\1", "[", "x".repeat(100_001)])(
    "with a pattern that nothing may be searched with is refused (%#)",
    async (pattern) => {
      const refused = await post({ name: "x", content_filters: [{ pattern, action: "block" }] })
      expect(refused.status).toBe(400)
      expect(refused.body.error.message).toContain("invalid_regex_pattern")
      expect(refused.body.error.metadata.signalbox_code).toBe("invalid_regex_pattern")
    },
  )

  test("needs a management key", async () => {
    const response = await gateway.get("/api/v1/guardrails", inferenceKey)
    expect(response.status).toBe(403)
  })
})

describe("the default guardrail of a workspace", () => {
  test("is there from the start, restricts nothing, and is changed like any other but for its name", async () => {
    const first = (await admin("GET", `/api/v1/guardrails?workspace_id=${defaultWorkspace}`)).body.data[0]
    expect(first).toMatchObject({
      name: `Workspace ${defaultWorkspace} Default`,
      allowed_models: null,
      limit_usd: null,
    })
    expect((await admin("GET", `/api/v1/guardrails/${first.id}`)).body.data).toEqual(first)
    expect((await admin("PATCH", `/api/v1/guardrails/${first.id}`, { name: "other" })).status).toBe(400)
    expect((await admin("DELETE", `/api/v1/guardrails/${first.id}`)).status).toBe(400)
    const body = { ignored_models: ["mock/nothing"] }
    expect((await admin("PATCH", `/api/v1/guardrails/${first.id}`, body)).body.data).toMatchObject(body)
    const listed = (await admin("GET", "/api/v1/guardrails")).body.data
    expect(listed.filter(({ id }: { id: string }) => id === first.id)).toHaveLength(1)
    await admin("PATCH", `/api/v1/guardrails/${first.id}`, { ignored_models: null })
  })

  test("holds for every key of it", async () => {
    const { id } = (await admin("GET", "/api/v1/guardrails")).body.data[0]
    const ask = () => gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "hi" }] })
    expect((await ask()).status).toBe(200)
    await admin("PATCH", `/api/v1/guardrails/${id}`, { ignored_models: ["mock/echo"] })
    expect((await ask()).status).toBe(404)
    await admin("PATCH", `/api/v1/guardrails/${id}`, { ignored_models: null })
    expect((await ask()).status).toBe(200)
  })
})

test("iterators end, over sixty guardrails and as many keys and members", async () => {
  const made: string[] = []
  for (let index = 0; index < 60; index += 1) made.push((await post({ name: `g${index}` })).body.data.id)
  const ids = (await all(await sdk.guardrails.list({ limit: 25 }), ({ result }) => result.data)).map(({ id }) => id)
  expect(ids).toHaveLength(new Set(ids).size)
  expect(ids).toEqual(expect.arrayContaining(made))
  expect(await seed.guardrails.list({ offset: "50" })).toMatchObject({ totalCount: ids.length })
  const hashes: string[] = []
  const members: string[] = []
  for (let index = 0; index < 60; index += 1) hashes.push(await newKey(`k${index}`))
  for (let index = 0; index < 60; index += 1) members.push(await newMember(`m${index}@example.com`))
  const [id] = made as [string]
  await sdk.guardrails.bulkAssignKeys({ id, bulkAssignKeysRequest: { keyHashes: hashes } })
  await sdk.guardrails.bulkAssignMembers({ id, bulkAssignMembersRequest: { memberUserIds: members } })
  for (const pages of [
    await sdk.guardrails.listKeyAssignments({}),
    await sdk.guardrails.listGuardrailKeyAssignments({ id, limit: 30 }),
  ])
    expect((await all(pages, ({ result }) => result.data)).map(({ keyHash }) => keyHash).sort()).toEqual(
      [...hashes].sort(),
    )
  for (const pages of [
    await sdk.guardrails.listMemberAssignments({}),
    await sdk.guardrails.listGuardrailMemberAssignments({ id }),
  ])
    expect((await all(pages, ({ result }) => result.data)).map(({ userId }) => userId).sort()).toEqual(
      [...members].sort(),
    )
  // Goes with all of them.
  await sdk.guardrails.delete({ id })
  expect(await all(await sdk.guardrails.listKeyAssignments({}), ({ result }) => result.data)).toEqual([])
  for (const left of made.slice(1)) await sdk.guardrails.delete({ id: left })
}, 30_000)

describe("assignments", () => {
  test("each key has at most one guardrail; another comes in its place", async () => {
    const hash = await newKey("one")
    const first = (await post({ name: "first" })).body.data.id as string
    const second = (await post({ name: "second" })).body.data.id as string
    const assign = (id: string) =>
      sdk.guardrails.bulkAssignKeys({ id, bulkAssignKeysRequest: { keyHashes: [hash, hash] } })
    expect(await assign(first)).toEqual({ assignedCount: 1 })
    const rows = await all(await sdk.guardrails.listGuardrailKeyAssignments({ id: first }), ({ result }) => result.data)
    expect(rows).toEqual([
      expect.objectContaining({ keyHash: hash, guardrailId: first, keyName: "one", assignedBy: null }),
    ])
    expect(rows[0]!.id).toMatch(uuid)
    expect(await assign(second)).toEqual({ assignedCount: 1 })
    const listed = async (id: string) => (await admin("GET", `/api/v1/guardrails/${id}/assignments/keys`)).body
    expect(await listed(first)).toEqual({ data: [], total_count: 0 })
    expect((await listed(second)).total_count).toBe(1)
    const gone = { id: first, bulkUnassignKeysRequest: { keyHashes: [hash] } }
    expect(await sdk.guardrails.bulkUnassignKeys(gone)).toEqual({ unassignedCount: 0 })
    expect(await sdk.guardrails.bulkUnassignKeys({ ...gone, id: second })).toEqual({ unassignedCount: 1 })
    await assign(first)
    // A key that is gone is in no list.
    await admin("DELETE", `/api/v1/keys/${hash}`)
    expect((await listed(first)).total_count).toBe(0)
  })

  test("of members, in both versions of the API", async () => {
    const member = await newMember("ann@example.com")
    const { id } = (await post({ name: "members" })).body.data
    const request = { memberUserIds: [member] }
    expect(await seed.guardrails.bulkAssignMembers({ id, requestBody: request })).toEqual({ assignedCount: 1 })
    const { data: rows } = await seed.guardrails.listGuardrailMemberAssignments({ id })
    expect(rows).toEqual([expect.objectContaining({ userId: member, organizationId: "organisation" })])
    expect(await sdk.guardrails.bulkUnassignMembers({ id, bulkUnassignMembersRequest: request })).toEqual({
      unassignedCount: 1,
    })
  })

  test("of and to what is not there", async () => {
    const { id } = (await post({ name: "real" })).body.data
    const path = (guardrail: string, word: string) => `/api/v1/guardrails/${guardrail}/assignments/${word}`
    expect((await admin("POST", path(id, "keys"), { key_hashes: ["f".repeat(64)] })).status).toBe(404)
    expect((await admin("POST", path(id, "members"), { member_user_ids: ["user_nobody"] })).status).toBe(404)
    expect((await admin("POST", path(id, "keys"), { key_hashes: [] })).status).toBe(400)
    expect((await admin("POST", path(id, "keys"), { member_user_ids: ["x"] })).status).toBe(400)
    for (const word of ["keys", "members"]) {
      expect((await admin("GET", path(crypto.randomUUID(), word))).status).toBe(404)
      expect((await admin("POST", path(crypto.randomUUID(), word), {})).status).toBe(404)
      expect((await admin("POST", `${path(crypto.randomUUID(), word)}/remove`, {})).status).toBe(404)
    }
  })

  test("what is done is on record", async () => {
    const { body } = await admin("GET", "/admin/audit?limit=100")
    const actions = body.data.map(({ action, kind }: { action: string; kind: string }) => `${kind} ${action}`)
    expect(actions).toEqual(expect.arrayContaining(["guardrail create", "guardrail-assignment assign"]))
  })
})
