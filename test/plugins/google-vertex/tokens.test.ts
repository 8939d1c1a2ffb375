import { afterAll, afterEach, describe, expect, test } from "bun:test"
import { project } from "../../kit/fake-vertex.ts"
import { askSigned, failureOf, textOf } from "../../kit/signed-client.ts"
import { chat } from "../../kit/wire-client.ts"
import { startRig } from "./kit.ts"

const rig = await startRig()
const { fake } = rig
afterAll(() => fake.stop())
afterEach(() => {
  fake.refusal = undefined
  fake.hold = undefined
})

const hello = (provider: ReturnType<typeof rig.create>, signal?: AbortSignal) =>
  askSigned(provider, "gemini-2.5-flash", chat({ text: "hello" }), signal)
const minutes = 60_000

describe("a service account's token", () => {
  test("is exchanged for a signed assertion, and kept", async () => {
    const provider = rig.create()
    const before = fake.issued()
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
    await hello(provider)
    expect(fake.issued() - before).toBe(1)
  })

  test("is renewed five minutes before it expires, not earlier", async () => {
    const provider = rig.create()
    await hello(provider)
    const before = fake.issued()
    fake.now += 54 * minutes
    await hello(provider)
    expect(fake.issued() - before).toBe(0)
    // The old one serves meanwhile; shortly before its end the new one is waited for.
    fake.now += 1 * minutes
    await hello(provider)
    fake.now += 4.7 * minutes
    await hello(provider)
    expect(fake.issued() - before).toBe(1)
  })

  test("is renewed once, however many ask", async () => {
    const provider = rig.create()
    const before = fake.issued()
    const gate = Promise.withResolvers<void>()
    fake.hold = gate.promise
    const all = Array.from({ length: 8 }, () => hello(provider))
    gate.resolve()
    expect(await Promise.all(all)).toHaveLength(8)
    expect(fake.issued() - before).toBe(1)
  })

  test("is fetched anew after the upstream refused it", async () => {
    const provider = rig.create()
    await hello(provider)
    fake.revoke()
    expect((await failureOf(() => hello(provider))).code).toBe("provider_auth")
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
  })

  test("that still holds is used while renewing fails", async () => {
    const provider = rig.create()
    await hello(provider)
    fake.now += 56 * minutes
    fake.refusal = { status: 503, body: "try later" }
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
    fake.now += 10 * minutes
    expect((await failureOf(() => hello(provider))).code).toBe("provider_auth")
  })
})

describe("who leaves", () => {
  test("while waiting leaves alone", async () => {
    const provider = rig.create()
    const gate = Promise.withResolvers<void>()
    fake.hold = gate.promise
    const leaver = new AbortController()
    const [left, stays] = [hello(provider, leaver.signal), hello(provider)]
    leaver.abort(new Error("client gone"))
    expect((await failureOf(() => left)).message).toBe("client gone")
    gate.resolve()
    expect(textOf((await stays).parts)).toContain("Hello")
  })

  test("as the last ends the fetch, and the next begins another", async () => {
    const provider = rig.create()
    const gate = Promise.withResolvers<void>()
    fake.hold = gate.promise
    const leaver = new AbortController()
    const left = hello(provider, leaver.signal)
    leaver.abort(new Error("client gone"))
    expect((await failureOf(() => left)).message).toBe("client gone")
    fake.hold = undefined
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
    gate.resolve()
  })
})

describe("a token that cannot be had is provider_auth and says what to look at", () => {
  const refused = async (more: Parameters<typeof rig.create>[0] = {}) => {
    const error = await failureOf(() => hello(rig.create(more)))
    expect(error.code).toBe("provider_auth")
    expect(error.provider).toBe("google-vertex")
    return error.message
  }

  test("refused, in Google's words", async () => {
    const keyFile = { ...fake.keyFile, client_email: "somebody@else" }
    const message = await refused({ options: { service_account: keyFile } })
    expect(message).toContain("invalid_grant: Invalid JWT Signature.")
    expect(message).toContain("clock")
  })
  test("a wrong clock", async () => {
    const error = await failureOf(() => hello(rig.create({}, -600 * minutes)))
    expect(error.code).toBe("provider_auth")
    expect(error.message).toContain("this machine's clock")
  })
  test("a page of HTML", async () => {
    fake.refusal = { status: 502, body: "<html>Bad gateway</html>" }
    expect(await refused()).toContain("status 502")
  })
  test("an answer without a token", async () => {
    fake.refusal = { status: 200, body: { id_token: "x" } }
    expect(await refused()).toContain("without an access token")
  })
  test("nobody there", async () => {
    const service_account = { ...fake.keyFile, token_uri: "http://127.0.0.1:1/token" }
    expect(await refused({ options: { service_account } })).toContain("cannot be reached")
  })
  test("a key that cannot be read, of which nothing is shown", async () => {
    const private_key = "-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----"
    const message = await refused({ options: { service_account: { ...fake.keyFile, private_key } } })
    expect(message).toContain("private_key cannot be read")
    expect(message).not.toContain("hunter2")
  })
})

describe("other ways to a token", () => {
  test("the metadata server", async () => {
    const provider = rig.create({ options: { project, metadata: `${fake.url}/` } })
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
    fake.refusal = { status: 404, body: "no service account" }
    fake.now += 120 * minutes
    expect((await failureOf(() => hello(provider))).message).toContain("has a service account")
  })
  test("a user's own login", async () => {
    const login = { type: "authorized_user", client_id: "c", client_secret: "s", token_uri: `${fake.url}/token` }
    const good = rig.create({ options: { project, service_account: { ...login, refresh_token: "refresh-me" } } })
    expect(textOf((await hello(good)).parts)).toContain("Hello")
    const bad = rig.create({ options: { project, service_account: { ...login, refresh_token: "old" } } })
    expect((await failureOf(() => hello(bad))).message).toContain("gcloud auth application-default login")
  })
  test("a ready one", async () => {
    const provider = rig.create({ options: { project, access_token: "ready-token" } })
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
  })
  test("express mode's key", async () => {
    const provider = rig.create({ apiKey: "express-key", options: {} })
    expect(textOf((await hello(provider)).parts)).toContain("Hello")
    const wrong = rig.create({ apiKey: "other", options: {} })
    expect((await failureOf(() => hello(wrong))).code).toBe("provider_auth")
  })
})
