import { afterEach, expect, test } from "bun:test"
import { ask, generationOf, type Rig, startRig } from "../../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

const price = { strategy: "weighted" }
const providerOf = async (at: Rig, body: object, headers: Record<string, string> = {}): Promise<string> => {
  const response = await at.gateway.chat(body, headers)
  return ((await response.json()) as { provider: string }).provider
}

test("the requests of a session stay at one upstream; what else comes is spread", async () => {
  rig = await startRig(["text", "text", "text"], price)
  const at = rig
  const body = ask("hi", { session_id: "one" })
  const first = await providerOf(at, body)
  for (let round = 0; round < 20; round++) expect(await providerOf(at, body)).toBe(first)
  const others: string[] = []
  // Fifty at a time: the runtime has 256 connections for both sides of the gateway.
  for (let from = 0; from < 1000; from += 50) {
    const batch = Array.from({ length: 50 }, (_, number) => ({ "x-session-id": `s${from + number}` }))
    others.push(...(await Promise.all(batch.map((headers) => providerOf(at, ask("hi"), headers)))))
  }
  const counts = ["p0", "p1", "p2"].map((name) => others.filter((one) => one === name).length)
  // A third each, give or take five standard deviations: one run in a million is further off.
  for (const count of counts) expect(Math.abs(count - 1000 / 3)).toBeLessThan(5 * Math.sqrt(1000 * (1 / 3) * (2 / 3)))
  for (let number = 0; number < 20; number++)
    expect(await providerOf(at, ask("hi"), { "x-session-id": `s${number}` })).toBe(others[number]!)
})

test("the plan says so, and what names the conversation is on record", async () => {
  rig = await startRig(["text", "text"], price)
  const body = ask("hi", { session_id: "one" })
  await providerOf(rig, body)
  const response = await rig.gateway.chat(body)
  const provider = ((await response.clone().json()) as { provider: string }).provider
  const { route } = (await generationOf(rig.gateway, response)) as unknown as {
    route: { notes: readonly string[]; conversation?: string }
  }
  expect(route.notes).toContain(`the conversation stays at ${provider}/text`)
  expect(route.conversation).toBeString()
})

for (const wish of [{ order: ["p1"] }, { sort: "latency" }])
  test(`a request that says itself who comes first is not kept (${Object.keys(wish)[0]})`, async () => {
    rig = await startRig(["text", "text"], price)
    const response = await rig.gateway.chat(ask("hi", { session_id: "one", provider: wish }))
    await response.json()
    const next = await rig.gateway.chat(ask("hi", { session_id: "one" }))
    const { route } = (await generationOf(rig.gateway, next)) as unknown as { route: { notes: readonly string[] } }
    expect(route.notes.join()).not.toContain("the conversation stays")
  })

test("it can be switched off", async () => {
  rig = await startRig(["text", "text"], { ...price, routing: { sticky_seconds: 0 } })
  const at = rig
  const seen = new Set<string>()
  for (let round = 0; round < 40; round++) seen.add(await providerOf(at, ask("hi", { session_id: "one" })))
  expect([...seen].sort()).toEqual(["p0", "p1"])
})

test("a failure lets the session go elsewhere, and it stays there", async () => {
  rig = await startRig(["text", "text"], price)
  const at = rig
  const body = ask("hi", { session_id: "one" })
  const first = await providerOf(at, body)
  await at.fakes[Number(first.slice(1))]!.stop()
  const second = await providerOf(at, body)
  expect(second).not.toBe(first)
  expect(await providerOf(at, body)).toBe(second)
})
