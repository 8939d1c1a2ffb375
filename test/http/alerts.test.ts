import { Database } from "bun:sqlite"
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { adminKey, startGateway, type TestGateway } from "../kit/gateway.ts"

interface Told {
  readonly path: string
  readonly headers: Headers
  readonly body: {
    readonly id: string
    readonly type: string
    readonly test?: boolean
    readonly threshold: { readonly value: number; readonly budget: number; readonly current_spend: number }
    readonly api_key?: { readonly name: string }
  }
}

let receiver: ReturnType<typeof Bun.serve>
let gateway: TestGateway
const told: Told[] = []
const waiting: (() => void)[] = []
const secret = "canary-secret-of-the-receiver"
const capability = "canary-path-that-is-a-password"

/** Resolves when so many messages have come to a path. */
const heard = async (path: string, count: number) => {
  const at = () => told.filter((one) => one.path === path)
  while (at().length < count) await new Promise<void>((resolve) => waiting.push(resolve))
  return at()
}

beforeAll(async () => {
  receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const path = new URL(request.url).pathname
      told.push({ path, headers: request.headers, body: (await request.json()) as Told["body"] })
      for (const wake of waiting.splice(0)) wake()
      return path === "/refuses" ? new Response("no such hook", { status: 404 }) : new Response("ok")
    },
  })
  gateway = await startGateway({
    egress: { allow: ["127.0.0.0/8"] },
    organisation: { name: "Acme", credits: "prepaid" },
    keys: [{ name: "test", key: "test-inference-key-0123456789", limit: 0.01, limit_reset: "monthly" }],
    alerts: {
      destinations: [{ name: "ops", notifier: "webhook", url: urlOf("/ops"), secret: "a-secret-of-the-file" }],
      rules: [{ name: "from the file", on: "organisation", usd: [0.000_001], destinations: ["ops"] }],
    },
  })
  await admin("POST", "/admin/credits", { amount: 1 })
})
afterAll(async () => {
  await gateway.stop()
  await receiver.stop(true)
})

const urlOf = (path: string) => `http://127.0.0.1:${receiver.port}${path}`

async function admin(method: string, path: string, body?: unknown) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(text).not.toContain(secret)
  expect(text).not.toContain(capability)
  return { status: response.status, body: JSON.parse(text) }
}

/** A word in and a word out: 3 millionths of a dollar. */
const ask = (words = "hello") =>
  gateway.chat({ model: "mock/echo", max_tokens: 20, messages: [{ role: "user", content: words }] })

