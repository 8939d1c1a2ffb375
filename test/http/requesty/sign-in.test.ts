import { afterAll, describe, expect, test } from "bun:test"
import { addressOf } from "../../../src/http/requesty/sign-in/address.ts"
import type { HttpServices } from "../../../src/http/services.ts"
import { RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"

const gateway = await startGateway({})
afterAll(() => gateway.stop())
const admin = new RequestyManagement(gateway.url, adminKey)

const path = "/oauth/authorize"
const editor = "vscode://rooveterinaryinc.roo-cline/requesty"
const open = (callback: string) => fetch(`${gateway.url}${path}?callback_url=${encodeURIComponent(callback)}`)

/** What a browser does: it sends the form's hidden fields and the cookie of the page, and a person adds the key. */
async function allow(callback: string, key: string, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const page = await open(callback)
  const fields = [...(await page.text()).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
  const form = new URLSearchParams(fields.map(([, name, value]) => [name!, value!.replaceAll("&amp;", "&")]))
  form.set("management_key", key)
  for (const [name, value] of Object.entries(more)) form.set(name, value)
  return fetch(gateway.url + path, {
    method: "POST",
    redirect: "manual",
    headers: {
      cookie: page.headers.get("set-cookie")!.split(";")[0]!,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: form,
  })
}

describe("an editor that asks for a key", () => {
  test("gets a working one of its own, and this gateway's address", async () => {
    const answer = await allow(editor, adminKey)
    expect(answer.status).toBe(303)
    const target = new URL(answer.headers.get("location")!)
    expect(target.href).toStartWith(`${editor}?code=`)
    expect(target.searchParams.get("baseUrl")).toBe(`${gateway.url}/v1`)
    const code = target.searchParams.get("code")!
    const chat = await gateway.chat(
      { model: "mock/echo", messages: [{ role: "user", content: "x" }] },
      { authorization: `Bearer ${code}` },
    )
    expect(chat.status).toBe(200)
    expect(await new RequestyManagement(gateway.url, code).getKey("self")).toMatchObject({ name: "Roo Code (vscode)" })
  })

  test("gets another one each time", async () => {
    const codes = new Set<string | null>()
    for (const callback of [editor, "http://127.0.0.1:4123/back?state=a%2Bb"]) {
      const target = new URL((await allow(callback, adminKey)).headers.get("location")!)
      codes.add(target.searchParams.get("code"))
      if (callback.startsWith("http")) expect(target.searchParams.get("state")).toBe("a+b")
    }
    expect(codes.size).toBe(2)
    expect((await admin.listKeys()).map(({ name }) => name)).toContain("127.0.0.1:4123")
  })

  test("gets none by the page alone", async () => {
    const before = (await admin.listKeys()).length
    const page = await open(editor)
    expect(page.status).toBe(200)
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
    expect(await page.text()).toContain("Roo Code (vscode)")
    expect((await admin.listKeys()).length).toBe(before)
  })

  test("gets none where the key that allows it may not make keys", async () => {
    const before = (await admin.listKeys()).length
    const { api_key: reader } = await admin.createKey({
      name: "reader",
      permissions: { manage: "read", completions: "none" },
    })
    for (const key of [inferenceKey, "nothing", "", reader]) {
      const answer = await allow(editor, key)
      expect(answer.status).toBeGreaterThanOrEqual(401)
      expect(answer.headers.get("location")).toBeNull()
    }
    expect((await admin.listKeys()).length).toBe(before + 1)
  })

  test("gets none by a form of another page", async () => {
    const forged = await allow(editor, adminKey, { consent_token: "x".repeat(48) })
    expect(forged.status).toBe(403)
    // Nor may the address change between the page and the decision.
    const moved = await allow(editor, adminKey, { callback_url: "https://evil.example/" })
    expect(moved.status).toBe(400)
    expect(moved.headers.get("location")).toBeNull()
  })
})

test.each([
  "javascript:alert(1)",
  "JavaScript://x/%0Aalert(1)",
  "data:text/html,x",
  "https://evil.example/requesty",
  "http://evil.example",
  "http://127.0.0.1.evil.example/",
  "http://user@127.0.0.1:1/",
  "vscode",
  "",
])("%p is sent no key", async (callback) => {
  const answer = await open(callback)
  expect(answer.status).toBe(400)
  expect(await answer.text()).not.toContain("<form")
})

test("schemes are the configuration's", async () => {
  const own = await startGateway({ sign_in: { callback_schemes: ["zed"] } })
  const at = (callback: string) => fetch(`${own.url}${path}?callback_url=${encodeURIComponent(callback)}`)
  expect((await at("zed://extension/requesty")).status).toBe(200)
  expect((await at(editor)).status).toBe(400)
  await own.stop()
})

test.each<[string, string | undefined, Readonly<Record<string, string>>, string]>([
  ["http://192.168.0.7:8080/oauth/authorize?x=https://y", undefined, {}, "http://192.168.0.7:8080"],
  ["http://llm.lan/oauth/authorize", undefined, { "x-forwarded-proto": "https" }, "https://llm.lan"],
  ["http://other.lan/oauth/authorize", "https://llm.example.com", {}, "https://llm.example.com"],
])("an editor that asked at %s, configured as %p, is told of %p as %s", (url, publicUrl, headers, told) => {
  const server = publicUrl === undefined ? {} : { publicUrl }
  const pipeline = { snapshot: () => ({ config: { server } }) }
  expect(addressOf({ pipeline } as unknown as HttpServices, new Request(url, { headers }))).toBe(told)
})

test("the five fields that Roo Code reads are texts", async () => {
  const shown = await (await gateway.get("/x/apikey")).json()
  expect(shown).toEqual({
    name: "test",
    monthly_limit: expect.any(String),
    monthly_spend: expect.any(String),
    org_balance: expect.any(String),
    config: {},
  })
  expect((await fetch(`${gateway.url}/x/apikey`)).status).toBe(401)
  expect((await gateway.get("/x/apikey", "unknown")).status).toBe(403)
})

test("whether a key is good is told to command lines", async () => {
  await admin.check()
  await new RequestyManagement(gateway.url, inferenceKey).check()
  await expect(new RequestyManagement(gateway.url, "unknown").check()).rejects.toMatchObject({ status: 403 })
  const { api_key_id, api_key } = await admin.createKey({ name: "deleted" })
  await admin.deleteKey(api_key_id)
  await expect(new RequestyManagement(gateway.url, api_key).check()).rejects.toMatchObject({ status: 403 })
})

test("pages that editors open say what to do, without a secret", async () => {
  for (const page of ["/api-keys", "/settings", "//api-keys", "/v1/settings"]) {
    const answer = await fetch(gateway.url + page)
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
    const text = await answer.text()
    expect(text).toContain("signalbox keys create")
    expect(text).not.toContain(adminKey)
  }
})
