import { afterAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { BadRequestResponseError, ForbiddenResponseError } from "@openrouter/sdk/models/errors"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"

const gateway = await startGateway()
afterAll(() => gateway.stop())

const client = (apiKey = "") =>
  new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey, retryConfig: { strategy: "none" } })
const manager = client(adminKey)
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )

const callback = "http://localhost:3000/back?state=s%201"

interface Page {
  readonly status: number
  readonly text: string
  readonly cookie: string
  readonly headers: Headers
  /** What the form would send, without a key. */
  readonly form: URLSearchParams
}

/** The page as a browser gets it. */
async function open(query: Readonly<Record<string, string>>): Promise<Page> {
  const answer = await fetch(`${gateway.url}/auth?${new URLSearchParams(query)}`)
  return read(answer)
}

async function read(answer: Response): Promise<Page> {
  const text = await answer.text()
  const form = new URLSearchParams()
  for (const [, name, value] of text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g))
    form.set(name!, value!.replaceAll("&amp;", "&").replaceAll("&quot;", '"'))
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? ""
  return { status: answer.status, text, cookie, headers: answer.headers, form }
}

function submit(page: Pick<Page, "form" | "cookie">, key: string | undefined, headers: Record<string, string> = {}) {
  const form = new URLSearchParams(page.form)
  if (key !== undefined) form.set("management_key", key)
  return fetch(`${gateway.url}/auth`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: page.cookie, ...headers },
    body: form,
  })
}

async function allow(query: Readonly<Record<string, string>>): Promise<string> {
  const answer = await submit(await open(query), adminKey)
  expect(answer.status).toBe(303)
  return new URL(answer.headers.get("location")!).searchParams.get("code")!
}

const exchange = (body: object) =>
  fetch(`${gateway.url}/api/v1/auth/keys`, { method: "POST", body: JSON.stringify(body) })
const told = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: { code: number; message: string } }
  return [answer.status, error.code, error.message]
}
const chat = (key: string) =>
  gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "hi" }] }, { authorization: `Bearer ${key}` })

describe("the SDK's way", () => {
  test("authorisation address, page, code, key, call", async () => {
    const { codeChallenge, codeVerifier } = await client().oAuth.createSHA256CodeChallenge()
    const address = await client().oAuth.createAuthorizationUrl({
      callbackUrl: callback,
      codeChallenge,
      codeChallengeMethod: "S256",
      limit: 2.5,
    })
    expect(address.startsWith(`${gateway.url}/auth?`)).toBe(true)
    const page = await read(await fetch(address))
    expect(page.status).toBe(200)
    expect(page.text).toContain("localhost:3000")
    expect(page.text).toContain("2.5 USD in all")
    const answer = await submit(page, adminKey)
    const location = new URL(answer.headers.get("location")!)
    expect([answer.status, location.origin, location.searchParams.get("state")]).toEqual([
      303,
      "http://localhost:3000",
      "s 1",
    ])
    const code = location.searchParams.get("code")!
    const { key, userId } = await client().oAuth.exchangeAuthCodeForAPIKey({
      requestBody: { code, codeVerifier, codeChallengeMethod: "S256" },
    })
    expect(userId).toBeNull()
    expect((await chat(key)).status).toBe(200)
    const { data } = await client(key).apiKeys.getCurrentKeyMetadata()
    expect(data).toMatchObject({ limit: 2.5, isManagementKey: false })
    const again = client().oAuth.exchangeAuthCodeForAPIKey({ requestBody: { code, codeVerifier } })
    expect(await failureOf(again)).toBeInstanceOf(ForbiddenResponseError)
  })

  test("a code without the page", async () => {
    const { data } = await manager.oAuth.createAuthCode({
      requestBody: {
        callbackUrl: "https://app.example.com/back",
        codeChallenge: "a-plain-challenge",
        codeChallengeMethod: "plain",
        keyLabel: "My app",
        limit: 1,
        usageLimitType: "daily",
        expiresAt: new Date("2999-01-01T00:00:00Z"),
      },
    })
    expect(Number.isSafeInteger(data.appId)).toBe(true)
    const { key } = await client().oAuth.exchangeAuthCodeForAPIKey({
      requestBody: { code: data.id, codeVerifier: "a-plain-challenge", codeChallengeMethod: "plain" },
    })
    const hash = new Bun.CryptoHasher("sha256").update(key).digest("hex")
    expect((await manager.apiKeys.get({ hash })).data).toMatchObject({
      name: "My app",
      limit: 1,
      limitReset: "daily",
      expiresAt: new Date("2999-01-01T00:00:00Z"),
    })
  })

  test("who may not ask for one", async () => {
    const requestBody = { callbackUrl: "https://app.example.com" }
    expect(await failureOf(client(inferenceKey).oAuth.createAuthCode({ requestBody }))).toBeInstanceOf(
      ForbiddenResponseError,
    )
    const elsewhere = manager.oAuth.createAuthCode({ requestBody: { callbackUrl: "http://app.example.com" } })
    expect(await failureOf(elsewhere)).toBeInstanceOf(BadRequestResponseError)
  })
})

