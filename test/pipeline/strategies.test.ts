import { afterEach, describe, expect, test } from "bun:test"
import { pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function rigWith(order: string, scenarios = ["text", "text", "text"]): Promise<Rig> {
  const folder = pluginFolder({ "own.ts": pluginText("own", `{ strategies: [{ name: "own", order: ${order} }] }`) })
  const rig = await startRig(scenarios, { strategy: "own", plugins: { dir: folder.dir } })
  open.push(folder.remove, () => rig.stop())
  return rig
}
const counts = ({ fakes }: Rig) => fakes.map(({ count }) => count)

for (const path of ["/v1/chat/completions", "/api/v1/chat/completions"]) {
  for (const stream of [false, true]) {
    test(`gives the order of the attempts (${path}, ${stream ? "streamed" : "whole"})`, async () => {
      const rig = await rigWith("(candidates) => candidates.toReversed()", ["text", "text", "error-500"])
      const response = await rig.gateway.post(path, ask("hi", { stream }))
      expect(await response.text()).toContain("Hello")
      const { attempts } = await generationOf(rig.gateway, response)
      expect(attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual(["p2 failed", "p1 ok"])
    })
  }
}

test("sees what is known of each candidate", async () => {
  const rig = await rigWith(
    `(candidates) => candidates.toSorted((left, right) => Number(right.latencyMs !== undefined) - Number(left.latencyMs !== undefined))`,
  )
  await (await rig.gateway.chat(ask("hi"))).text()
  await (await rig.gateway.chat(ask("hi"))).text()
  expect(counts(rig)).toEqual([2, 0, 0])
})

test("one that throws falls back to the configured order", async () => {
  const rig = await rigWith('() => { throw new Error("no idea") }')
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
  expect(counts(rig)).toEqual([1, 0, 0])
  expect(rig.gateway.logged()).toContain("strategy failed")
})

test("one that gives no list does so too", async () => {
  const rig = await rigWith("() => undefined")
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
})

test("orders only: what it leaves out comes last, what it makes up does not come", async () => {
  const invented = "{ ...candidates[0], offer: { ...candidates[0].offer, upstream: 'error-500', key: 'x' } }"
  const rig = await rigWith(`(candidates) => [${invented}, candidates[1], candidates[1]]`, [
    "text",
    "error-500",
    "text",
  ])
  const response = await rig.gateway.chat(ask("hi"))
  const { attempts } = await generationOf(rig.gateway, response)
  expect(attempts.map(({ provider }) => provider)).toEqual(["p1", "p0"])
})

test("the client's own provider.order wins", async () => {
  const rig = await rigWith("(candidates) => candidates.toReversed()")
  await rig.gateway.chat(ask("hi", { provider: { order: ["p1"] } }))
  expect(counts(rig)).toEqual([0, 1, 0])
})

describe("without a word in the file", () => {
  const priceOf = (usd: number | undefined) => (usd === undefined ? {} : { price: { input: usd, output: usd } })
  const providersOf = (rig: Rig, prices: readonly (number | undefined)[]) =>
    rig.fakes.map((fake, index) => ({
      id: `p${index}`,
      plugin: "openai-compatible",
      base_url: fake.url,
      api_key: "k",
      models: [{ id: "test/model", upstream: "text", ...priceOf(prices[index]) }],
    }))
  const priced = async (prices: readonly (number | undefined)[], config = {}) => {
    const rig = await startRig(prices.map(() => "text"))
    open.push(() => rig.stop())
    const changed = await rig.gateway.configure({ providers: providersOf(rig, prices), ...config })
    expect(changed).toMatchObject({ ok: true })
    return rig
  }
  const asked = async (rig: Rig, times: number) => {
    for (let round = 0; round < times; round++) await (await rig.gateway.chat(ask(`hi ${round}`))).text()
    return counts(rig)
  }

  test("equal prices share, and what is free takes all", async () => {
    const equal = await asked(await priced([1, 1]), 40)
    expect(Math.min(...equal)).toBeGreaterThan(0)
    expect(await asked(await priced([1, 0]), 5)).toEqual([0, 5])
  })

  test("the file's order holds where nobody knows a price, or where it says so", async () => {
    expect(await asked(await priced([undefined, undefined]), 5)).toEqual([5, 0])
    const configured = { strategy: "configured" }
    expect(await asked(await priced([1, 0], configured), 5)).toEqual([5, 0])
  })

  test("the strategies that come along can be named, and a stranger's can replace one while it runs", async () => {
    const folder = pluginFolder({})
    open.push(folder.remove)
    const rig = await priced([2, 1], { strategy: "price", plugins: { dir: folder.dir } })
    expect(await asked(rig, 3)).toEqual([0, 3])
    folder.write("own.ts", pluginText("own", `{ strategies: [{ name: "price", order: (candidates) => candidates }] }`))
    expect(await rig.gateway.gateway.reload("test")).toMatchObject({ ok: true })
    expect(await asked(rig, 3)).toEqual([3, 3])
  })

  test("a strategy that nobody has is refused", async () => {
    const rig = await priced([undefined])
    const changed = await rig.gateway.configure({ providers: providersOf(rig, [undefined]), strategy: "wieghted" })
    expect(changed.ok).toBe(false)
    expect(changed.problems.join()).toContain("did you mean weighted?")
  })
})
