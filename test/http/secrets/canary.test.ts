import { afterAll, beforeAll, expect, test } from "bun:test"
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { routeRights } from "../../../src/http/rights/routes.ts"
import { type Admin, adminOf } from "../../kit/admin.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"
import { pluginFolder, pluginText } from "../../kit/plugin-folder.ts"
import { filesOf, foundIn, rowsOf } from "./everything.ts"

/**
 * Marked secrets are sent wherever something can be sent, rightly and wrongly, and then looked for in all that the gateway says and keeps.
 * Each is known to one party alone: the operator's file, a client's header, a prompt.
 */
const mark = (name: string): string => `canary-${name}-${randomBytes(12).toString("hex")}`

/** Of the operator, in the file. */
const ofFile = {
  adminKey: mark("admin"),
  inferenceKey: mark("inference"),
  otherKey: mark("other"),
  upstreamKey: mark("upstream"),
  sealKey: mark("seal"),
  bodyKey: mark("bodies"),
  hookPath: mark("hook-path"),
  hookSecret: mark("hook-secret"),
}
/** Of those who ask. */
const sent = {
  unknownKey: mark("unknown-key"),
  cookie: mark("cookie"),
  header: mark("header"),
  query: mark("query"),
  prompt: mark("prompt"),
  badBody: mark("bad-body"),
  verifier: mark("verifier"),
  brought: mark("brought"),
  newHookPath: mark("new-hook-path"),
  newHookSecret: mark("new-hook-secret"),
  typedKey: mark("typed-key"),
}
/** Told once, to whoever made it. */
const made: Record<string, string> = {}
/** Of the upstream: its answer is the client's, its complaint about a key nobody's. */
const answered = mark("answer")

const plugins = pluginFolder({})
const written = join(plugins.dir, "events.txt")
plugins.write(
  "tell.ts",
  pluginText(
    "tell",
    `{ sinks: [{ name: "tell", write: async (events) => appendFileSync(${JSON.stringify(written)}, JSON.stringify(events)) }] }`,
    'import { appendFileSync } from "node:fs"',
  ),
)

let gateway: TestGateway
let admin: Admin
/** All answers, each with what was asked. */
const said: (readonly [asked: string, text: string])[] = []

const upstream = Bun.serve({
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith("/hook")) return new Response(`got ${request.url}`, { status: 500 })
    const body = await request.text()
    // As some do: they say what they were sent.
    if (body.includes('"refusing"'))
      return Response.json(
        { error: { message: `Incorrect key: ${request.headers.get("authorization")}` } },
        { status: 401 },
      )
    return Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: answered }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
    })
  },
})

async function send(
  method: string,
  path: string,
  options: { body?: unknown; key?: string; headers?: HeadersInit } = {},
) {
  const headers = new Headers(options.headers)
  if (options.key !== undefined) headers.set("authorization", `Bearer ${options.key}`)
  headers.set("x-custom", sent.header)
  headers.set("cookie", `session=${sent.cookie}`)
  if (options.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json")
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers,
    redirect: "manual",
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }),
  })
  const text = await response.text()
  return { status: response.status, text, all: `${JSON.stringify([...response.headers])} ${text}` }
}

/** Asks, and keeps what was said. */
async function tell(method: string, path: string, options: Parameters<typeof send>[2] = {}) {
  const reply = await send(method, path, options)
  said.push([`${method} ${path} -> ${reply.status}`, reply.all])
  return reply
}

const addresses = Object.keys(routeRights).map((name) => {
  const [method = "", path = ""] = name.split(" ")
  return [method, path.replace(/:\w+/g, "nothing").replace("*", "nothing")] as const
})