describe("the page", () => {
  test("runs nothing, fetches nothing, is framed nowhere, and is kept by nobody", async () => {
    const { headers, text } = await open({ callback_url: "https://app.example.com/x" })
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' https://app.example.com; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(headers.get("x-frame-options")).toBe("DENY")
    expect(headers.get("cache-control")).toBe("no-store")
    expect(headers.get("referrer-policy")).toBe("no-referrer")
    expect(headers.get("set-cookie")).toMatch(/; Path=\/auth; HttpOnly; SameSite=Strict$/)
    expect(text).not.toContain("<script")
    expect(text).toContain('href="https://app.example.com/x?error=access_denied"')
  })

  test("what an address brings is text", async () => {
    const label = `"><script>alert(1)</script>`
    const { text } = await open({ callback_url: 'https://app.example.com/"><script>', key_label: label })
    expect(text).not.toContain("<script")
    expect(text).toContain("&lt;script&gt;alert(1)")
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ["neither address nor challenge", {}],
    ["no address", { callback_url: "app" }],
    ["plain http to another machine", { callback_url: "http://app.example.com" }],
    ["a machine that only looks like this one", { callback_url: "http://localhost.example.com" }],
    ["a script", { callback_url: "javascript:alert(1)" }],
    ["a program", { callback_url: "vscode://x/y" }],
    ["a password in the address", { callback_url: "https://a:b@app.example.com" }],
    ["a method that there is not", { callback_url: callback, code_challenge: "x", code_challenge_method: "S512" }],
    ["a challenge that is no SHA-256", { callback_url: callback, code_challenge: "x", code_challenge_method: "S256" }],
    ["a limit below nothing", { callback_url: callback, limit: "-1" }],
    ["a limit that is no number", { callback_url: callback, limit: "1e9" }],
    ["a label that is too long", { callback_url: callback, key_label: "x".repeat(101) }],
    ["a time without seconds", { callback_url: callback, expires_at: "2999-01-01T00:00Z" }],
  ])("%s: nobody is sent anywhere", async (_, query) => {
    const { status, text } = await open(query)
    expect(status).toBe(400)
    expect(text).not.toContain("<form")
    expect(text).not.toContain("href")
  })

  test("callbacks of this machine have any port", async () => {
    for (const host of ["localhost:1", "127.0.0.1:65535", "[::1]:3000"])
      expect((await open({ callback_url: `http://${host}/x` })).status).toBe(200)
  })

  test("without an address the code is shown", async () => {
    const answer = await submit(await open({ code_challenge: "shown", code_challenge_method: "plain" }), adminKey)
    expect(answer.status).toBe(200)
    const code = /<pre><code>([^<]+)</.exec(await answer.text())?.[1]
    expect((await exchange({ code, code_verifier: "shown" })).status).toBe(200)
  })

  test("a key that may not is refused on the page, which then works", async () => {
    const page = await open({ callback_url: callback })
    for (const [key, status] of [
      ["sk-unknown", 403],
      [inferenceKey, 403],
      ["", 401],
      [undefined, 401],
    ] as const) {
      const refused = await read(await submit(page, key))
      expect(refused.status).toBe(status)
      expect(refused.text).toContain('role="alert"')
      if (key) expect(refused.text).not.toContain(key)
    }
    expect((await submit(page, adminKey)).status).toBe(303)
  })

  test("a form that another page made is refused", async () => {
    const page = await open({ callback_url: callback })
    const forged = new URLSearchParams(page.form)
    forged.set("consent_token", "x".repeat(48))
    expect((await submit({ ...page, form: forged }, adminKey)).status).toBe(403)
    expect((await submit({ ...page, cookie: "" }, adminKey)).status).toBe(403)
    expect((await submit(page, adminKey, { "sec-fetch-site": "cross-site" })).status).toBe(403)
    expect((await submit(page, adminKey, { "sec-fetch-site": "same-site" })).status).toBe(403)
    expect((await submit(page, adminKey, { "sec-fetch-site": "same-origin", origin: "null" })).status).toBe(303)
  })

  test("what is allowed and what comes of it is on record, without a secret", async () => {
    const code = await allow({ callback_url: callback, key_label: "recorded" })
    const { key } = (await (await exchange({ code })).json()) as { key: string }
    const answer = await gateway.get("/admin/audit?limit=50", adminKey)
    const text = await answer.text()
    const { data } = JSON.parse(text) as { data: { action: string; kind: string; after: { name?: string } | null }[] }
    const mine = data.filter(({ after }) => after?.name === "recorded").map(({ action, kind }) => `${action} ${kind}`)
    expect(mine.toSorted()).toEqual(["allow sign-in-code", "create key"])
    for (const secret of [code, key, adminKey]) {
      expect(text).not.toContain(secret)
      expect(gateway.logged()).not.toContain(secret)
    }
  })
})

