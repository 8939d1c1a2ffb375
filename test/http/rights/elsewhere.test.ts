import { afterAll, beforeAll, expect, test } from "bun:test"
import { randomBytes } from "node:crypto"
import { type Accounts, openAccounts } from "../../../src/accounts/open-accounts.ts"
import type { Store } from "../../../src/store/open-store.ts"
import { adminOf } from "../../kit/admin.ts"
import { configOf } from "../../kit/config.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"
import { openTestStore, recordingLog } from "../../store/support.ts"

/** What another process writes into the store of a gateway holds there with the next look, which a reload is. */

let gateway: TestGateway
let store: Store
let other: Accounts

beforeAll(async () => {
  gateway = await startGateway()
  store = await openTestStore(gateway.gateway.dataDir, { busyMs: 5000 })
  const config = await configOf(undefined)
  other = await openAccounts(store, {
    clock: Date,
    log: recordingLog(),
    randomBytes,
    config: () => config,
    shared: true,
  })
})
afterAll(async () => {
  await store?.close()
  await gateway?.stop()
})

const asks = async (token: string): Promise<number> => {
  const response = await gateway.get("/v1/auth/check", token)
  await response.text()
  return response.status
}

test("keys and members of another gateway, and that they are gone again", async () => {
  const admin = adminOf(gateway)
  const actor = { name: "another gateway" }
  await other.directory.change(actor, () => ({
    steps: [{ kind: "member", id: "user_1", body: { email: "far@example.test", role: "member", limitReset: "never" } }],
  }))
  const { token, principal } = await other.keys.create({ name: "far", kind: "inference" }, actor)
  expect(await asks(token)).toBe(403)
  await admin.ok("POST", "/admin/reload")
  expect(await asks(token)).toBe(200)
  expect((await admin.ok("GET", "/admin/members/far@example.test")).data.id).toBe("user_1")

  await other.keys.delete(principal.keyId, actor)
  await admin.ok("POST", "/admin/reload")
  expect(await asks(token)).toBe(403)
})
