import { afterAll, beforeAll, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { adminKey } from "../../kit/gateway.ts"
import { type Rig, startRig } from "./kit.ts"

let rig: Rig
let sdk: OpenRouter
beforeAll(async () => {
  rig = await startRig()
  sdk = new OpenRouter({
    apiKey: adminKey,
    serverURL: `${rig.gateway.url}/api/v1`,
    retryConfig: { strategy: "none" },
  })
})
afterAll(() => rig.stop())

/** What is configured here is none of the SDK's words, which it lets through. */
const provider = "vendor" as never
const secret = "sk-brought-by-somebody-0123456789"

test("a credential of every field comes back as it was brought, but for itself", async () => {
  const { id: keyHash } = await rig.admin.key({ name: "mine" })
  const member = await rig.admin.memberKey("member")
  const { data } = await sdk.byok.create({
    createBYOKKeyRequest: {
      provider,
      key: secret,
      name: "research",
      allowedModels: ["test/model"],
      allowedApiKeyHashes: [keyHash],
      allowedUserIds: [member.memberId],
      declaredZdr: true,
      isRequired: true,
    },
  })
  expect(data).toMatchObject({
    provider,
    name: "research",
    label: "sk-b…6789",
    workspaceId: "00000000-0000-4000-8000-000000000000",
    disabled: false,
    isFallback: false,
    isRequired: true,
    isByokOnly: false,
    declaredZdr: true,
    sortOrder: 0,
    allowedModels: ["test/model"],
    allowedApiKeyHashes: [keyHash],
    allowedUserIds: [member.memberId],
  })
  expect(await sdk.byok.get({ id: data.id })).toEqual({ data })
  const changed = await sdk.byok.update({
    id: data.id,
    updateBYOKKeyRequest: {
      key: "sk-another-one-9876543210",
      name: null,
      allowedModels: null,
      allowedApiKeyHashes: null,
      allowedUserIds: null,
      declaredZdr: null,
      isRequired: false,
      disabled: true,
    },
  })
  expect(changed.data).toMatchObject({
    name: null,
    label: "sk-…210",
    disabled: true,
    isRequired: false,
    declaredZdr: null,
    allowedModels: null,
    allowedApiKeyHashes: null,
    allowedUserIds: null,
  })
  const second = await sdk.byok.create({ createBYOKKeyRequest: { provider, key: secret, isFallback: true } })
  expect(second.data.sortOrder).toBe(1)
  const found: string[] = []
  for await (const { result } of await sdk.byok.list({ limit: 1 })) found.push(...result.data.map(({ id }) => id))
  expect(found).toEqual([data.id, second.data.id])
  for (const { id } of [data, second.data]) expect(await sdk.byok.delete({ id })).toEqual({ deleted: true })
  await expect(sdk.byok.get({ id: data.id })).rejects.toThrow("There is no upstream key")
})

test("belongs to a workspace, and is listed there", async () => {
  const { data } = await rig.admin.ok("POST", "/api/v1/workspaces", { name: "lab", slug: "lab" })
  const inside = await rig.bring({ key: secret, workspace_id: data.id })
  const everywhere = await rig.bring({ key: secret, workspace_id: null })
  const list = async (query: string) =>
    (await rig.admin.ok("GET", `/api/v1/byok${query}`)).data.map(({ id }: { id: string }) => id)
  expect(await list(`?workspace_id=${data.id}`)).toEqual([inside, everywhere])
  expect(await list("")).toEqual([everywhere])
  expect(await list("?provider=bare")).toEqual([])
  await rig.admin.ok("DELETE", `/api/v1/workspaces/${data.id}`)
  await rig.admin.refused(404, "GET", `/api/v1/byok/${inside}`)
  await rig.admin.ok("DELETE", `/api/v1/byok/${everywhere}`)
})

test.each([
  [{ provider: "nobody", key: secret }, "provider"],
  [{ provider: "openai-compatible", key: secret }, "provider"],
  [{ provider: "vendor" }, "key"],
  [{ provider: "vendor", key: "two\nlines" }, "key"],
  [{ provider: "vendor", key: secret, allowed_models: [] }, "allowed_models"],
  [{ provider: "vendor", key: secret, allowed_api_key_hashes: ["nobody's"] }, "allowed_api_key_hashes[0]"],
  [{ provider: "vendor", key: secret, allowed_user_ids: ["nobody"] }, "allowed_user_ids[0]"],
  [{ provider: "vendor", key: secret, workspace_id: "nowhere" }, "workspace_id"],
  [{ provider: "vendor", key: secret, is_fallback: true, is_byok_only: true }, "is_byok_only"],
  [{ provider: "vendor", key: secret, sort_order: -1 }, "sort_order"],
  [{ provider: "vendor", key: secret, prio: 1 }, "prio"],
])("%j is refused", async (body, param) => {
  const error = await rig.admin.refused(400, "POST", "/api/v1/byok", body)
  expect(error.metadata.param).toBe(param)
  expect(JSON.stringify(error)).not.toContain(secret)
})