describe("the exchange", () => {
  const s256 = (verifier: string) => new Bun.CryptoHasher("sha256").update(verifier).digest("base64url")
  const asked = (verifier: string, method: "S256" | "plain") => ({
    callback_url: callback,
    code_challenge: method === "plain" ? verifier : s256(verifier),
    code_challenge_method: method,
  })
  const verifier = "v".repeat(43)

  test("one of a hundred at the same time gets a key", async () => {
    const code = await allow({ callback_url: callback, key_label: "contended" })
    const answers = await Promise.all(Array.from({ length: 100 }, () => exchange({ code })))
    expect(answers.filter(({ status }) => status === 200).length).toBe(1)
    expect(answers.filter(({ status }) => status === 403).length).toBe(99)
    const { data } = await manager.apiKeys.list({})
    expect(data.filter(({ name }) => name === "contended").length).toBe(1)
  })

  test("OpenRouter's words for what is wrong", async () => {
    const wrong = [403, 403, "Invalid code or code_verifier"]
    expect(await told(await exchange({ code: "never-was" }))).toEqual(wrong)
    const code = await allow(asked(verifier, "S256"))
    expect(await told(await exchange({ code, code_verifier: verifier, code_challenge_method: "S512" }))).toEqual([
      400,
      400,
      "Invalid code_challenge_method",
    ])
    expect(await told(await exchange({ code, code_verifier: verifier, code_challenge_method: "plain" }))).toEqual([
      400,
      400,
      "Invalid code_challenge_method",
    ])
    expect((await exchange({ code, code_verifier: verifier, code_challenge_method: null })).status).toBe(200)
    expect((await told(await exchange({})))[0]).toBe(400)
    expect((await fetch(`${gateway.url}/api/v1/auth/keys`)).status).toBe(405)
  })

  test.each<[string, "S256" | "plain", object]>([
    ["another verifier", "S256", { code_verifier: "w".repeat(43) }],
    ["no verifier", "S256", {}],
    ["the challenge itself", "S256", { code_verifier: s256(verifier) }],
    ["another plain verifier", "plain", { code_verifier: "x" }],
    ["no plain verifier", "plain", {}],
  ])("%s uses the code up (%s)", async (_, method, answer) => {
    const code = await allow(asked(verifier, method))
    expect((await told(await exchange({ code, ...answer })))[0]).toBe(403)
    expect((await exchange({ code, code_verifier: verifier })).status).toBe(403)
  })

  test("a verifier for a code without a challenge means that somebody took it away", async () => {
    const code = await allow({ callback_url: callback })
    expect((await exchange({ code, code_verifier: verifier })).status).toBe(403)
  })

  test("base64 challenges are taken as the base64url that they mean", async () => {
    const padded = new Bun.CryptoHasher("sha256").update(verifier).digest("base64")
    const code = await allow({ ...asked(verifier, "S256"), code_challenge: padded })
    expect((await exchange({ code, code_verifier: verifier })).status).toBe(200)
  })

  test("who allowed it and may not any more", async () => {
    const answer = await gateway.post(
      "/admin/keys",
      { name: "brief", kind: "management" },
      { authorization: `Bearer ${adminKey}` },
    )
    const brief = (await answer.json()) as { key: string; data: { id: string } }
    const allowed = await submit(await open({ callback_url: callback }), brief.key)
    const code = new URL(allowed.headers.get("location")!).searchParams.get("code")!
    await fetch(`${gateway.url}/admin/keys/${brief.data.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${adminKey}` },
    })
    expect((await told(await exchange({ code })))[0]).toBe(403)
  })

  test("a page in a browser may read its key", async () => {
    const code = await allow({ callback_url: callback })
    const answer = await fetch(`${gateway.url}/api/v1/auth/keys`, {
      method: "POST",
      headers: { origin: "https://app.example.com" },
      body: JSON.stringify({ code }),
    })
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"])
  })
})
