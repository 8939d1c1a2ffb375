import { afterAll, describe, expect, test } from "bun:test"
import { adminKey, inferenceKey, startGateway } from "../kit/gateway.ts"
import { rawRequest } from "../kit/raw-request.ts"
import { errorOf } from "../kit/upstreams.ts"

const gateway = await startGateway({
  limits: { body_bytes: 100_000 },
  aliases: { fast: "mock/echo" },
  policies: { "policy/one": { fallback: [{ model: "mock/echo" }] } },
})
afterAll(() => gateway.stop())

const body = JSON.stringify({ model: "mock/echo", messages: [{ role: "user", content: "hi" }] })
const key = `Authorization: Bearer ${inferenceKey}`
const post = (path: string, headers: readonly string[], text = body, version = "1.1") =>
  `${[`POST ${path} HTTP/${version}`, ...headers, key, "Connection: close", `Content-Length: ${text.length}`].join("\r\n")}\r\n\r\n${text}`

describe("addresses", () => {
  const hosts = [
    "Host: x",
    "Host: ",
    "Host: a b",
    "Host: a/../../x?y#z",
    "Host: user@h",
    "Host: [::1]:8",
    "Host: a/admin/keys?",
  ]
  for (const host of hosts)
    test(`the route does not depend on "${host}"`, async () => {
      expect(await rawRequest(gateway.url, [post("/v1/chat/completions", [host])])).toStartWith("HTTP/1.1 200")
    })

  for (const path of [
    "//v1/chat/completions",
    "/v1//chat/completions",
    "/v1/chat/completions/",
    "/chat/completions",
    "/v1/v1/chat/completions",
    "/v1/v1//chat/completions?to=/v1/v1/",
    "/v1/chat/completions?to=http://x//y",
  ])
    test(`${path} is the route that is meant`, async () => {
      expect((await gateway.post(path, body)).status).toBe(200)
    })

  test("a wrong address is a 404, whatever the host", async () => {
    for (const host of ["Host: x:99999", "Host: a b", "Host: a%2f"])
      expect(await rawRequest(gateway.url, [post("/v1/nothing//?a=//", [host])])).toStartWith("HTTP/1.1 404")
  })

  for (const path of [
    "/api/v1/guardrails/%",
    "/api/v1/workspaces/%zz",
    "/admin/members/%ff",
    "/api/v1/presets/a%2",
    "/%",
  ])
    test(`${path} names nothing that there is`, async () => {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const answer = await fetch(`${gateway.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${adminKey}` },
        })
        expect([404, 405]).toContain(answer.status)
      }
    })

  test("a check without a host, as HTTP/1.0 has it", async () => {
    expect(await rawRequest(gateway.url, ["GET /health HTTP/1.0\r\n\r\n"])).toMatch(/^HTTP\/1\.[01] 200/)
  })

  test("lists are the same at every address that clients make of a base URL", async () => {
    const wanted = await (await gateway.get("/v1/models")).text()
    for (const path of ["/models", "/v1/v1/models", "/v1//models", "/v1/models/"])
      expect(await (await gateway.get(path)).text()).toBe(wanted)
  })

  const asked = async (path: string) => {
    const answer = await gateway.get(path)
    // What is random of a page is the form's own.
    return [answer.status, (await answer.text()).replace(/[\w-]{32,}/g, "")]
  }
  for (const [wanted, ...paths] of [
    ["/x/apikey", "/v1/x/apikey", "//x/apikey", "/v1//x/apikey", "/v1/v1/x/apikey"],
    ["/oauth/authorize?callback_url=vscode://a.b/c", "//oauth/authorize?callback_url=vscode://a.b/c"],
    ["/oauth/authorize?callback_url=vscode://a.b/c", "/v1/oauth/authorize?callback_url=vscode://a.b/c"],
    ["/settings", "/v1/settings", "//settings"],
    ["/api-keys", "//api-keys"],
    ["/v1/auth/check", "/v1/v1/auth/check", "//v1/auth/check"],
    ["/v1/manage/apikey/self", "/v1/v1/manage/apikey/self", "/manage/apikey/self", "/v1//manage/apikey/self"],
  ])
    test(`${wanted} is found at ${paths.join(", ")}`, async () => {
      const answer = await asked(wanted!)
      expect(answer[0]).toBe(200)
      for (const path of paths) expect(await asked(path)).toEqual(answer)
    })

  test("the API of keys is no page", async () => {
    expect((await gateway.get("/v1/api-keys")).headers.get("content-type")).toContain("application/json")
  })

  test("Anthropic's format is also found below its name", async () => {
    const message = { model: "mock/echo", max_tokens: 9, messages: [{ role: "user", content: "hi" }] }
    for (const path of ["/anthropic/v1/messages", "/messages", "/v1/v1/messages"])
      expect((await gateway.post(path, message)).status).toBe(200)
  })

  for (const path of ["/responses", "/v1/v1/responses"])
    test(`${path} is the route that is meant`, async () => {
      expect((await gateway.post(path, { model: "mock/echo", input: "hi" })).status).toBe(200)
    })

  test("what only looks alike stays where it is", async () => {
    for (const path of ["/v1/xapikey", "/v1/settingsx", "/anthropic/messages", "/v1/oauth", "/modelsx"])
      expect((await gateway.get(path)).status).toBe(404)
  })

  test("a base URL with too little is hinted at where it is not clear which API is meant", async () => {
    expect((await errorOf(await gateway.post("/images/generations", body))).message).toContain("/v1/images/generations")
  })
})

