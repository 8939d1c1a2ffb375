import { afterAll, expect, test } from "bun:test"
import { OpenRouter } from "openrouter-sdk-0"
import {
  BadRequestResponseError,
  ForbiddenResponseError,
  NotFoundResponseError,
  UnauthorizedResponseError,
} from "openrouter-sdk-0/models/errors"
import { adminKey, startGateway } from "../../kit/gateway.ts"

/** Keys and sign-in as an SDK of an earlier generation calls and checks them. */
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

test("a key's life", async () => {
  const expiresAt = new Date("2999-01-01T00:00:00Z")
  const { key, data } = await manager.apiKeys.create({
    requestBody: { name: "old", limit: 5, limitReset: "weekly", includeByokInLimit: false, expiresAt },
  })
  expect(data).toMatchObject({ name: "old", limit: 5, limitRemaining: 5, limitReset: "weekly", expiresAt })
  const { hash } = data
  expect((await manager.apiKeys.get({ hash })).data).toMatchObject({ hash, usage: 0, byokUsageMonthly: 0 })
  expect((await manager.apiKeys.list({ includeDisabled: "true", offset: "0" })).data[0]?.hash).toBe(hash)
  const changed = await manager.apiKeys.update({
    hash,
    requestBody: { limit: null, limitReset: null, disabled: false },
  })
  expect(changed.data).toMatchObject({ limit: null, limitReset: null, disabled: false })
  const current = await client(key).apiKeys.getCurrentKeyMetadata()
  expect(current.data).toMatchObject({ label: data.label, isManagementKey: false, isProvisioningKey: false })
  expect((await manager.apiKeys.getCurrentKeyMetadata()).data.isProvisioningKey).toBe(true)
  expect(await manager.apiKeys.delete({ hash })).toEqual({ deleted: true })
})

test("sign-in", async () => {
  const { codeChallenge, codeVerifier } = await client().oAuth.createSHA256CodeChallenge()
  const url = await client().oAuth.createAuthorizationUrl({
    callbackUrl: "https://app.example.com/back",
    codeChallenge,
    codeChallengeMethod: "S256",
  })
  expect((await fetch(url)).status).toBe(200)
  const { data } = await manager.oAuth.createAuthCode({
    requestBody: { callbackUrl: "https://app.example.com/back", codeChallenge, codeChallengeMethod: "S256", limit: 1 },
  })
  const { key } = await client().oAuth.exchangeAuthCodeForAPIKey({
    requestBody: { code: data.id, codeVerifier, codeChallengeMethod: "S256" },
  })
  expect((await client(key).apiKeys.getCurrentKeyMetadata()).data.limit).toBe(1)
})

test("failures are its own", async () => {
  const attempts: readonly [Promise<unknown>, new (...args: never[]) => Error][] = [
    [client("sk-unknown").apiKeys.list(), UnauthorizedResponseError],
    [manager.apiKeys.create({ requestBody: { name: "" } }), BadRequestResponseError],
    [manager.apiKeys.get({ hash: "none" }), NotFoundResponseError],
    [client().oAuth.exchangeAuthCodeForAPIKey({ requestBody: { code: "none" } }), ForbiddenResponseError],
    [manager.oAuth.createAuthCode({ requestBody: { callbackUrl: "ftp://x" } }), BadRequestResponseError],
  ]
  for (const [attempt, type] of attempts) expect(await failureOf(attempt)).toBeInstanceOf(type)
})
