import { expect, test } from "bun:test"
import { createKeys } from "../../../src/accounts/keys.ts"
import { createApp } from "../../../src/http/app.ts"
import type { HttpServices } from "../../../src/http/services.ts"
import { plainStandings } from "../../kit/standing.ts"

const keys = createKeys({
  stored: [],
  commit: async () => [],
  clock: { now: () => 1000 },
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
})
const services = (openMetrics: boolean) =>
  ({
    keys,
    standings: plainStandings,
    openMetrics,
    metricsText: () => "up 1\n",
    newRequestId: () => "req_1",
    addressOf: () => undefined,
  }) as Partial<HttpServices> as HttpServices

const ask = async (openMetrics: boolean, token?: string): Promise<number> => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return (await createApp(services(openMetrics)).handle(new Request("http://localhost/metrics", { headers }))).status
}

test("where others can reach the gateway, metrics are for those who manage it", async () => {
  const manages = await keys.create({ name: "manages", kind: "management" })
  const calls = await keys.create({ name: "calls", kind: "inference" })
  const reads = await keys.create({ name: "reads", kind: "management", details: { manage: "read", role: "viewer" } })
  const member = await keys.create({ name: "member", kind: "management", details: { role: "member" } })
  expect(await ask(true)).toBe(200)
  expect(await ask(false)).toBe(401)
  expect(await ask(false, "nobody")).toBe(403)
  expect(await ask(false, calls.token)).toBe(403)
  expect(await ask(false, member.token)).toBe(403)
  expect(await ask(false, reads.token)).toBe(200)
  expect(await ask(false, manages.token)).toBe(200)
})
