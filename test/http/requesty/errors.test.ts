import { afterAll, beforeAll, describe, expect, setSystemTime, test } from "bun:test"
import { generateText } from "ai-6"
import { RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"
import { createRequestyModel } from "../sdk/ai-sdk.ts"

const gateway = await startGateway({})
afterAll(async () => {
  await gateway.stop()
  setSystemTime()
})
const admin = new RequestyManagement(gateway.url, adminKey)

/** Keys in every state that a key can be in. */
const tokens: Record<string, string> = { unknown: "rqsty-sk-unknown", inference: inferenceKey, admin: adminKey }

const ask = (method: string, path: string, token?: string, body?: string) =>
  fetch(gateway.url + path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: token }),
    },
    ...(body === undefined ? {} : { body }),
  })

beforeAll(async () => {
  const deleted = await admin.createKey({ name: "deleted" })
  await admin.deleteKey(deleted.api_key_id)
  const disabled = await admin.createKey({ name: "disabled" })
  await ask("PATCH", `/admin/keys/${disabled.api_key_id}`, `Bearer ${adminKey}`, '{"disabled": true}')
  const expired = await admin.createKey({ name: "expired" })
  const end = Date.now() + 60_000
  await admin.expireKey(expired.api_key_id, new Date(end).toISOString())
  setSystemTime(end)
  const reader = await admin.createKey({ name: "reader", permissions: { manage: "read", completions: "none" } })
  Object.assign(tokens, {
    deleted: deleted.api_key,
    disabled: disabled.api_key,
    expired: expired.api_key,
    reader: reader.api_key,
  })
})

/** Each route asked for in a way that must fail; the words are those by which clients know what happened. */
const rows: readonly (readonly [
  what: string,
  method: string,
  path: string,
  token: string | undefined,
  body: string | undefined,
  status: number,
  code: string,
  words: string,
])[] = [
  ["no key", "GET", "/v1/manage/apikey", undefined, undefined, 401, "missing_api_key", "Unauthorized"],
  ["no key", "GET", "/v1/auth/check", undefined, undefined, 401, "missing_api_key", "Unauthorized"],
  ["no key", "GET", "/x/apikey", undefined, undefined, 401, "missing_api_key", "Unauthorized"],
  ["no key", "POST", "/v1/feedback", undefined, "{}", 401, "missing_api_key", "Unauthorized"],
  ["no key", "GET", "/v1/manage/apikey/self", undefined, undefined, 401, "missing_api_key", "Unauthorized"],
  ...(["unknown", "deleted", "expired", "disabled"] as const).flatMap((state) => {
    const code = {
      unknown: "invalid_api_key",
      deleted: "invalid_api_key",
      expired: "key_expired",
      disabled: "key_disabled",
    }
    return (
      ["/v1/manage/apikey", "/v1/api-keys", "/v1/manage/apikey/self", "/v1/auth/check", "/x/apikey"] as const
    ).map(
      (path) =>
        [`${state} key`, "GET", path, state, undefined, 403, code[state], "Invalid authorization token"] as const,
    )
  }),
  ...(["/v1/manage/apikey", "/v1/manage/group", "/v1/manage/org", "/v1/manage/org/usage", "/v1/api-keys"] as const).map(
    (path) =>
      [
        "inference key",
        "GET",
        path,
        "inference",
        undefined,
        403,
        "wrong_key_kind",
        "API key does not have manage permissions: manage read permission required",
      ] as const,
  ),
  [
    "reading key",
    "POST",
    "/v1/manage/group",
    "reader",
    '{"name":"x"}',
    403,
    "forbidden",
    "manage write permission required",
  ],
  ["broken JSON", "POST", "/v1/manage/apikey", "admin", "{", 400, "invalid_json", "The body is not valid JSON"],
  ["a list", "POST", "/v1/api-keys", "admin", "[]", 400, "invalid_request", "The body must be a JSON object"],
  ["nothing", "GET", "/v1/manage/apikey/x", "admin", undefined, 404, "not_found", "not found"],
  ["nothing", "GET", "/v1/manage/group/x", "admin", undefined, 404, "not_found", "There is no group"],
  ["nothing", "GET", "/v1/manage/access-list/x", "admin", undefined, 404, "not_found", "There is no access list"],
  ["nothing", "DELETE", "/v1/manage/service-account/x", "admin", undefined, 404, "not_found", "There is no service"],
  ["another method", "PUT", "/v1/manage/org", "admin", "{}", 405, "method_not_allowed", "/v1/manage/org takes"],
  [
    "a key of the file",
    "DELETE",
    "/v1/manage/apikey/self",
    "admin",
    undefined,
    409,
    "conflict",
    'The key "admin_key" belongs to the configuration file',
  ],
]