describe("bodies", () => {
  for (const host of ["x", "localhost"])
    test(`a chunked one that is too large is refused while it comes (host ${host})`, async () => {
      const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\n${key}\r\nTransfer-Encoding: chunked\r\n\r\n`
      const piece = `10000\r\n${"x".repeat(65_536)}\r\n`
      const answer = await rawRequest(gateway.url, [head, ...Array.from({ length: 20 }, () => piece)], (text) =>
        text.includes("payload_too_large"),
      )
      expect(answer).toStartWith("HTTP/1.1 413")
    })

  test("a client that breaks off is no fault of the gateway", async () => {
    await rawRequest(gateway.url, [
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n${key}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ])
    // The next answer comes after whatever the broken one caused.
    expect((await gateway.chat(body)).status).toBe(200)
    expect(gateway.logged()).not.toContain('"level":"error"')
  })

  test("more choices than both APIs allow", async () => {
    const response = await gateway.chat({ model: "mock/echo", n: 129, messages: [{ role: "user", content: "hi" }] })
    expect((await errorOf(response)).param).toBe("n")
  })

  for (const model of ["__proto__", "constructor", "toString", "policy/__proto__"])
    test(`the model "${model}" is not found`, async () => {
      for (const names of [{ model }, { models: [model] }]) {
        const response = await gateway.chat({ ...names, messages: [{ role: "user", content: "hi" }] })
        expect((await errorOf(response)).code).toBe("model_not_found")
      }
    })
})

describe("web pages of other origins", () => {
  const origin = "https://app.example"
  const preflight = (path: string) =>
    fetch(`${gateway.url}${path}`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-lang",
      },
    })

  for (const path of ["/v1/chat/completions", "/api/v1/chat/completions"])
    test(`${path} may be called`, async () => {
      const allowed = await preflight(path)
      expect(allowed.status).toBe(204)
      expect(allowed.headers.get("access-control-allow-origin")).toBe("*")
      expect(allowed.headers.get("access-control-allow-headers")).toContain("x-stainless-lang")
      for (const stream of [false, true]) {
        const answer = await gateway.post(path, { ...JSON.parse(body), stream }, { origin })
        expect(answer.headers.get("access-control-allow-origin")).toBe("*")
        expect(answer.headers.get("access-control-expose-headers")).toBe("*")
        await answer.text()
      }
    })

  test("a page sees why it was refused", async () => {
    const refused = await gateway.post("/v1/chat/completions", body, { origin, authorization: "Bearer wrong" })
    expect(refused.ok).toBe(false)
    expect(refused.headers.get("access-control-allow-origin")).toBe("*")
  })

  test("nothing is shown to a page without a key, nor what is not for pages", async () => {
    for (const path of ["/v1/models", "/health", "/metrics"]) {
      const response = await fetch(`${gateway.url}${path}`, { headers: { origin } })
      expect(response.ok).toBe(true)
      expect(response.headers.get("access-control-allow-origin")).toBeNull()
    }
    expect((await preflight("/admin/keys")).headers.get("access-control-allow-origin")).toBeNull()
  })

  test("without an origin nothing is added", async () => {
    expect((await gateway.chat(body)).headers.get("access-control-allow-origin")).toBeNull()
  })
})
