import type { Admin } from "../../kit/admin.ts"
import type { TestGateway } from "../../kit/gateway.ts"

export interface Made {
  readonly admin: Admin
  readonly gateway: TestGateway
  /** The address of a server that says yes. */
  readonly upstream: string
}

/** A request that goes well, once. */
export interface Sample {
  /** What stands for the names in the route's path. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: string
  readonly body?: unknown
  /** How many objects it changes; default 1. */
  readonly lines?: number
  readonly kind?: string
  /** Default: any that says it went well. */
  readonly status?: number
}

type MakeSample = (made: Made) => Sample | Promise<Sample>

let count = 0
/** A new name. */
const named = (what: string): string => `${what}-${count++}`

const email = () => `${named("somebody")}@example.test`
const idOf = async ({ admin }: Made, path: string, body: unknown): Promise<string> =>
  (await admin.ok("POST", path, body)).data.id

const member = (made: Made) => idOf(made, "/admin/members", { email: email() })
const group = (made: Made) => idOf(made, "/admin/groups", { name: named("group") })
const serviceAccount = (made: Made) => idOf(made, "/admin/service-accounts", { name: named("robot") })
const project = (made: Made) => idOf(made, "/admin/projects", { name: named("project") })
const key = async ({ admin }: Made): Promise<string> => (await admin.key({ name: named("key") })).id
const list = async ({ admin }: Made): Promise<string> =>
  (await admin.ok("POST", "/v1/manage/access-list", { name: named("list"), chat: ["mock/*"] })).id
const destination = (made: Made) =>
  idOf(made, "/admin/alert-destinations", {
    name: named("hook"),
    notifier: "webhook",
    url: made.upstream,
    secret: "hush-hush-hush-hush",
  })
const alert = async (made: Made) =>
  idOf(made, "/admin/alerts", {
    name: named("alert"),
    on: "organisation",
    usd: [5],
    destinations: [await destination(made)],
  })
const groupWith = async (made: Made): Promise<{ readonly id: string; readonly user: string }> => {
  const [id, user] = [await group(made), await member(made)]
  await made.admin.ok("POST", `/admin/groups/${id}/members`, { member: user })
  return { id, user }
}
const workspace = async (made: Made): Promise<string> =>
  (await made.admin.ok("POST", "/api/v1/workspaces", { name: named("work"), slug: named("work") })).data.id
const broughtKey = (made: Made) => idOf(made, "/api/v1/byok", { provider: "mock", key: "sk-brought-0123456789" })
const guardrail = (made: Made) => idOf(made, "/api/v1/guardrails", { name: named("guardrail") })
/** A guardrail with somebody under it. */
const assigned = async (made: Made, word: "keys" | "members", body: unknown): Promise<Sample> => {
  const id = await guardrail(made)
  await made.admin.ok("POST", `/api/v1/guardrails/${id}/assignments/${word}`, body)
  return { params: { id }, body, kind: "guardrail-assignment" }
}
const declared = async ({ admin }: Made, path: string, body: unknown): Promise<Sample> => {
  const name = named(path.slice(0, 3))
  await admin.ok("PUT", `/admin/${path}/${name}`, body)
  return { params: { "*": name } }
}

const policy = { fallback: [{ model: "mock/echo" }] }
const preset = { parameters: { temperature: 0.5 } }
const chat = { model: "mock/echo", messages: [{ role: "system", content: "Be kind." }] }

