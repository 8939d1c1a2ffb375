import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { randomBytes } from "node:crypto"
import type { ObjectChange } from "../../../src/accounts/directory/types.ts"
import type { NewKey } from "../../../src/accounts/key-types.ts"
import type { RateLimits } from "../../../src/accounts/limits/types.ts"
import { openAccounts } from "../../../src/accounts/open-accounts.ts"
import type { KeyOwner } from "../../../src/accounts/principal.ts"
import { type ErrorCode, errorCodes } from "../../../src/contract/index.ts"
import { configOf } from "../../kit/config.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"
import { inferencePaths, isFree, kindOf, leastBody } from "../../kit/inference-routes.ts"
import { newFolder, openTestStore, recordingLog, removeFolders } from "../../store/support.ts"

const paid = inferencePaths.filter((path) => !isFree(path))
const models: Readonly<Record<string, string>> = {
  chat: "mock/echo",
  embeddings: "mock/embed",
  rerank: "mock/rerank",
  images: "mock/image",
  speech: "mock/speech",
  transcription: "mock/transcribe",
}

const ask = (gateway: TestGateway, token: string, path: string): Promise<Response> => {
  const model = models[kindOf(path)]!
  return fetch(gateway.url + path.replace("{model}", encodeURIComponent(model)), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(leastBody(path, model)),
  })
}