beforeAll(async () => {
  const local = {
    plugin: "openai-compatible",
    base_url: `http://127.0.0.1:${upstream.port}/v1`,
    api_key: ofFile.upstreamKey,
  }
  gateway = await startGateway({
    admin_key: ofFile.adminKey,
    keys: [
      { name: "plain", key: ofFile.inferenceKey },
      { name: "keeping", key: ofFile.otherKey, store_bodies: true },
    ],
    providers: [{ id: "local", ...local, models: ["good", "refusing"].map((id) => ({ id: `a/${id}`, upstream: id })) }],
    seal_key: ofFile.sealKey,
    bodies: { encryption_key: ofFile.bodyKey },
    egress: { allow: ["127.0.0.1"] },
    plugins: { dir: plugins.dir },
    alerts: {
      destinations: [
        {
          name: "of-file",
          notifier: "webhook",
          url: `http://127.0.0.1:${upstream.port}/hook/${ofFile.hookPath}`,
          secret: ofFile.hookSecret,
        },
      ],
    },
  })
  admin = adminOf(gateway, ofFile.adminKey)
})
afterAll(async () => {
  await gateway?.stop()
  await upstream.stop(true)
  plugins.remove()
})

test("every route is asked wrongly, with secrets where they do not belong", async () => {
  const keys = [sent.unknownKey, ofFile.inferenceKey, ofFile.adminKey]
  for (const [method, path] of addresses) {
    await tell(method, `${path}?key=${sent.query}`, { key: ofFile.adminKey })
    await tell(method, path, { headers: { authorization: `Basic ${sent.unknownKey}` } })
    await tell(method, path, { headers: { "x-api-key": sent.unknownKey } })
    for (const key of keys) {
      if (method === "GET" || method === "HEAD") {
        await tell(method, path, { key })
        continue
      }
      // What takes an empty body is asked below: here nothing must happen.
      await tell(method, path, { key, body: `{"name": "${sent.badBody}` })
      await tell(method, path, {
        key,
        body: { nonsense: sent.badBody, model: 5, name: [sent.badBody], key: { [sent.badBody]: 1 } },
      })
      await tell(method, path, { key, body: `["${sent.badBody}"]` })
    }
  }
  expect(said.length).toBeGreaterThan(1000)
}, 60_000)

test("every secret is used as it is meant to be", async () => {
  const key = async (
    method: string,
    path: string,
    body: unknown,
    field: (answer: Record<string, unknown>) => unknown,
  ) => {
    const { status, text } = await send(method, path, { key: ofFile.adminKey, body })
    expect(status, `${path}: ${text}`).toBeLessThan(300)
    return String(field(JSON.parse(text) as Record<string, unknown>))
  }
  made.ofAdmin = await key("POST", "/admin/keys", { name: "made", labels: { team: "x" } }, ({ key }) => key)
  made.ofOpenRouter = await key("POST", "/api/v1/keys", { name: "made" }, ({ key }) => key)
  made.ofRequesty = await key("POST", "/v1/manage/apikey", { name: "made" }, ({ api_key }) => api_key)
  const { id } = await admin.key({ name: "rotated" })
  made.rotated = await key("POST", `/admin/keys/${id}/rotate`, {}, ({ key }) => key)

  const challenge = new Bun.CryptoHasher("sha256").update(sent.verifier).digest("base64url")
  const asked = { callback_url: "https://app.example.test/", code_challenge: challenge, code_challenge_method: "S256" }
  made.code = await key("POST", "/api/v1/auth/keys/code", asked, ({ data }) => (data as { id: string }).id)
  await tell("POST", "/api/v1/auth/keys", { body: { code: made.code, code_verifier: sent.unknownKey } })
  made.code2 = await key("POST", "/api/v1/auth/keys/code", asked, ({ data }) => (data as { id: string }).id)
  made.exchanged = await key(
    "POST",
    "/api/v1/auth/keys",
    { code: made.code2, code_verifier: sent.verifier },
    ({ key }) => key,
  )

  for (const path of [
    "/auth?callback_url=https%3A%2F%2Fapp.example.test",
    "/oauth/authorize?callback_url=vscode%3A%2F%2Fa.b",
  ]) {
    const [page = "", query = ""] = path.split("?")
    for (const typed of [sent.typedKey, ofFile.inferenceKey]) {
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        cookie: `signalbox-consent=${"c".repeat(40)}`,
      }
      // The header of `send` would go before it.
      const response = await fetch(`${gateway.url}${page}`, {
        method: "POST",
        headers,
        redirect: "manual",
        body: `${query}&consent_token=${"c".repeat(40)}&management_key=${typed}`,
      })
      said.push([`POST ${page}`, `${JSON.stringify([...response.headers])} ${await response.text()}`])
      expect([401, 403]).toContain(response.status)
    }
  }

  const brought = { provider: "local", name: "brought", key: sent.brought }
  expect((await tell("POST", "/api/v1/byok", { key: ofFile.adminKey, body: brought })).status).toBe(201)
  const hook = {
    name: "hook",
    notifier: "webhook",
    url: `http://127.0.0.1:${upstream.port}/hook/${sent.newHookPath}`,
    secret: sent.newHookSecret,
  }
  await tell("POST", "/admin/alert-destinations", { key: ofFile.adminKey, body: hook })
  const { data: all } = await admin.ok("GET", "/admin/alert-destinations")
  expect(all).toHaveLength(2)
  for (const { id: one } of all)
    await tell("POST", `/admin/alert-destinations/${one}/test`, { key: ofFile.adminKey, body: {} })

  for (const token of [ofFile.inferenceKey, ofFile.otherKey])
    for (const [path, face] of [
      ["/v1", "requesty"],
      ["/api/v1", "openrouter"],
    ] as const)
      for (const [model, stream] of [
        ["a/good", false],
        ["a/refusing", false],
        ["a/refusing", true],
        ["a/none", false],
      ] as const) {
        const body = { model, stream, messages: [{ role: "user", content: sent.prompt }] }
        const reply = await send("POST", `${path}/chat/completions`, { key: token, body })
        // The answer belongs to whoever asked.
        said.push([`${face} ${model}`, reply.all.replaceAll(answered, "")])
      }
}, 60_000)

