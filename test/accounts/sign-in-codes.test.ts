import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type CodeGrant, createSignInCodes } from "../../src/accounts/sign-in-codes.ts"
import { GatewayError } from "../../src/contract/errors.ts"
import type { Statement } from "../../src/store/executor.ts"
import { openStore } from "../../src/store/open-store.ts"
import { settings } from "../../src/store/schema.ts"
import { createLogger } from "../../src/telemetry/logger.ts"
import { createRedactor } from "../../src/telemetry/redact.ts"

const NOW = Date.UTC(2026, 2, 4, 12)
const dataDir = mkdtempSync(join(tmpdir(), "signalbox-codes-"))
const clock = { time: NOW, now: () => clock.time }
const log = createLogger({
  level: "error",
  format: "json",
  redactor: createRedactor(),
  now: clock.now,
  write: () => {},
})
let ids = 0
const store = await openStore({
  dataDir,
  flushMs: 10,
  queueRows: 100,
  durability: "strict",
  log,
  clock,
  newId: () => `id${++ids}`,
})
afterAll(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

let seed = 0
const randomBytes = (count: number) => {
  const bytes = new Uint8Array(count)
  new DataView(bytes.buffer).setUint32(0, ++seed)
  return bytes
}
/** Two gateways of one store. */
const [here, there] = [
  createSignInCodes({ store, clock, randomBytes }),
  createSignInCodes({ store, clock, randomBytes }),
]
const grant: CodeGrant = { managerKeyId: "m", name: "n", limitReset: "never", application: "https://app.example.com" }
const by = { name: "test" }
const commit = async (_: CodeGrant, beside: readonly Statement[]) => {
  await store.writer.commit([...beside])
  return "made"
}
const outcome = (promise: Promise<unknown>) =>
  promise.catch((thrown: unknown) => (GatewayError.is(thrown) ? thrown.message : thrown))
const rows = () => store.read.select().from(settings)

test("a code leads to what was granted, once, and is nowhere in the store", async () => {
  const { code } = await here.issue(grant, by)
  expect(JSON.stringify(await rows())).not.toContain(code)
  expect(await here.redeem(code, async (found, beside) => [found, await commit(found, beside)])).toEqual([
    grant,
    "made",
  ])
  expect(await outcome(here.redeem(code, commit))).toBe("Invalid code or code_verifier")
})

test("of two gateways that are asked at the same time one has it", async () => {
  for (let round = 0; round < 10; round += 1) {
    const { code } = await here.issue(grant, by)
    const outcomes = await Promise.all([outcome(here.redeem(code, commit)), outcome(there.redeem(code, commit))])
    expect(outcomes.toSorted()).toEqual(["Invalid code or code_verifier", "made"])
  }
})

test("it works for ten minutes, is told to have expired for an hour, and then is forgotten", async () => {
  const [early, late] = [await here.issue(grant, by), await here.issue(grant, by)]
  clock.time += 599_999
  expect(await outcome(here.redeem(early.code, commit))).toBe("made")
  clock.time += 1
  expect(await outcome(here.redeem(late.code, commit))).toBe("Authorization code expired")
  clock.time += 3_600_001
  await here.issue(grant, by)
  expect(await outcome(here.redeem(late.code, commit))).toBe("Invalid code or code_verifier")
  expect((await rows()).filter(({ name }) => name.startsWith("sign-in-code/")).length).toBe(1)
})

test("a refusal uses it up; what went wrong otherwise does not", async () => {
  const fail = (error: GatewayError) => async () => {
    throw error
  }
  const refused = await here.issue(grant, by)
  expect(await outcome(here.redeem(refused.code, fail(new GatewayError("forbidden", "no"))))).toBe("no")
  expect(await outcome(there.redeem(refused.code, commit))).toBe("Invalid code or code_verifier")
  const again = await here.issue(grant, by)
  expect(await outcome(here.redeem(again.code, fail(new GatewayError("invalid_request", "what?"))))).toBe("what?")
  expect(await outcome(here.redeem(again.code, commit))).toBe("made")
})

test("no more than a thousand wait", async () => {
  await store.writer.commit([
    {
      sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
insert into settings (name, value) select 'sign-in-code/' || i, json_object('expiresAt', ?) from n`,
      args: [clock.time + 600_000],
    },
  ])
  expect(await outcome(here.issue(grant, by))).toMatch(/^1000 codes wait/)
  clock.time += 600_000
  expect(await outcome(here.issue(grant, by))).toMatchObject({ createdAtMs: clock.time })
})