/** What is asked of one key, and why it is refused everywhere. */
interface Case {
  readonly name: string
  readonly code: ErrorCode
  /** In every message. */
  readonly says: readonly string[]
  readonly key: Partial<NewKey>
  readonly steps?: readonly ObjectChange[]
  /** Of the whole gateway. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly rates?: RateLimits
}

const nothing = { limitNano: 0, limitReset: "monthly" } as const
const unlimited = { limitReset: "never" } as const
const owned = (owner: KeyOwner, more: object = {}): Partial<NewKey> => ({ details: { owner, ...more } })
const member = (id: string, more: object = {}): ObjectChange => ({
  kind: "member",
  id,
  body: { email: `${id}@example.com`, role: "member", ...unlimited, ...more },
})
const group = (id: string, memberId: string, ofMember: object, more: object = {}): ObjectChange => ({
  kind: "group",
  id,
  body: { name: id, ...unlimited, members: [{ memberId, role: "member", joinedAt: 1, ...ofMember }], ...more },
})
const account = (id: string, more: object = {}): ObjectChange => ({
  kind: "service-account",
  id,
  body: { name: id, ...unlimited, ...more },
})
const project = (id: string, more: object): ObjectChange => ({
  kind: "project",
  id,
  body: { name: id, slug: id, budgets: {}, ...more },
})
const guardrail = (id: string, more: object): ObjectChange => ({
  kind: "guardrail",
  id,
  body: { name: id, limitNano: 0, resetInterval: "daily", isDefault: true, ...more },
})

const spent = "spend_limit_reached"
const monthly = "Reached monthly spend limit for "
const ofMoney: readonly Case[] = [
  { name: "key", code: spent, says: [`${monthly}API key "key money"`], key: nothing },
  {
    name: "member",
    code: spent,
    says: [`${monthly}member "m1@example.com"`],
    key: owned({ kind: "member", id: "m1" }),
    steps: [member("m1", nothing)],
  },
  {
    name: "group",
    code: spent,
    says: [`${monthly}group "g2"`],
    key: owned({ kind: "member", id: "m2" }),
    steps: [member("m2"), group("g2", "m2", {}, nothing)],
  },
  {
    name: "group-member",
    code: spent,
    says: [`${monthly}member "m3@example.com in g3"`],
    key: owned({ kind: "member", id: "m3" }),
    steps: [member("m3"), group("g3", "m3", { limitNano: 0 })],
  },
  {
    name: "service-account",
    code: spent,
    says: [`${monthly}service account "s4"`],
    key: owned({ kind: "service-account", id: "s4" }),
    steps: [account("s4", nothing)],
  },
  {
    name: "project",
    code: "project_budget_reached",
    says: ['Reached weekly spend limit for project "p5"'],
    key: { details: { projectId: "p5" } },
    steps: [project("p5", { budgets: { weekly: 0 } })],
  },
  {
    name: "guardrail",
    code: "guardrail_budget_reached",
    says: ['Reached daily spend limit for guardrail "r6"'],
    key: { details: { projectId: "p6" } },
    steps: [project("p6", {}), guardrail("r6", { projectId: "p6" })],
  },
  {
    name: "organisation",
    code: spent,
    says: [`${monthly}the organisation`],
    key: {},
    config: { organisation: { limit: 0, limit_reset: "monthly" } },
  },
  {
    name: "credits",
    code: "insufficient_balance",
    says: ["Insufficient balance"],
    key: {},
    config: { organisation: { credits: "prepaid" } },
  },
]

const kinds = [
  { kind: "requests", rates: { requestsPerMinute: 1 }, says: "1 requests per minute" },
  { kind: "tokens", rates: { tokensPerMinute: 20_000 }, says: "20000 tokens per minute" },
  { kind: "concurrency", rates: { concurrency: 1 }, says: "1 requests in flight" },
] as const

const ofRates = kinds.flatMap(({ kind, rates, says }): Case[] => {
  const id = (letter: string) => `${letter}-${kind}`
  const rated = (whose: string) => [`Rate limit reached for ${whose}`, says]
  const inFile = {
    ...("requestsPerMinute" in rates ? { requests_per_minute: 1 } : {}),
    ...("tokensPerMinute" in rates ? { tokens_per_minute: 20_000 } : {}),
    ...("concurrency" in rates ? { concurrency: 1 } : {}),
  }
  const one = (scope: string, whose: string, more: Pick<Case, "key" | "steps" | "config">): Case => ({
    name: `${scope} ${kind}`,
    code: "rate_limit_reached",
    says: rated(whose),
    rates,
    ...more,
  })
  const mine = id("m")
  return [
    one("key", `API key "key ${kind}`, { key: { details: { rates } } }),
    one("member", `member "${mine}`, {
      key: owned({ kind: "member", id: mine }),
      steps: [member(mine, { rates })],
    }),
    one("group", `group "${id("g")}"`, {
      key: owned({ kind: "member", id: `${mine}2` }),
      steps: [member(`${mine}2`), group(id("g"), `${mine}2`, {}, { rates })],
    }),
    one("group-member", `member "${mine}3@example.com in ${id("h")}"`, {
      key: owned({ kind: "member", id: `${mine}3` }),
      steps: [member(`${mine}3`), group(id("h"), `${mine}3`, { rates })],
    }),
    one("service-account", `service account "${id("s")}"`, {
      key: owned({ kind: "service-account", id: id("s") }),
      steps: [account(id("s"), { rates })],
    }),
    one("project", `project "${id("p")}"`, {
      key: { details: { projectId: id("p") } },
      steps: [project(id("p"), { rates })],
    }),
    one("organisation", "the organisation", { key: {}, config: { rate_limits: inFile } }),
    one("model", 'model "mock/*"', {
      key: {},
      config: { rate_limits: { models: [{ models: ["mock/*"], ...inFile }] } },
    }),
  ]
})

interface Prepared {
  readonly case: Case
  readonly token: string
  readonly gateway: TestGateway
}

const gateways: TestGateway[] = []
/** Answers under way; kept, because one that nobody holds is closed by the collector. */
const hanging: { readonly leave: AbortController; readonly response: Response }[] = []
const prepared = new Map<string, Prepared>()
const config = await configOf(undefined)

/** A gateway that finds these cases' keys, and whom they belong to, in its store. */
async function prepare(cases: readonly Case[], more: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = newFolder()
  const store = await openTestStore(folder)
  const clock = { now: Date.now }
  const { keys, directory } = await openAccounts(store, {
    clock,
    log: recordingLog(),
    randomBytes,
    config: () => config,
  })
  const tokens: string[] = []
  for (const { name, key, steps = [], rates } of cases) {
    await directory.change({ name: "test" }, () => ({ steps }))
    const kind = rates ? name : `${name} money`
    tokens.push((await keys.create({ name: kind, kind: "inference", ...key })).token)
  }
  await store.close()
  const gateway = await startGateway({ data_dir: folder, providers: [{ id: "mock" }], ...more })
  gateways.push(gateway)
  for (const [index, each] of cases.entries()) {
    prepared.set(each.name, { case: each, token: tokens[index]!, gateway })
    await useUp(gateway, tokens[index]!, each.rates)
  }
}

const chat = (gateway: TestGateway, token: string, content: string, more: object = {}, signal?: AbortSignal) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: "mock/echo", messages: [{ role: "user", content }], max_tokens: 20_000, ...more }),
    ...(signal ? { signal } : {}),
  })