describe("alerts", () => {
  test("a destination is kept without its address and secret being seen again", async () => {
    const made = await admin("POST", "/admin/alert-destinations", {
      name: "team",
      notifier: "webhook",
      url: urlOf(`/${capability}`),
      secret,
    })
    expect(made.status).toBe(201)
    expect(made.body.data).toMatchObject({
      source: "store",
      host: `127.0.0.1:${receiver.port}`,
      has_secret: true,
      last_success_at: null,
    })
    const tried = await admin("POST", `/admin/alert-destinations/${made.body.data.id}/test`)
    expect(tried.body.data).toEqual({ ok: true, status: 200, error: null, answer: "ok" })
    const [message] = await heard(`/${capability}`, 1)
    expect(message?.body).toMatchObject({ test: true })
    expect(message?.headers.get("x-signalbox-signature")).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
    const list = await admin("GET", "/admin/alert-destinations")
    expect(list.body.data.map(({ name }: { name: string }) => name)).toEqual(["ops", "team"])
    expect(list.body.data[1].last_success_at).toBeString()
    await admin("GET", "/admin/audit")
    await admin("GET", "/admin/state")
    expect((await gateway.get("/metrics", adminKey).then((answer) => answer.text())).includes(capability)).toBe(false)
    expect(gateway.logged()).not.toContain(secret)
    expect(gateway.logged()).not.toContain(capability)
    const data = join(gateway.dir, "data")
    const database = new Database(join(data, readdirSync(data).find((name) => name.endsWith(".db"))!), {
      readonly: true,
    })
    const rows = JSON.stringify([
      database.query("select body from objects").all(),
      database.query("select before, after from audit_log").all(),
    ])
    database.close()
    expect(rows).toContain("sealedUrl")
    expect(rows).not.toContain(secret)
    expect(rows).not.toContain(capability)
  })

  test("many requests that cross two thresholds together send two messages", async () => {
    const { body: key } = await admin("POST", "/admin/keys", { name: "busy", limit: 0.000_3, limit_reset: "monthly" })
    const { body: destination } = await admin("POST", "/admin/alert-destinations", {
      name: "many",
      notifier: "webhook",
      url: urlOf("/many"),
    })
    const { body: rule, status } = await admin("POST", "/admin/alerts", {
      name: "busy key",
      on: "key",
      target: key.data.id,
      percents: [80, 50],
      destinations: [destination.data.id],
    })
    expect(status).toBe(201)
    expect(rule.data).toMatchObject({
      percents: [50, 80],
      usd: [],
      window: "monthly",
      disabled: false,
      source: "store",
    })
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        gateway.chat(
          { model: "mock/echo", max_tokens: 1, messages: [{ role: "user", content: "hello" }] },
          { authorization: `Bearer ${key.key}` },
        ),
      ),
    )
    for (const answer of answers) await answer.text()
    const messages = await heard("/many", 2)
    // Whatever else would be sent has been decided by the time that this is answered.
    const history = await admin("GET", "/admin/alerts/history?limit=200")
    const own = history.body.data.filter((one: { rule: string }) => one.rule === "busy key")
    expect(own.map(({ threshold }: { threshold: number }) => threshold).toSorted()).toEqual([50, 80])
    expect(messages.map(({ body }) => body.threshold.value).toSorted()).toEqual([50, 80])
    expect(messages[0]?.body).toMatchObject({ type: "api_key.budget.exceeded_percent", api_key: { name: "busy" } })
    for (const { body } of messages)
      expect(body.threshold.current_spend * 100).toBeGreaterThanOrEqual(body.threshold.value * body.threshold.budget)
    expect(told.filter(({ path }) => path === "/many")).toHaveLength(2)
    const metrics = await (await gateway.get("/metrics", adminKey)).text()
    expect(metrics).toContain('signalbox_alerts_fired_total{on="key"} 2')
    expect(metrics).toContain('signalbox_alert_deliveries_total{destination="many",outcome="delivered"}')
  })

  test("a request that crosses a threshold by itself is told without another one", async () => {
    const { body: key } = await admin("POST", "/admin/keys", { name: "single" })
    const { body: destination } = await admin("POST", "/admin/alert-destinations", {
      name: "single",
      notifier: "webhook",
      url: urlOf("/single"),
    })
    await admin("POST", "/admin/alerts", {
      name: "single key",
      on: "key",
      target: key.data.id,
      usd: [0.000_001],
      destinations: [destination.data.id],
    })
    const answer = await gateway.chat(
      { model: "mock/echo", stream: true, messages: [{ role: "user", content: "hello" }] },
      { authorization: `Bearer ${key.key}` },
    )
    await answer.text()
    const [message] = await heard("/single", 1)
    expect(message?.body).toMatchObject({ type: "api_key.spend.exceeded" })
    expect(message?.body.threshold.current_spend).toBe(0.000_003)
  })

  test("a rule of the file works, and belongs to the file", async () => {
    await (await ask()).text()
    const [message] = await heard("/ops", 1)
    expect(message?.body).toMatchObject({ type: "org.spend.exceeded", org: { name: "Acme" } } as object)
    const { body } = await admin("GET", "/admin/alerts")
    const rule = body.data.find(({ source }: { source: string }) => source === "file")
    expect(rule).toMatchObject({ id: "file:from the file", usd: [0.000_001], destinations: ["file:ops"] })
    expect((await admin("PATCH", `/admin/alerts/${encodeURIComponent(rule.id)}`, { disabled: true })).status).toBe(409)
    expect((await admin("DELETE", `/admin/alert-destinations/${encodeURIComponent("file:ops")}`)).status).toBe(409)
  })

  test("a balance below is told, also when it falls by a correction", async () => {
    const { body: destination } = await admin("POST", "/admin/alert-destinations", {
      name: "treasurer",
      notifier: "webhook",
      url: urlOf("/treasurer"),
    })
    await admin("POST", "/admin/alerts", {
      name: "low",
      on: "organisation",
      balance_usd: [0.5],
      destinations: [destination.data.id],
    })
    expect(told.some(({ path }) => path === "/treasurer")).toBe(false)
    const { body } = await admin("POST", "/admin/credits", { amount: -0.9 })
    expect(body.data).toMatchObject({ mode: "prepaid", paid_in: 0.1 })
    const [message] = await heard("/treasurer", 1)
    expect(message?.body).toMatchObject({ type: "org.balance.below" })
    await admin("POST", "/admin/credits", { amount: 10 })
  })

  test("a receiver that refuses is told with its answer", async () => {
    const { body } = await admin("POST", "/admin/alert-destinations", {
      name: "gone",
      notifier: "slack",
      url: urlOf("/refuses"),
    })
    const tried = await admin("POST", `/admin/alert-destinations/${body.data.id}/test`)
    expect(tried.body.data).toMatchObject({ ok: false, status: 404, answer: "no such hook" })
    const { body: after } = await admin("GET", `/admin/alert-destinations/${body.data.id}`)
    expect(after.data).toMatchObject({ last_success_at: null, last_error: "The receiver answered with status 404." })
  })

  test("what leads inside is refused when it is sent", async () => {
    const { body } = await admin("POST", "/admin/alert-destinations", {
      name: "metadata",
      notifier: "webhook",
      url: "http://169.254.169.254/latest",
    })
    const tried = await admin("POST", `/admin/alert-destinations/${body.data.id}/test`)
    expect(tried.body.data).toMatchObject({ ok: false, status: null })
    expect(tried.body.data.error).toContain("not public")
  })

  test.each([
    ["POST /admin/alerts", { on: "key" }, "name"],
    ["POST /admin/alerts", { name: "x" }, "on"],
    ["POST /admin/alerts", { name: "x", on: "key", percent: [5] }, "percent"],
    ["POST /admin/alerts", { name: "x", on: "key", percents: [0] }, "percents[0]"],
    ["POST /admin/alerts", { name: "x", on: "key", usd: [-1] }, "usd[0]"],
    ["POST /admin/alerts", { name: "x", on: "key", target: "nobody" }, "target"],
    ["POST /admin/alerts", { name: "x", on: "organisation", target: "any" }, "target"],
    ["POST /admin/alerts", { name: "x", on: "group", balance_usd: [1] }, "balance_usd"],
    ["POST /admin/alerts", { name: "x", on: "key", destinations: ["nobody"] }, "destinations[0]"],
    ["POST /admin/alert-destinations", { notifier: "slack", url: "https://a.example" }, "name"],
    ["POST /admin/alert-destinations", { name: "x", notifier: "pigeon", url: "https://a.example" }, "notifier"],
    ["POST /admin/alert-destinations", { name: "x", notifier: "slack", url: "ftp://a.example" }, "url"],
    ["POST /admin/alert-destinations", { name: "x", notifier: "slack", url: "https://u:p@a.example" }, "url"],
    [
      "POST /admin/alert-destinations",
      { name: "x", notifier: "slack", url: "https://a.example", secret: "short" },
      "secret",
    ],
    ["POST /admin/credits", { amount: 0 }, "amount"],
    ["POST /admin/credits", { amount: -1000 }, "amount"],
    ["POST /admin/credits", { amounts: 1 }, "amounts"],
  ])("%s %p is refused with its field", async (route, body, param) => {
    const [method = "", path = ""] = route.split(" ")
    const answer = await admin(method, path, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error.param).toBe(param)
  })

  test("names are taken once, what is in use stays, what is not there is 404", async () => {
    const { body: destination } = await admin("POST", "/admin/alert-destinations", {
      name: "twice",
      notifier: "webhook",
      url: urlOf("/twice"),
    })
    const again = { name: "twice", notifier: "webhook", url: urlOf("/twice") }
    expect((await admin("POST", "/admin/alert-destinations", again)).status).toBe(409)
    const { id } = destination.data
    const { body: rule } = await admin("POST", "/admin/alerts", { name: "uses it", on: "key", destinations: [id] })
    expect(rule.data.percents).toEqual([50, 80, 100])
    expect((await admin("DELETE", `/admin/alert-destinations/${id}`)).status).toBe(409)
    const changed = await admin("PATCH", `/admin/alerts/${rule.data.id}`, { usd: [5], percents: null, window: "daily" })
    expect(changed.body.data).toMatchObject({ usd: [5], percents: [], window: "daily" })
    expect((await admin("DELETE", `/admin/alerts/${rule.data.id}`)).body).toEqual({ deleted: true })
    expect((await admin("DELETE", `/admin/alert-destinations/${id}`)).body).toEqual({ deleted: true })
    for (const path of ["/admin/alerts/none", "/admin/alert-destinations/none"])
      for (const method of ["GET", "PATCH", "DELETE"])
        expect((await admin(method, path, method === "PATCH" ? { name: "x" } : undefined)).status).toBe(404)
    expect((await admin("POST", "/admin/alert-destinations/none/test")).status).toBe(404)
  })
})