describe("what is refused is told in the form that Requesty's SDK reads", () => {
  test.each(rows)("%s: %s %s", async (_, method, path, token, body, status, code, words) => {
    const answer = await ask(method, path, token === undefined ? undefined : `Bearer ${tokens[token]}`, body)
    const told = (await answer.json()) as { error: { message: string } }
    expect(answer.status).toBe(status)
    // Its SDK shows the message only where `type` is a text, `param` is there, and `code` is a text or null.
    expect(told.error.message).toStartWith(words)
    expect<unknown>(told).toEqual({
      error: { origin: "router", message: told.error.message, type: expect.any(String), param: null, code },
    })
    expect(JSON.stringify(told)).not.toContain(tokens[token ?? ""] ?? "no key")
  })

  test.each(["Bearer ", "Bearer", "Basic eDp5", ""])("a header %p has no key in it", async (header) => {
    expect((await ask("GET", "/v1/manage/apikey", header)).status).toBe(401)
  })
})

describe("Requesty's SDK shows the message, and not only the status", () => {
  test.each([
    ["unknown", "Invalid authorization token"],
    ["expired", "Invalid authorization token"],
    ["disabled", "Invalid authorization token"],
    ["listed", "Provider blocked by policy"],
    ["admin", "management key"],
  ])("of a key that is %s", async (state, words) => {
    if (state === "listed") {
      const id = await admin.createAccessList({ name: "others", chat: ["other/*"] })
      tokens.listed = (await admin.createKey({ name: "listed", access_list_id: id })).api_key
    }
    const target = { baseUrl: `${gateway.url}/v1`, apiKey: tokens[state]!, model: "mock/echo", priced: true }
    const model = createRequestyModel(target)
    await expect(generateText({ model, prompt: "x", maxRetries: 0 })).rejects.toThrow(words)
  })
})

test("a key in the address is refused, whatever it may do", async () => {
  const answer = await ask("GET", `/v1/manage/apikey?api_key=${adminKey}`, `Bearer ${adminKey}`)
  expect(answer.status).toBe(400)
})

test("an organisation without credits, and one that is suspended", async () => {
  const prepaid = await startGateway({ organisation: { credits: "prepaid" } })
  const chat = () => prepaid.chat({ model: "mock/echo", messages: [{ role: "user", content: "x" }] })
  const poor = await chat()
  expect(poor.status).toBe(402)
  expect(await poor.json()).toMatchObject({ error: { message: expect.stringMatching(/^Insufficient balance/) } })
  const shown = await new RequestyManagement(prepaid.url, adminKey).organisation()
  expect(shown).toMatchObject({ balance: "0", currency: "USD" })
  const suspend = await fetch(`${prepaid.url}/admin/organisation`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${adminKey}` },
    body: JSON.stringify({ suspended: true }),
  })
  expect(suspend.status).toBe(200)
  const restricted = await chat()
  expect(restricted.status).toBe(403)
  expect(await restricted.json()).toMatchObject({ error: { message: expect.stringMatching(/^account restricted/) } })
  await prepaid.stop()
})
