import { afterEach, expect, test } from "bun:test"
import { adminOf } from "../../kit/admin.ts"
import { events, startGateway, type TestGateway } from "../../kit/gateway.ts"
import { type LongUpstream, startLongUpstream } from "../../kit/long-upstream.ts"

let upstream: LongUpstream | undefined
let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.stop()
  await upstream?.stop()
  gateway = upstream = undefined
})

/** USD of so many words. */
const words = (count: number) => count / 100_000

/** Streams that are paid for piece by piece: as many requests as `before`, and one whose coming lets all of them go on. */
async function underWay(config: object, long: number) {
  upstream = startLongUpstream({ words: long, together: 3 })
  gateway = await startGateway({
    providers: [
      {
        id: "p",
        plugin: "openai-compatible",
        base_url: upstream.url,
        api_key: "k",
        models: [{ id: "test/model", upstream: "m", price: { input: 0, output: 10 }, max_output: 128_000 }],
      },
    ],
    ...config,
  })
  const admin = adminOf(gateway)
  const post = (token: string) =>
    fetch(`${gateway!.url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ model: "test/model", messages: [{ role: "user", content: "hi" }], stream: true }),
    })
  const { token: free } = await admin.key({ name: "free" })
  return { admin, post, go: () => post(free).then((response) => response.text()) }
}

const isCut = async (response: Response): Promise<boolean> =>
  (await events(response)).some((event) => event.includes("budget_cut"))

test("a limit that is lowered under way ends what it does not pay for any more", async () => {
  const { admin, post, go } = await underWay({}, 6000)
  const key = await admin.key({ name: "k", limit: words(20_000), limit_reset: "monthly" })
  const answers = await Promise.all([post(key.token), post(key.token)])
  await upstream!.came(2)
  const { data } = await admin.ok("PATCH", `/admin/keys/${key.id}`, { limit: words(1000) })
  await go()
  expect(await Promise.all(answers.map(isCut))).toEqual([true, true])
  const { limit_held, usage } = await usageOf(key.token)
  expect(data.limit).toBe(words(1000))
  expect(limit_held).toBe(0)
  // What was held by then is the most that is spent.
  expect(usage).toBeLessThan(words(3000))
})

test("one that is raised under way pays for the rest", async () => {
  const { admin, post, go } = await underWay({}, 1500)
  const key = await admin.key({ name: "k", limit: words(2000), limit_reset: "monthly" })
  const answers = await Promise.all([post(key.token), post(key.token)])
  await upstream!.came(2)
  await admin.ok("PATCH", `/admin/keys/${key.id}`, { limit: words(5000) })
  await go()
  expect(await Promise.all(answers.map(isCut))).toEqual([false, false])
  expect((await usageOf(key.token)).usage).toBeCloseTo(words(3000), 9)
})

test("so does what is paid in", async () => {
  const { admin, post, go } = await underWay({ organisation: { credits: "prepaid" } }, 1500)
  const key = await admin.key({ name: "k" })
  await admin.ok("POST", "/admin/credits", { amount: words(2000) })
  const answers = await Promise.all([post(key.token), post(key.token)])
  await upstream!.came(2)
  await admin.ok("POST", "/admin/credits", { amount: words(3000) })
  await go()
  expect(await Promise.all(answers.map(isCut))).toEqual([false, false])
})

test("a key that is deleted under way keeps the limits that it had", async () => {
  const { admin, post, go } = await underWay({}, 1500)
  const key = await admin.key({ name: "k", limit: words(2000), limit_reset: "monthly" })
  const answers = await Promise.all([post(key.token), post(key.token)])
  await upstream!.came(2)
  await admin.ok("DELETE", `/admin/keys/${key.id}`)
  await go()
  expect(await Promise.all(answers.map(isCut))).toContain(true)
})

const usageOf = async (token: string) =>
  (
    (await (await gateway!.get("/api/v1/key", token)).json()) as {
      data: { usage: number; limit_held: number }
    }
  ).data
