import { afterAll, expect, test } from "bun:test"
import { randomBytes } from "node:crypto"
import { openAccounts } from "../../../src/accounts/open-accounts.ts"
import { generationsBetween } from "../../../src/ledger/history.ts"
import type { Spending } from "../../../src/store/spending.ts"
import { configOf } from "../../kit/config.ts"
import { startGateway } from "../../kit/gateway.ts"
import { startLongUpstream } from "../../kit/long-upstream.ts"
import { newFolder, openTestStore, recordingLog, removeFolders } from "../../store/support.ts"

afterAll(removeFolders)

const usd = 1_000_000_000
const config = await configOf(undefined)
const clock = { now: Date.now }

/** Each answer is 30 words at 10 USD per million, after some input at 1. */
const words = 30
/** Nano-dollars that pay for about so many answers. */
const answers = (count: number) => count * words * 10_000

/** Three keys of one member of one group, and one of another member; every owner has a limit, and the tightest is somewhere in the middle. */
async function prepare(folder: string): Promise<readonly string[]> {
  const store = await openTestStore(folder)
  const { keys, directory } = await openAccounts(store, {
    clock,
    log: recordingLog(),
    randomBytes,
    config: () => config,
  })
  const limited = (count: number) => ({ limitNano: answers(count), limitReset: "monthly" as const })
  const member = { role: "member" as const, rates: { concurrency: 500 } }
  await directory.change({ name: "test" }, () => ({
    steps: [
      { kind: "member", id: "m", body: { email: "m@example.com", ...member, ...limited(90) } },
      { kind: "member", id: "n", body: { email: "n@example.com", ...member, ...limited(1000) } },
      {
        kind: "group",
        id: "g",
        body: {
          name: "g",
          ...limited(110),
          members: ["m", "n"].map((memberId) => ({ memberId, role: "member" as const, joinedAt: 1 })),
        },
      },
      { kind: "guardrail", id: "r", body: { name: "r", limitNano: answers(40), resetInterval: "daily" } },
    ],
  }))
  const owners = ["m", "m", "m", "n"]
  const made = await Promise.all(
    owners.map((id, index) =>
      keys.create({
        name: `k${index}`,
        kind: "inference",
        ...limited([35, 100, 1000, 1000][index]!),
        details: { owner: { kind: "member", id } },
      }),
    ),
  )
  const { keyId } = made[1]!.principal
  await directory.change({ name: "test" }, () => ({
    steps: [
      {
        kind: "guardrail-assignment",
        id: `key:${keyId}`,
        body: { publicId: "a", guardrailId: "r", keyId },
      },
    ],
  }))
  await store.close()
  return made.map(({ token }) => token)
}

test("hundreds at once with limits everywhere: none is passed, and every sum is the sum of the ledger", async () => {
  const folder = newFolder()
  const tokens = await prepare(folder)
  const upstream = startLongUpstream({ words })
  const gateway = await startGateway({
    data_dir: folder,
    organisation: { limit: answers(150) / usd, limit_reset: "weekly" },
    providers: [
      {
        id: "p",
        plugin: "openai-compatible",
        base_url: upstream.url,
        api_key: "k",
        models: [{ id: "test/model", upstream: "m", price: { input: 1, output: 10 }, max_output: 128_000 }],
      },
    ],
  })
  const from = Date.now() - 1
  const ask = async (index: number): Promise<number> => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${tokens[index % tokens.length]}` },
      body: JSON.stringify({
        model: "test/model",
        messages: [{ role: "user", content: "hi" }],
        stream: index % 3 !== 0,
        ...(index % 5 === 0 ? {} : { max_tokens: 30 + (index % 7) }),
      }),
    })
    await response.text()
    return response.status
  }
  const statuses: number[] = []
  // As many at once as come at once, and again: what was held and not spent is free for the next ones.
  for (let wave = 0; wave < 6; wave++)
    statuses.push(...(await Promise.all(Array.from({ length: 100 }, (_, index) => ask(wave * 100 + index)))))
  const answered = statuses.filter((status) => status === 200).length
  expect([...new Set(statuses)].sort()).toEqual([200, 412])
  expect(answered).toBeGreaterThan(90)
  expect(upstream.count).toBe(answered)
  const metrics = await (await gateway.get("/metrics", "none")).text()
  expect(metrics).toMatch(/^signalbox_budget_holds 0$/m)
  expect(metrics).toMatch(/^signalbox_budget_held_usd 0$/m)
  expect(metrics).toMatch(/^signalbox_rated_requests_in_flight 0$/m)
  expect(metrics).toMatch(/^signalbox_budget_overruns_total 0$/m)
  await gateway.stop()
  await upstream.stop()

  const store = await openTestStore(folder)
  let ledgerNano = 0
  let rows = 0
  for await (const row of generationsBetween(store.writer.query, from, Date.now() + 1000)) {
    ledgerNano += row.costNano
    if (row.costNano > 0) rows++
  }
  expect(rows).toBe(answered)
  const spent = (await store.writer.query({
    sql: "select account, spent_nano as spentNano from spending where day = 0",
    args: [],
  })) as unknown as Pick<Spending, "account" | "spentNano">[]
  const of = (prefix: string) =>
    spent.filter(({ account }) => account.startsWith(prefix)).reduce((sum, one) => sum + one.spentNano, 0)
  for (const prefix of ["key:", "member:", "group:", "group-member:", "project:", "organisation"])
    expect([prefix, of(prefix)]).toEqual([prefix, ledgerNano])
  expect(of("member:m")).toBeLessThanOrEqual(answers(90))
  expect(of("group:g")).toBeLessThanOrEqual(answers(110))
  expect(of("organisation")).toBeLessThanOrEqual(answers(150))
  expect(
    Math.max(...spent.filter(({ account }) => account.startsWith("key:")).map(({ spentNano }) => spentNano)),
  ).toBeLessThanOrEqual(answers(110))

  // A restart knows the same.
  const { budgets } = await openAccounts(store, { clock, log: recordingLog(), randomBytes, config: () => config })
  expect(budgets.snapshotOf("group:g", Date.now())).toMatchObject({ heldNano: 0, usage: { total: of("group:g") } })
  await store.close()
}, 30_000)
