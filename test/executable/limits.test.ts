import { expect, test } from "bun:test"
import { rmSync } from "node:fs"
import { startExecutable } from "../kit/executable.ts"

const limit = 0.004
const yaml = `admin_key: limits-admin-0123456789
ledger: { durability: strict }
organisation: { limit: ${limit}, limit_reset: monthly }
keys:
  - { name: one, key: limits-key-one-0123456789, limit: 0.003, limit_reset: monthly }
  - { name: two, key: limits-key-two-0123456789, limit: 0.003, limit_reset: monthly }
`
const tokens = ["limits-key-one-0123456789", "limits-key-two-0123456789"]

interface Answer {
  readonly status: number
  /** USD; 0 where it was refused. */
  readonly cost: number
}

async function ask(url: string, token: string, stream: boolean): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({
        model: "mock/echo",
        messages: [{ role: "user", content: "remember what this has cost" }],
        max_tokens: 50,
        ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
      }),
    })
    const text = await response.text()
    const cost = /"cost":([0-9.e-]+)/.exec(text)?.[1]
    return { status: response.status, cost: response.ok ? Number(cost) : 0 }
  } catch {
    return undefined
  }
}

const usageOf = async (url: string, token: string) =>
  (
    (await (await fetch(`${url}/api/v1/key`, { headers: { authorization: `Bearer ${token}` } })).json()) as {
      data: { usage: number; limit_held: number }
    }
  ).data

test("kill -9 under load: what was answered is counted, nothing stays held, and no limit is passed before or after", async () => {
  const first = await startExecutable({ yaml })
  let toldUsd = 0
  let stopped = false
  let count = 0
  const worker = async (index: number) => {
    while (!stopped) {
      const answer = await ask(first.url, tokens[index % 2]!, index % 3 === 0)
      if (!answer) return
      toldUsd += answer.cost
      // In the middle: the limits are not used up yet.
      if (++count === 120) {
        stopped = true
        await first.kill()
      }
    }
  }
  await Promise.all(Array.from({ length: 12 }, (_, index) => worker(index)))
  const second = await startExecutable({ yaml, cwd: first.cwd })
  const afterKill = await Promise.all(tokens.map((token) => usageOf(second.url, token)))
  const counted = afterKill.reduce((sum, { usage }) => sum + usage, 0)
  expect(toldUsd).toBeGreaterThan(0)
  // Strict: whatever was told is on the disk. What was written and not told is at most what was under way.
  expect(counted).toBeGreaterThanOrEqual(toldUsd - 1e-9)
  expect(counted).toBeLessThanOrEqual(toldUsd + 12 * 0.0002)
  for (const { limit_held } of afterKill) expect(limit_held).toBe(0)

  let more = 0
  const statuses = new Set<number>()
  const greedy = async (index: number) => {
    for (let round = 0; round < 40; round++) {
      const answer = await ask(second.url, tokens[index % 2]!, index % 3 === 0)
      statuses.add(answer!.status)
      more += answer!.cost
    }
  }
  await Promise.all(Array.from({ length: 12 }, (_, index) => greedy(index)))
  expect([...statuses].sort()).toEqual([200, 412])
  const atEnd = await Promise.all(tokens.map((token) => usageOf(second.url, token)))
  const sum = atEnd.reduce((all, { usage }) => all + usage, 0)
  expect(sum).toBeCloseTo(counted + more, 9)
  expect(sum).toBeLessThanOrEqual(limit)
  for (const { usage, limit_held } of atEnd) {
    expect(usage).toBeLessThanOrEqual(0.003)
    expect(limit_held).toBe(0)
  }
  await second.stop()
  rmSync(first.cwd, { recursive: true, force: true })
}, 60_000)