/** One for each route whose right is to write. */
export const samples: Readonly<Record<string, MakeSample>> = {
  "POST /admin/keys": () => ({ body: { name: named("key") }, kind: "key" }),
  "PATCH /admin/keys/:id": async (made) => ({ params: { id: await key(made) }, body: { limit: 5 }, kind: "key" }),
  "DELETE /admin/keys/:id": async (made) => ({ params: { id: await key(made) }, kind: "key" }),
  "POST /admin/keys/:id/rotate": async (made) => ({ params: { id: await key(made) }, body: {}, kind: "key" }),
  "POST /api/v1/keys": () => ({ body: { name: named("key") }, kind: "key" }),
  "PATCH /api/v1/keys/:hash": async (made) => ({ params: { hash: await key(made) }, body: { limit: 5 }, kind: "key" }),
  "DELETE /api/v1/keys/:hash": async (made) => ({ params: { hash: await key(made) }, kind: "key" }),
  "POST /api/v1/auth/keys/code": () => ({
    body: { callback_url: "https://app.example.test/" },
    kind: "sign-in-code",
  }),
  "POST /v1/api-keys": () => ({ body: { name: named("key") }, kind: "key" }),
  "DELETE /v1/api-keys/:id": async (made) => ({ params: { id: await key(made) }, kind: "key" }),
  "PATCH /v1/api-keys/:id/limit": async (made) => ({
    params: { id: await key(made) },
    body: { limit: 5 },
    kind: "key",
  }),
  "POST /v1/manage/apikey": () => ({ body: { name: named("key") }, kind: "key" }),
  "PUT /v1/manage/apikey": () => ({ body: { name: named("key") }, kind: "key" }),
  "DELETE /v1/manage/apikey/:id": async (made) => ({ params: { id: await key(made) }, kind: "key" }),
  "POST /v1/manage/apikey/:id/limit": async (made) => ({
    params: { id: await key(made) },
    body: { monthly_limit: 5 },
    kind: "key",
  }),
  "POST /v1/manage/apikey/:id/label": async (made) => ({
    params: { id: await key(made) },
    body: { labels: { team: "x" } },
    kind: "key",
  }),
  "POST /v1/manage/apikey/:id/expiry": async (made) => ({
    params: { id: await key(made) },
    body: { expires_at: "2099-01-01T00:00:00Z" },
    kind: "key",
  }),
  "POST /v1/manage/apikey/:id/access-list": async (made) => ({
    params: { id: await key(made) },
    body: { access_list_id: await list(made) },
    kind: "key",
  }),

  "POST /admin/members": () => ({ body: { email: email() }, kind: "member" }),
  "PATCH /admin/members/:id": async (made) => ({
    params: { id: await member(made) },
    body: { role: "viewer" },
    kind: "member",
  }),
  "DELETE /admin/members/:id": async (made) => ({ params: { id: await member(made) }, kind: "member" }),
  "POST /admin/groups": () => ({ body: { name: named("group") }, kind: "group" }),
  "PATCH /admin/groups/:id": async (made) => ({ params: { id: await group(made) }, body: { limit: 5 }, kind: "group" }),
  "DELETE /admin/groups/:id": async (made) => ({ params: { id: await group(made) }, kind: "group" }),
  "POST /admin/groups/:id/members": async (made) => ({
    params: { id: await group(made) },
    body: { member: await member(made), role: "admin", limit: 5 },
    kind: "group",
  }),
  "PATCH /admin/groups/:id/members/:member": async (made) => {
    const { id, user } = await groupWith(made)
    return { params: { id, member: user }, body: { role: "admin" }, kind: "group" }
  },
  "DELETE /admin/groups/:id/members/:member": async (made) => {
    const { id, user } = await groupWith(made)
    return { params: { id, member: user }, kind: "group" }
  },
  "POST /v1/manage/group": () => ({ body: { name: named("group") }, kind: "group" }),
  "PATCH /v1/manage/group/:id": async (made) => ({
    params: { id: await group(made) },
    body: { name: named("group") },
    kind: "group",
  }),
  "DELETE /v1/manage/group/:id": async (made) => ({ params: { id: await group(made) }, kind: "group" }),
  "POST /v1/manage/group/:id/limit": async (made) => ({
    params: { id: await group(made) },
    body: { monthly_limit: 5 },
    kind: "group",
  }),
  "POST /v1/manage/group/:id/access-list": async (made) => ({
    params: { id: await group(made) },
    body: { access_list_ids: [await list(made)] },
    kind: "group",
  }),
  "POST /v1/manage/group/:id/member": async (made) => ({
    params: { id: await group(made) },
    body: { user_id: await member(made), role: "member" },
    kind: "group",
  }),
  "PUT /v1/manage/group/:id/member": async (made) => {
    const { id, user } = await groupWith(made)
    return { params: { id }, body: { user_id: user, role: "admin" }, kind: "group" }
  },
  "DELETE /v1/manage/group/:id/member": async (made) => {
    const { id, user } = await groupWith(made)
    return { params: { id }, body: { user_id: user }, kind: "group" }
  },
  "PUT /v1/manage/group/:id/member/:user/role": async (made) => ({
    params: await groupWith(made).then(({ id, user }) => ({ id, user })),
    body: { role: "admin" },
    kind: "group",
  }),
  "POST /v1/manage/group/:id/member/:user/limit": async (made) => ({
    params: await groupWith(made).then(({ id, user }) => ({ id, user })),
    body: { monthly_limit: 5 },
    kind: "group",
  }),
  "POST /admin/service-accounts": () => ({ body: { name: named("robot") }, kind: "service-account" }),
  "PATCH /admin/service-accounts/:id": async (made) => ({
    params: { id: await serviceAccount(made) },
    body: { disabled: true },
    kind: "service-account",
  }),
  "DELETE /admin/service-accounts/:id": async (made) => ({
    params: { id: await serviceAccount(made) },
    kind: "service-account",
  }),
  "POST /v1/manage/service-account": () => ({ body: { name: named("robot") }, kind: "service-account" }),
  "PATCH /v1/manage/service-account/:id": async (made) => ({
    params: { id: await serviceAccount(made) },
    body: { active: false },
    kind: "service-account",
  }),
  "DELETE /v1/manage/service-account/:id": async (made) => ({
    params: { id: await serviceAccount(made) },
    kind: "service-account",
  }),
  "POST /admin/projects": () => ({ body: { name: named("project") }, kind: "project" }),
  "PATCH /admin/projects/:id": async (made) => ({
    params: { id: await project(made) },
    body: { budgets: { daily: 5 } },
    kind: "project",
  }),
  "DELETE /admin/projects/:id": async (made) => ({ params: { id: await project(made) }, kind: "project" }),
  "POST /api/v1/workspaces": () => ({ body: { name: named("work"), slug: named("work") }, kind: "project" }),
  "PATCH /api/v1/workspaces/:id": async (made) => ({
    params: { id: await workspace(made) },
    body: { description: "x" },
    kind: "project",
  }),
  "DELETE /api/v1/workspaces/:id": async (made) => ({ params: { id: await workspace(made) }, kind: "project" }),
  "POST /api/v1/workspaces/:id/members/add": async (made) => ({
    params: { id: await workspace(made) },
    body: { user_ids: [await member(made)] },
    kind: "project",
  }),
  "POST /api/v1/workspaces/:id/members/remove": async (made) => {
    const [id, user] = [await workspace(made), await member(made)]
    await made.admin.ok("POST", `/api/v1/workspaces/${id}/members/add`, { user_ids: [user] })
    return { params: { id }, body: { user_ids: [user] }, kind: "project" }
  },
  "PUT /api/v1/workspaces/:id/budgets/:interval": async (made) => ({
    params: { id: await workspace(made), interval: "daily" },
    body: { limit_usd: 5 },
    kind: "project",
  }),
  "DELETE /api/v1/workspaces/:id/budgets/:interval": async (made) => {
    const id = await workspace(made)
    await made.admin.ok("PUT", `/api/v1/workspaces/${id}/budgets/daily`, { limit_usd: 5 })
    return { params: { id, interval: "daily" }, kind: "project" }
  },
  "PATCH /admin/organisation": () => ({ body: { member_limit: 5 }, kind: "organisation" }),
  "POST /admin/credits": () => ({ body: { amount: 5 }, kind: "organisation" }),
  "POST /v1/manage/access-list": () => ({ body: { name: named("list") }, kind: "access-list" }),
  "PATCH /v1/manage/access-list/:id": async (made) => ({
    params: { id: await list(made) },
    body: { chat: [] },
    kind: "access-list",
  }),
  "DELETE /v1/manage/access-list/:id": async (made) => ({ params: { id: await list(made) }, kind: "access-list" }),
  "POST /v1/manage/org/access-list": async (made) => ({
    body: { access_list_id: await list(made) },
    kind: "organisation",
  }),

  "POST /api/v1/byok": () => ({ body: { provider: "mock", key: "sk-brought-0123456789" }, kind: "upstream-key" }),
  "PATCH /api/v1/byok/:id": async (made) => ({
    params: { id: await broughtKey(made) },
    body: { disabled: true },
    kind: "upstream-key",
  }),
  "DELETE /api/v1/byok/:id": async (made) => ({ params: { id: await broughtKey(made) }, kind: "upstream-key" }),
  "POST /api/v1/guardrails": () => ({ body: { name: named("guardrail") }, kind: "guardrail" }),
  "PATCH /api/v1/guardrails/:id": async (made) => ({
    params: { id: await guardrail(made) },
    body: { description: "x" },
    kind: "guardrail",
  }),
  "DELETE /api/v1/guardrails/:id": async (made) => ({ params: { id: await guardrail(made) }, kind: "guardrail" }),
  "POST /api/v1/guardrails/:id/assignments/keys": async (made) => ({
    params: { id: await guardrail(made) },
    body: { key_hashes: [await key(made), await key(made)] },
    lines: 2,
    kind: "guardrail-assignment",
  }),
  "POST /api/v1/guardrails/:id/assignments/keys/remove": async (made) =>
    assigned(made, "keys", { key_hashes: [await key(made)] }),
  "POST /api/v1/guardrails/:id/assignments/members": async (made) => ({
    params: { id: await guardrail(made) },
    body: { member_user_ids: [await member(made)] },
    kind: "guardrail-assignment",
  }),
  "POST /api/v1/guardrails/:id/assignments/members/remove": async (made) =>
    assigned(made, "members", { member_user_ids: [await member(made)] }),

  "POST /admin/alert-destinations": ({ upstream }) => ({
    body: { name: named("hook"), notifier: "webhook", url: upstream, secret: "hush-hush-hush-hush" },
    kind: "alert-destination",
  }),
  "PATCH /admin/alert-destinations/:id": async (made) => ({
    params: { id: await destination(made) },
    body: { secret: "hush-hush-hush-hush-hush" },
    kind: "alert-destination",
  }),
  "DELETE /admin/alert-destinations/:id": async (made) => ({
    params: { id: await destination(made) },
    kind: "alert-destination",
  }),
  "POST /admin/alert-destinations/:id/test": async (made) => ({
    params: { id: await destination(made) },
    body: {},
    kind: "alert-destination",
  }),
  "POST /admin/alerts": async (made) => ({
    body: { name: named("alert"), on: "organisation", usd: [5], destinations: [await destination(made)] },
    kind: "alert",
  }),
  "PATCH /admin/alerts/:id": async (made) => ({
    params: { id: await alert(made) },
    body: { disabled: true },
    kind: "alert",
  }),
  "DELETE /admin/alerts/:id": async (made) => ({ params: { id: await alert(made) }, kind: "alert" }),

  "PUT /admin/policies/*": () => ({ params: { "*": named("policy") }, body: policy, kind: "policy" }),
  "DELETE /admin/policies/*": async (made) => ({ ...(await declared(made, "policies", policy)), kind: "policy" }),
  "PUT /admin/aliases/*": () => ({ params: { "*": named("alias") }, body: { model: "mock/echo" }, kind: "alias" }),
  "DELETE /admin/aliases/*": async (made) => ({
    ...(await declared(made, "aliases", { model: "mock/echo" })),
    kind: "alias",
  }),
  "PUT /admin/presets/*": () => ({ params: { "*": named("preset") }, body: preset, kind: "preset" }),
  "DELETE /admin/presets/*": async (made) => ({ ...(await declared(made, "presets", preset)), kind: "preset" }),
  "POST /api/v1/presets/:slug/chat/completions": () => ({
    params: { slug: named("preset") },
    body: chat,
    kind: "preset",
  }),
  "POST /api/v1/presets/:slug/messages": () => ({
    params: { slug: named("preset") },
    body: { model: "mock/echo", max_tokens: 5, messages: [{ role: "user", content: "Hi." }], system: "Be kind." },
    kind: "preset",
  }),
  "POST /api/v1/presets/:slug/responses": () => ({
    params: { slug: named("preset") },
    body: { model: "mock/echo", instructions: "Be kind." },
    kind: "preset",
  }),
  "POST /admin/models/approve": () => ({ body: { models: ["mock/echo"] }, kind: "approval" }),
  "POST /admin/models/remove": () => ({ body: { models: ["other/*"] }, kind: "approval" }),
  "PUT /admin/models/approval": () => ({ body: { mode: "all" }, kind: "approval" }),
  "DELETE /admin/cache": () => ({ kind: "cache" }),
  "POST /admin/catalog/refresh": () => ({ body: { provider: "local" }, kind: "catalog" }),
  "POST /admin/reload": () => ({ kind: "configuration" }),
}