/** One request, a request as long as all tokens, or one that is under way. */
async function useUp(gateway: TestGateway, token: string, rates: RateLimits | undefined): Promise<void> {
  if (!rates) return
  if (rates.concurrency !== undefined) {
    const leave = new AbortController()
    const script = JSON.stringify({ text: "a b", wordMs: 3_600_000 })
    const response = await chat(gateway, token, script, { model: "mock/script", stream: true }, leave.signal)
    expect(response.status).toBe(200)
    hanging.push({ leave, response })
    return
  }
  const words = rates.tokensPerMinute === undefined ? 1 : 10_400
  const response = await chat(gateway, token, Array(words).fill("word").join(" "))
  expect(response.status).toBe(200)
  await response.text()
}

beforeAll(async () => {
  const all = [...ofMoney, ...ofRates]
  await prepare(
    all.filter((one) => one.config === undefined),
    {},
  )
  for (const one of all) if (one.config) await prepare([one], one.config)
}, 60_000)

afterAll(async () => {
  for (const { leave } of hanging) leave.abort()
  await Promise.all(gateways.map((gateway) => gateway.stop()))
  removeFolders()
})

const isOpenRouter = (path: string): boolean => path.startsWith("/api/v1")
/** Formats with error bodies of their own say the same with another status. */
const hasOwnStatus = (path: string): boolean => /messages|\{model\}/.test(path)

test("there are routes to try", () => {
  expect(paid.length).toBeGreaterThan(30)
})

describe.each([...ofMoney, ...ofRates])("$name", ({ name, code, says, rates }) => {
  test.each(paid)("%s", async (path) => {
    const { gateway, token } = prepared.get(name)!
    const response = await ask(gateway, token, path)
    const text = await response.text()
    const rule = errorCodes[code]
    const status = isOpenRouter(path) && "openrouterStatus" in rule ? rule.openrouterStatus : rule.status
    if (hasOwnStatus(path)) expect([400, 402, 403, 429, status]).toContain(response.status)
    else expect([response.status, text]).toEqual([status, text])
    const message = (JSON.parse(text) as { error: { message: string } }).error.message
    for (const words of says) expect(message).toContain(words)
    if (rates) {
      const wait = Number(response.headers.get("retry-after"))
      expect(wait).toBeGreaterThanOrEqual(1)
      expect(wait).toBeLessThanOrEqual(61)
      const reset = response.headers.get("x-ratelimit-reset")
      if (!isOpenRouter(path)) expect(reset).toBeNull()
      else {
        expect(Number(reset)).toBeGreaterThan(Date.now() - 60_000)
        expect(response.headers.get("x-ratelimit-remaining")).toBe("0")
        expect(Number(response.headers.get("x-ratelimit-limit"))).toBeGreaterThan(0)
      }
    } else {
      expect(message).toContain("0 USD left of")
      expect(message).toMatch(code === "insufficient_balance" ? /pay in more/ : /It resets at \d{4}-/)
      expect(response.headers.get("retry-after")).toBeNull()
    }
  })
})

test("counts are free", async () => {
  const { gateway, token } = prepared.get("key")!
  for (const path of inferencePaths.filter(isFree))
    expect([path, (await ask(gateway, token, path)).status]).toEqual([path, 200])
})