test("none of them is in anything that is said afterwards", async () => {
  for (const [method, path] of addresses) if (method === "GET") await tell(method, path, { key: ofFile.adminKey })
  for (const path of [
    "/admin/log?format=csv",
    "/admin/log?format=jsonl",
    "/admin/usage?format=csv",
    "/admin/audit?limit=1000",
  ])
    expect((await tell("GET", path, { key: ofFile.adminKey })).status, path).toBe(200)
  const { data } = JSON.parse((await send("GET", "/admin/log?limit=500", { key: ofFile.adminKey })).text) as {
    data: readonly { id: string; key_name: string }[]
  }
  expect(data.length).toBeGreaterThan(4)
  for (const { id, key_name } of data)
    for (const path of ["/admin/log/", "/api/v1/generation?id=", "/api/v1/generation/content?id="]) {
      const { all, status } = await send("GET", `${path}${id}`, { key: ofFile.adminKey })
      // There it was asked to be kept.
      const isKept = key_name === "keeping" && !path.includes("generation?")
      said.push([`${path} ${status}`, isKept ? all.replaceAll(sent.prompt, "").replaceAll(answered, "") : all])
    }
  const secrets = { ...ofFile, ...sent, ...made, answered }
  const wrong = said.flatMap(([asked, text]) => {
    const found = foundIn(text, secrets)
    return found.length === 0 ? [] : [`${asked}: ${found.join(", ")}`]
  })
  expect(wrong).toEqual([])
}, 60_000)

test("none of them is in anything that is written", async () => {
  const { dataDir } = gateway.gateway
  await gateway.gateway.reload("test")
  for await (const [place, text] of rowsOf(dataDir))
    expect([place, ...foundIn(text, { ...ofFile, ...sent, ...made, answered })]).toEqual([place])
  expect(existsSync(written)).toBe(true)
  expect(foundIn(readFileSync(written, "utf8"), { ...ofFile, ...sent, ...made, answered })).toEqual([])
  expect(foundIn(gateway.logged(), { ...ofFile, ...sent, ...made, answered })).toEqual([])
  // The configuration is where the operator wrote his.
  const isConfig = (path: string) => path === join(gateway.dir, "signalbox.yaml")
  for (const [place, text] of filesOf(gateway.dir, isConfig))
    expect([place, ...foundIn(text, { ...ofFile, ...sent, ...made, answered })]).toEqual([place])
}, 60_000)
