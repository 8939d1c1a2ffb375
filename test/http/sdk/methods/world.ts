import { OpenRouter } from "@openrouter/sdk"
import { type Fetcher, HTTPClient } from "@openrouter/sdk/lib/http"
import { OpenRouter as SeedOpenRouter } from "openrouter-sdk-0"
import { HTTPClient as SeedHTTPClient } from "openrouter-sdk-0/lib/http"
import { type Admin, adminOf } from "../../../kit/admin.ts"
import { adminKey, inferenceKey } from "../../../kit/gateway.ts"

/** More than a page of what comes in pages of fifty. */
export const many = 62
/** The same of models, whose pages are ten times as long. */
export const manyModels = 505

/** An organisation with more of everything than fits into one page. */
export interface World {
  /** Of the gateway, without a slash at its end. */
  readonly url: string
  readonly admin: Admin
  readonly members: readonly string[]
  /** Ids of inference keys. */
  readonly keys: readonly string[]
  /** Assigned to all of these. */
  readonly guardrail: string
  /** All members are in it, and it has a budget. */
  readonly workspace: string
  /** Has many versions. */
  readonly preset: string
  /** A finished request of `inferenceKey`, whose texts are kept. */
  readonly generation: string
  /** A name that nothing has yet. */
  named(what: string): string
  /** A new object, by its id. */
  make(path: string, body: unknown): Promise<string>
}

const options = (url: string, apiKey: string) => ({
  serverURL: `${url}/api/v1`,
  apiKey,
  retryConfig: { strategy: "none" as const },
})

export const currentClient = (url: string, apiKey: string, fetcher?: Fetcher): OpenRouter =>
  new OpenRouter({ ...options(url, apiKey), ...(fetcher ? { httpClient: new HTTPClient({ fetcher }) } : {}) })

export const seedClient = (url: string, apiKey: string, fetcher?: Fetcher): SeedOpenRouter =>
  new SeedOpenRouter({ ...options(url, apiKey), ...(fetcher ? { httpClient: new SeedHTTPClient({ fetcher }) } : {}) })

export const tokens = { manager: adminKey, caller: inferenceKey } as const

const models = (kind: string) =>
  Array.from({ length: manyModels }, (_, index) => ({
    id: `acme/${kind}-${index}`,
    kind,
    context: 8000,
    price: { input: 1, output: 1 },
  }))

/** Of a gateway that can be filled. */
export const worldConfig = {
  bodies: { store: true },
  providers: [
    { id: "mock" },
    {
      id: "together",
      plugin: "openai-compatible",
      base_url: "http://127.0.0.1:1/v1",
      zdr: true,
      models: [...models("chat"), ...models("embeddings")],
    },
  ],
}

const times = <Value>(make: (index: number) => Promise<Value>): Promise<readonly Value[]> =>
  Promise.all(Array.from({ length: many }, (_, index) => make(index)))

export async function fillWorld(url: string): Promise<World> {
  const admin = adminOf({ url })
  let count = 0
  const named = (what: string) => `${what}-${count++}`
  const make = async (path: string, body: unknown): Promise<string> => {
    const { data } = await admin.ok("POST", path, body)
    return data.id ?? data.hash
  }
  const members = await times(() => make("/admin/members", { email: `${named("member")}@example.test` }))
  const keys = await times(() => make("/api/v1/keys", { name: named("key"), limit: 1 }))
  const [guardrail] = await times(() => make("/api/v1/guardrails", { name: named("guardrail") }))
  await admin.ok("POST", `/api/v1/guardrails/${guardrail}/assignments/keys`, { key_hashes: keys })
  await admin.ok("POST", `/api/v1/guardrails/${guardrail}/assignments/members`, { member_user_ids: members })
  const [workspace] = await times((index) =>
    make("/api/v1/workspaces", { name: named("workspace"), slug: `team-${index}` }),
  )
  await admin.ok("POST", `/api/v1/workspaces/${workspace}/members/add`, { user_ids: members })
  await admin.ok("PUT", `/api/v1/workspaces/${workspace}/budgets/monthly`, { limit_usd: 100 })
  await times(() => make("/api/v1/byok", { provider: "together", key: `sk-brought-${named("credential")}` }))
  const preset = "first"
  const request = { model: "mock/echo", messages: [{ role: "system", content: "Be kind." }] }
  const presetPath = (slug: string) => `/api/v1/presets/${slug}/chat/completions`
  await times(() => admin.ok("POST", presetPath(preset), { ...request, seed: count++ }))
  await times(() => admin.ok("POST", presetPath(named("preset")), request))
  const asked = { model: "mock/echo", messages: [{ role: "user", content: "Hello" }] }
  const { id } = await adminOf({ url }, inferenceKey).ok("POST", "/api/v1/chat/completions", asked)
  return {
    url,
    admin,
    members,
    keys,
    guardrail: guardrail!,
    workspace: workspace!,
    preset,
    generation: id,
    named,
    make,
  }
}
